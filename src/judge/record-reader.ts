/**
 * A line of a recording as bytes, to the value that `JSON.parse` makes of it, in half to two thirds of the time: the form in which
 * this program writes its records is known, so most of a line is compared and not read. Fields that a record lacks are there
 * and `undefined`: all comes out in one shape, which the fold reads without a search. Figures: docs/decisions/0010.
 */
import { type Fields, Form, Repeated } from './form.ts';
import { PartsReader } from './parts-reader.ts';
import { odd, Scanner } from './scanner.ts';

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
const vantageFields = ['id', 'country', 'asn', 'state', 'resolver_scope', 'dns', 'clock_skew_s'] as const;

/** Targets whose evidence is kept in mind; with more of them everything is read again now and then. */
const mostTargets = 256;

type Observation = Fields<typeof observationFields>;

export class RecordReader {
  readonly #scan = new Scanner();
  readonly #parts = new PartsReader(this.#scan);
  readonly #round = new Form(roundFields);
  readonly #observation = new Form(observationFields);
  readonly #vantage = new Form(vantageFields);
  readonly #companies = new Repeated();
  readonly #verdicts = new Repeated();
  readonly #states = new Repeated();
  /** By target, over IPv4 and over IPv6: a server shows the same certificate round after round. */
  readonly #evidence4 = new Map<unknown, Repeated>();
  readonly #evidence6 = new Map<unknown, Repeated>();

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
          round.vantage = this.#readVantage();
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
          round.verdicts = scan.repeated(this.#verdicts);
          break;
        case 'states':
          round.states = scan.repeated(this.#states);
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
          one.phases = this.#parts.phases();
          break;
        case 'method':
          one.method = scan.word(form);
          break;
        case 'evidence':
          one.evidence = scan.repeated(this.#lastEvidence(one));
          break;
        case 'status':
          one.status = scan.number();
          break;
        case 'dns':
          one.dns = this.#parts.facts();
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
          one.transfer = this.#parts.transfer();
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

  #readVantage(): Fields<typeof vantageFields> {
    const scan = this.#scan;
    const form = this.#vantage;
    const vantage: Fields<typeof vantageFields> = {
      id: undefined,
      country: undefined,
      asn: undefined,
      state: undefined,
      resolver_scope: undefined,
      dns: undefined,
      clock_skew_s: undefined,
    };
    for (let name = scan.first(form); name !== undefined; name = scan.next(form)) {
      switch (name) {
        case 'id':
          vantage.id = scan.word(form);
          break;
        case 'country':
          vantage.country = scan.word(form);
          break;
        case 'asn':
          vantage.asn = scan.word(form);
          break;
        case 'state':
          vantage.state = scan.word(form);
          break;
        case 'resolver_scope':
          vantage.resolver_scope = scan.word(form);
          break;
        case 'dns':
          vantage.dns = this.#parts.facts();
          break;
        case 'clock_skew_s':
          vantage.clock_skew_s = scan.number();
          break;
      }
    }
    return vantage;
  }

  /** What this target was last seen with. */
  #lastEvidence({ target, ip_protocol }: Observation): Repeated {
    const all = ip_protocol === 'ip6' ? this.#evidence6 : this.#evidence4;
    let last = all.get(target);
    if (last === undefined) {
      if (all.size >= mostTargets) all.clear();
      last = new Repeated();
      all.set(target, last);
    }
    return last;
  }
}
