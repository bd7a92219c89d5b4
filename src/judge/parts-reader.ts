/** The small objects of which a record holds many: DNS answers, phases, downloads. The form of each is written out once. */
import { type Fields, Form } from './form.ts';
import type { Scanner } from './scanner.ts';

const factFields = [
  'via',
  'server',
  'name',
  'type',
  'purpose',
  'query',
  'rcode',
  'at_ms',
  'ttl_s',
  'retransmitted',
  'refusal',
  'tcp',
  'answers',
] as const;
const answerFields = ['ip', 'asn', 'bogon'] as const;
const phasesFields = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
const transferFields = ['bytes', 'ms', 'after_bytes', 'plateau_bps', 'cov', 'stalled_at'] as const;

export type Phases = Fields<typeof phasesFields>;
export type Download = Fields<typeof transferFields>;

/** What is measured: numbers that stay open where all else in an observation is as it was. */
export const open = {
  resolve: 0,
  connect: 1,
  tls: 2,
  processing: 3,
  transfer: 4,
  bytes: 5,
  ms: 6,
  after_bytes: 7,
  plateau_bps: 8,
  cov: 9,
  stalled_at: 10,
  goodput_bps: 11,
} as const;

/** Phases of which none is known yet. */
export const noPhases = (): Phases => ({
  resolve: undefined,
  connect: undefined,
  tls: undefined,
  processing: undefined,
  transfer: undefined,
});

/** A download of which nothing is known yet. */
export const noDownload = (): Download => ({
  bytes: undefined,
  ms: undefined,
  after_bytes: undefined,
  plateau_bps: undefined,
  cov: undefined,
  stalled_at: undefined,
});

export class PartsReader {
  readonly #scan: Scanner;
  readonly #fact = new Form(factFields);
  readonly #answer = new Form(answerFields);
  readonly #phases = new Form(phasesFields);
  readonly #transfer = new Form(transferFields);

  constructor(scan: Scanner) {
    this.#scan = scan;
  }

  /** A list of DNS answers, or of their absence. */
  facts(): Fields<typeof factFields>[] {
    const scan = this.#scan;
    const list: Fields<typeof factFields>[] = [];
    for (let more = scan.firstEntry(); more; more = scan.nextEntry()) list.push(this.#readFact());
    return list;
  }

  #readFact(): Fields<typeof factFields> {
    const scan = this.#scan;
    const form = this.#fact;
    const fact: Fields<typeof factFields> = {
      via: undefined,
      server: undefined,
      name: undefined,
      type: undefined,
      purpose: undefined,
      query: undefined,
      rcode: undefined,
      at_ms: undefined,
      ttl_s: undefined,
      retransmitted: undefined,
      refusal: undefined,
      tcp: undefined,
      answers: undefined,
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'via':
          fact.via = scan.word(form);
          break;
        case 'server':
          fact.server = scan.word(form);
          break;
        case 'name':
          fact.name = scan.word(form);
          break;
        case 'type':
          fact.type = scan.word(form);
          break;
        case 'purpose':
          fact.purpose = scan.word(form);
          break;
        case 'query':
          fact.query = scan.number();
          break;
        case 'rcode':
          fact.rcode = scan.word(form);
          break;
        case 'at_ms':
          fact.at_ms = scan.number();
          break;
        case 'ttl_s':
          fact.ttl_s = scan.number();
          break;
        case 'retransmitted':
          fact.retransmitted = scan.boolean();
          break;
        case 'refusal':
          fact.refusal = scan.word(form);
          break;
        case 'tcp':
          fact.tcp = scan.boolean();
          break;
        case 'answers':
          fact.answers = this.#readAnswers();
          break;
      }
    }
    return fact;
  }

  #readAnswers(): Fields<typeof answerFields>[] {
    const scan = this.#scan;
    const list: Fields<typeof answerFields>[] = [];
    for (let more = scan.firstEntry(); more; more = scan.nextEntry()) list.push(this.#readAnswer());
    return list;
  }

  #readAnswer(): Fields<typeof answerFields> {
    const scan = this.#scan;
    const form = this.#answer;
    const answer: Fields<typeof answerFields> = {
      ip: undefined,
      asn: undefined,
      bogon: undefined,
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'ip':
          answer.ip = scan.word(form);
          break;
        case 'asn':
          answer.asn = scan.number();
          break;
        case 'bogon':
          answer.bogon = scan.boolean();
          break;
      }
    }
    return answer;
  }

  /** Milliseconds by phase. */
  phases(): Phases {
    const scan = this.#scan;
    const form = this.#phases;
    const phases = noPhases();
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'resolve':
          phases.resolve = scan.measured(open.resolve);
          break;
        case 'connect':
          phases.connect = scan.measured(open.connect);
          break;
        case 'tls':
          phases.tls = scan.measured(open.tls);
          break;
        case 'processing':
          phases.processing = scan.measured(open.processing);
          break;
        case 'transfer':
          phases.transfer = scan.measured(open.transfer);
          break;
      }
    }
    return phases;
  }

  /** A download: bytes, milliseconds, bit/s. */
  transfer(): Download {
    const scan = this.#scan;
    const form = this.#transfer;
    const transfer = noDownload();
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'bytes':
          transfer.bytes = scan.measured(open.bytes);
          break;
        case 'ms':
          transfer.ms = scan.measured(open.ms);
          break;
        case 'after_bytes':
          transfer.after_bytes = scan.measured(open.after_bytes);
          break;
        case 'plateau_bps':
          transfer.plateau_bps = scan.measured(open.plateau_bps);
          break;
        case 'cov':
          transfer.cov = scan.measured(open.cov);
          break;
        case 'stalled_at':
          transfer.stalled_at = scan.measured(open.stalled_at);
          break;
      }
    }
    return transfer;
  }
}
