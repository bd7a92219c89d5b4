/**
 * An observation as it stood in a line, its measurements left open. The next round's is the same text with other numbers, most
 * often; then three quarters of it are compared four bytes at a time, and what they say is known.
 */
import type { Fields, Literal } from './form.ts';
import { noDownload, noPhases, open } from './parts-reader.ts';
import type { Scanner } from './scanner.ts';

export const observationFields = [
  'target',
  'host',
  'scheme',
  'ip_protocol',
  'network',
  'address_source',
  'outcome',
  'skipped',
  'failure',
  'phases',
  'method',
  'evidence',
  'status',
  'dns',
  'hops',
  'scope',
  'goodput_bps',
  'transfer',
  'quic',
  'experiments',
] as const;

export type Observation = Fields<typeof observationFields>;

/** Longer ones have evidence that is hardly the same the next time; what is kept has a bound. */
const longest = 2048;

/** An observation of which nothing is known yet. */
export const noObservation = (): Observation => ({
  target: undefined,
  host: undefined,
  scheme: undefined,
  ip_protocol: undefined,
  network: undefined,
  address_source: undefined,
  outcome: undefined,
  skipped: undefined,
  failure: undefined,
  phases: undefined,
  method: undefined,
  evidence: undefined,
  status: undefined,
  dns: undefined,
  hops: undefined,
  scope: undefined,
  goodput_bps: undefined,
  transfer: undefined,
  quic: undefined,
  experiments: undefined,
});

/** How many fields of an object are there. */
const filled = (part: unknown): number =>
  Object.values((part ?? {}) as object).filter((value) => value !== undefined).length;

export class Stencil {
  /** One more than there are open numbers. */
  readonly #between: readonly Literal[];
  readonly #open: readonly number[];
  readonly #model: Observation;
  /** What followed the last time. */
  next: Stencil | undefined;
  /** Whether an observation was ever read by it. */
  used = false;

  private constructor(between: readonly Literal[], opened: readonly number[], model: Observation) {
    this.#between = between;
    this.#open = opened;
    this.#model = model;
  }

  /**
   * Of the observation that has just been read, from `from` on, with its numbers in `scan.spans`. Undefined where more of it than
   * numbers is new each time, as DNS answers and experiments are, or where it is written in another way than ours.
   */
  static of(scan: Scanner, from: number, one: Observation): Stencil | undefined {
    const { failure, dns, hops, quic, experiments, phases, transfer, goodput_bps } = one;
    if (phases === undefined || [failure, dns, hops, quic, experiments].some((part) => part !== undefined))
      return undefined;
    const { at, spans } = scan;
    const numbers = filled(phases) + filled(transfer) + (goodput_bps === undefined ? 0 : 1);
    // Of a field that is written twice the last one counts, and the numbers of the first one are nobody's.
    if (at - from > longest || numbers === 0 || 3 * numbers !== spans.length) return undefined;
    const between: Literal[] = [];
    const opened: number[] = [];
    let begin = from;
    for (let i = 0; i < spans.length; i += 3) {
      between.push(scan.literal(begin, spans[i]!));
      begin = spans[i + 1]!;
      opened.push(spans[i + 2]!);
    }
    between.push(scan.literal(begin, at));
    return new Stencil(between, opened, one);
  }

  /** The observation that stands here, if nothing but its numbers is new; undefined otherwise, and nothing is passed. */
  read(scan: Scanner): Observation | undefined {
    const between = this.#between;
    const from = scan.at;
    if (!scan.passes(between[0]!)) return undefined;
    const model = this.#model;
    const phases = noPhases();
    const transfer = model.transfer === undefined ? undefined : noDownload();
    const one: Observation = {
      target: model.target,
      host: model.host,
      scheme: model.scheme,
      ip_protocol: model.ip_protocol,
      network: model.network,
      address_source: model.address_source,
      outcome: model.outcome,
      skipped: model.skipped,
      failure: undefined,
      phases,
      method: model.method,
      evidence: model.evidence,
      status: model.status,
      dns: undefined,
      hops: undefined,
      scope: model.scope,
      goodput_bps: undefined,
      transfer,
      quic: undefined,
      experiments: undefined,
    };
    const opened = this.#open;
    for (let i = 0; i < opened.length; i++) {
      const value = scan.number();
      switch (opened[i]) {
        case open.resolve:
          phases.resolve = value;
          break;
        case open.connect:
          phases.connect = value;
          break;
        case open.tls:
          phases.tls = value;
          break;
        case open.processing:
          phases.processing = value;
          break;
        case open.transfer:
          phases.transfer = value;
          break;
        case open.bytes:
          transfer!.bytes = value;
          break;
        case open.ms:
          transfer!.ms = value;
          break;
        case open.after_bytes:
          transfer!.after_bytes = value;
          break;
        case open.plateau_bps:
          transfer!.plateau_bps = value;
          break;
        case open.cov:
          transfer!.cov = value;
          break;
        case open.stalled_at:
          transfer!.stalled_at = value;
          break;
        case open.goodput_bps:
          one.goodput_bps = value;
          break;
      }
      if (!scan.passes(between[i + 1]!)) {
        scan.back(from);
        return undefined;
      }
    }
    this.used = true;
    return one;
  }
}
