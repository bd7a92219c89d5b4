/**
 * The vocabulary in which a censor is written: plain data, so that it can be handed to the worker thread.
 *
 * A censor is a list of rules. Each says where it sits (`on`), what it looks at, and what it does:
 *
 * | `on`       | sees                                                     |
 * | ---------- | -------------------------------------------------------- |
 * | `query`    | a DNS question on its way to a resolver                  |
 * | `syn`      | a TCP connection's destination, before anything is said  |
 * | `hello`    | the TLS ClientHello: its server name, its size           |
 * | `request`  | the Host header of cleartext HTTP                        |
 * | `datagram` | a UDP datagram's destination                             |
 * | `site`     | nothing: the server itself behaves so, for everybody     |
 * | `zone`     | nothing: the name's authoritative DNS says so, everywhere |
 * | `house`    | nothing: the probe's own resolver, clock or sleep        |
 */
import type { IpProtocol } from '../model/vocabulary.ts';

/** Which addresses a rule is about; fields given together must all hold, an empty object is everything. */
export interface Where {
  /** All addresses of these hosts; `*.name` is every host below it. */
  hosts?: readonly string[];
  /** All addresses of these platforms. */
  platforms?: readonly string[];
  /** Literal addresses. */
  addresses?: readonly string[];
  scope?: Scope;
  /** Everything but these addresses. */
  except?: readonly string[];
  protocol?: IpProtocol;
  ports?: readonly number[];
}

/** `isp`: the provider's own machines (resolver, block page, portal, embedded cache). */
export type Scope = 'foreign' | 'in_country' | 'isp';

/** Whose DNS traffic: the configured resolver's, public resolvers', both (`cleartext`), DNS over HTTPS. */
export type Via = 'configured' | 'public' | 'cleartext' | 'trusted';

export type QueryAction =
  /** Answers so instead of the truth. */
  | {
      kind: 'answer';
      rcode?: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
      ip4?: readonly string[];
      ip6?: readonly string[];
    }
  /** Says nothing. */
  | { kind: 'mute' }
  /** A forged answer first, the true one after its own way. */
  | { kind: 'race'; ip4: readonly string[]; ip6?: readonly string[] }
  /** The provider's resolver answers in the asked one's stead, honestly. */
  | { kind: 'intercept' }
  /** Names that do not exist get these addresses; those that do are answered honestly. */
  | { kind: 'wildcard'; ip4: readonly string[] };

/** Where a connection may be sent instead; `redirector` sends clear text on to the block page's own name. */
export type Impostor = 'blockpage' | 'portal' | 'evil' | 'redirector';

/** What can be done to an open flow. Times in ms, rates in bits per second. */
export type FlowAction =
  /** RST to the client. */
  | { kind: 'reset' }
  /** FIN to the client. */
  | { kind: 'close' }
  /** These words to the client, and FIN: an answer in clear text to a ClientHello. */
  | { kind: 'say'; text: string }
  /** The server itself hangs up without a word: FIN after the whole way there and back. */
  | { kind: 'hang_up' }
  /** From here on nothing passes, either way. */
  | { kind: 'drop' }
  /** Another server takes over. */
  | { kind: 'divert'; to: Impostor }
  /** The TLS handshake passes, what the client says after it does not. */
  | { kind: 'mute' }
  /** Downstream stops for ever after so many bytes. */
  | { kind: 'freeze'; after_bytes: number }
  /** The first bytes of the server come so much later. */
  | { kind: 'delay_handshake'; ms: number }
  /** Token bucket; excess is dropped, so it comes after a retransmission time-out. */
  | { kind: 'police'; bps: number; burst_bytes: number }
  /** Token bucket; excess is queued. */
  | { kind: 'shape'; bps: number; burst_bytes: number }
  /** A longer, lossier way: added round-trip time, share of segments lost each way. */
  | { kind: 'impair'; delay_ms: number; loss: number };

export type SynAction =
  /** Nobody answers. */
  | { kind: 'drop' }
  /** RST to the SYN: ECONNREFUSED. */
  | { kind: 'refuse' }
  /** ICMP administratively prohibited: EHOSTUNREACH. */
  | { kind: 'prohibit' }
  /** No route: ENETUNREACH at once. */
  | { kind: 'no_route' };

export type DatagramAction =
  | { kind: 'drop' }
  /** ICMP port unreachable: ECONNREFUSED. */
  | { kind: 'refuse' }
  | { kind: 'no_route' }
  /** Each datagram, question or answer, is lost with this probability. */
  | { kind: 'lose'; share: number };

export type SiteAction =
  /** Every request for these names is answered so. `server` in the headers is the site's own. */
  | { kind: 'status'; status: number; title?: string; headers?: Readonly<Record<string, string>> }
  /** So many redirects, alternating between the names, before the answer. */
  | { kind: 'redirects'; count: number; hosts: readonly string[] }
  /** One redirect to this literal Location header. */
  | { kind: 'location'; location: string }
  /** This body, whatever the path. */
  | { kind: 'document'; type: string; body: string }
  /** A body of so many bytes. */
  | { kind: 'body'; bytes: number }
  /** This certificate for everybody. */
  | { kind: 'certificate'; which: Certificate };

export type Certificate = 'valid' | 'expired' | 'not_yet_valid' | 'wrong_name' | 'unknown_ca';

export type ZoneAction =
  | { kind: 'nxdomain' }
  /** An alias that leads to no address. */
  | { kind: 'no_addresses' }
  | { kind: 'addresses'; ip4: readonly string[]; ip6?: readonly string[] }
  /** Each answer has other addresses of the site, and each resolver others again. */
  | { kind: 'rotate' };

export type HouseAction =
  /** The household's own resolver: it asks the provider's, except for these names. */
  | { kind: 'resolver'; address: string; stub: boolean; answers: Readonly<Record<string, QueryAction>> }
  /** The wall clock is off by so much. */
  | { kind: 'clock'; offset_ms: number }
  /** The host has slept so long. */
  | { kind: 'asleep'; ms: number };

export type Rule =
  | { on: 'query'; names: readonly string[]; via: Via; do: QueryAction }
  | { on: 'syn'; to: Where; do: SynAction | FlowAction }
  | {
      on: 'hello';
      names?: readonly string[];
      to?: Where;
      /** Only hellos that span two segments, or (false) only those that fit one. */
      large?: boolean;
      /** So long after a match the whole address is treated alike, whatever the name (Turkey). */
      residual_ms?: number;
      /** Acts so often after it was switched on, and then no more. */
      times?: number;
      do: FlowAction;
    }
  | { on: 'request'; names?: readonly string[]; to?: Where; do: FlowAction }
  | { on: 'datagram'; to: Where; do: DatagramAction }
  | { on: 'site'; names: readonly string[]; do: SiteAction }
  | { on: 'zone'; names: readonly string[]; do: ZoneAction }
  | { on: 'house'; do: HouseAction };

export interface Censor {
  /** Unique among those that are on: switching a second one on under the same name replaces the first. */
  name: string;
  /** What it does, in words a person understands; `demo` prints it. */
  says: string;
  rules: readonly Rule[];
}
