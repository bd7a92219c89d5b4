/** What the seam and the worker thread say to each other. Requests carry an `id`; the answer repeats it. */
import type { IpProtocol } from '../model/vocabulary.ts';
import type { Rule } from './censor.ts';

/** Handed to the worker when it starts. */
export interface WorkerOptions {
  rtt_ms: number;
  seed: number;
  line_bps: number | undefined;
}

export type Question =
  /** These rules, and no others, are in force from now on. */
  | { kind: 'rules'; rules: readonly Rule[] }
  /** What becomes of a SYN to this address? */
  | { kind: 'connect'; ip: string; port: number }
  /** getaddrinfo. */
  | { kind: 'lookup'; name: string; protocol: IpProtocol; servers: readonly string[] }
  /** So much later than this computer's is the world's time, ms. */
  | { kind: 'time'; offset_ms: number }
  /** Flows and sockets that are open now. */
  | { kind: 'count' }
  | { kind: 'close' };

export interface Request {
  id: number;
  question: Question;
}

/** The connection that the gate will see coming from this local port is meant for this address. */
export interface Claim {
  claim: { local_port: number; ip: string; port: number };
}

export type ToWorker = Request | Claim;

/** `after_ms`: when the client learns it, counted from its SYN. */
export type Fate =
  | { kind: 'open'; after_ms: number }
  | { kind: 'hang' }
  | { kind: 'error'; code: 'ECONNREFUSED' | 'EHOSTUNREACH' | 'ENETUNREACH'; after_ms: number };

export type Looked = { addresses: string[] } | { code: 'ENOTFOUND' | 'EAI_AGAIN' };

export interface Answer {
  id: number;
  fate?: Fate;
  looked?: Looked;
  count?: { flows: number };
}

/** First message of the worker: its gates on 127.0.0.1. */
export interface Ready {
  ready: { tcp_port: number; udp_port: number };
}

export type FromWorker = Answer | Ready;
