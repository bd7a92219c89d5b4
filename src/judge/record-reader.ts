/**
 * A line of a recording as bytes, to the value that `JSON.parse` makes of it, in less than half of the time: the form in which
 * this program writes its records is known, so most of a line is compared and not read. Fields that a record lacks are there
 * and `undefined`: all comes out in one shape, which the fold reads without a search. Figures: docs/decisions/0010.
 */
import { Form, odd, Repeated, Scanner } from './scanner.ts';

const roundFields = [
  'version',
  'round',
  'started_at',
  'monotonic_ms',
  'interval_ms',
  'companies',
  'vantage',
  'lag_ms',
  'controls',
  'platforms',
  'siblings',
  'references',
  'duration_ms',
  'verdicts',
  'states',
] as const;
const observationFields = [
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
const phasesFields = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
const transferFields = ['bytes', 'ms', 'after_bytes', 'plateau_bps', 'cov', 'stalled_at'] as const;

type Fields<Names extends readonly string[]> = Record<Names[number], unknown>;
type Observation = Fields<typeof observationFields>;

export class RecordReader {
  readonly #scan = new Scanner();
  readonly #round = new Form(roundFields);
  readonly #observation = new Form(observationFields);
  readonly #phases = new Form(phasesFields);
  readonly #transfer = new Form(transferFields);
  readonly #companies = new Repeated();
  readonly #vantage = new Repeated();

  /** What stands in `bytes` from `from` up to `end`; undefined: it is for `JSON.parse` to read. Parts may be shared by records. */
  read(bytes: Buffer, from: number, end: number): Record<string, unknown> | undefined {
    this.#scan.start(bytes, from, end);
    try {
      const round = this.#readRound();
      return this.#scan.ended ? round : undefined;
    } catch (error) {
      if (error === odd || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #readRound(): Fields<typeof roundFields> {
    const scan = this.#scan;
    const form = this.#round;
    const round: Fields<typeof roundFields> = {
      version: undefined,
      round: undefined,
      started_at: undefined,
      monotonic_ms: undefined,
      interval_ms: undefined,
      companies: undefined,
      vantage: undefined,
      lag_ms: undefined,
      controls: undefined,
      platforms: undefined,
      siblings: undefined,
      references: undefined,
      duration_ms: undefined,
      verdicts: undefined,
      states: undefined,
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'version':
          round.version = scan.number();
          break;
        case 'round':
          round.round = scan.number();
          break;
        case 'started_at':
          round.started_at = scan.text();
          break;
        case 'monotonic_ms':
          round.monotonic_ms = scan.number();
          break;
        case 'interval_ms':
          round.interval_ms = scan.number();
          break;
        case 'companies':
          round.companies = scan.repeated(this.#companies);
          break;
        case 'vantage':
          round.vantage = scan.repeated(this.#vantage);
          break;
        case 'lag_ms':
          round.lag_ms = scan.number();
          break;
        case 'controls':
          round.controls = this.#readObservations();
          break;
        case 'platforms':
          round.platforms = this.#readPlatforms();
          break;
        case 'siblings':
          round.siblings = scan.value();
          break;
        case 'references':
          round.references = scan.value();
          break;
        case 'duration_ms':
          round.duration_ms = scan.number();
          break;
        case 'verdicts':
          round.verdicts = scan.value();
          break;
        case 'states':
          round.states = scan.value();
          break;
      }
    }
    return round;
  }

  #readPlatforms(): Record<string, Observation[]> {
    const scan = this.#scan;
    const platforms: Record<string, Observation[]> = {};
    for (let more = scan.anyFirst(); more; more = scan.anyNext()) {
      const name = scan.anyName();
      platforms[name] = this.#readObservations();
    }
    return platforms;
  }

  #readObservations(): Observation[] {
    const scan = this.#scan;
    const list: Observation[] = [];
    for (let more = scan.firstEntry(); more; more = scan.nextEntry()) list.push(this.#readObservation());
    return list;
  }

  #readObservation(): Observation {
    const scan = this.#scan;
    const form = this.#observation;
    const one: Observation = {
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
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'target':
          one.target = scan.word(form);
          break;
        case 'host':
          one.host = scan.word(form);
          break;
        case 'scheme':
          one.scheme = scan.word(form);
          break;
        case 'ip_protocol':
          one.ip_protocol = scan.word(form);
          break;
        case 'network':
          one.network = scan.word(form);
          break;
        case 'address_source':
          one.address_source = scan.word(form);
          break;
        case 'outcome':
          one.outcome = scan.word(form);
          break;
        case 'skipped':
          one.skipped = scan.word(form);
          break;
        case 'failure':
          one.failure = scan.value();
          break;
        case 'phases':
          one.phases = this.#readPhases();
          break;
        case 'method':
          one.method = scan.word(form);
          break;
        case 'evidence':
          one.evidence = scan.value();
          break;
        case 'status':
          one.status = scan.number();
          break;
        case 'dns':
          one.dns = scan.value();
          break;
        case 'hops':
          one.hops = scan.value();
          break;
        case 'scope':
          one.scope = scan.word(form);
          break;
        case 'goodput_bps':
          one.goodput_bps = scan.number();
          break;
        case 'transfer':
          one.transfer = this.#readTransfer();
          break;
        case 'quic':
          one.quic = scan.value();
          break;
        case 'experiments':
          one.experiments = scan.value();
          break;
      }
    }
    return one;
  }

  #readPhases(): Fields<typeof phasesFields> {
    const scan = this.#scan;
    const form = this.#phases;
    const phases: Fields<typeof phasesFields> = {
      resolve: undefined,
      connect: undefined,
      tls: undefined,
      processing: undefined,
      transfer: undefined,
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'resolve':
          phases.resolve = scan.number();
          break;
        case 'connect':
          phases.connect = scan.number();
          break;
        case 'tls':
          phases.tls = scan.number();
          break;
        case 'processing':
          phases.processing = scan.number();
          break;
        case 'transfer':
          phases.transfer = scan.number();
          break;
      }
    }
    return phases;
  }

  #readTransfer(): Fields<typeof transferFields> {
    const scan = this.#scan;
    const form = this.#transfer;
    const transfer: Fields<typeof transferFields> = {
      bytes: undefined,
      ms: undefined,
      after_bytes: undefined,
      plateau_bps: undefined,
      cov: undefined,
      stalled_at: undefined,
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'bytes':
          transfer.bytes = scan.number();
          break;
        case 'ms':
          transfer.ms = scan.number();
          break;
        case 'after_bytes':
          transfer.after_bytes = scan.number();
          break;
        case 'plateau_bps':
          transfer.plateau_bps = scan.number();
          break;
        case 'cov':
          transfer.cov = scan.number();
          break;
        case 'stalled_at':
          transfer.stalled_at = scan.number();
          break;
      }
    }
    return transfer;
  }
}
