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
const vantageFields = ['id', 'country', 'asn', 'state', 'resolver_scope', 'dns', 'clock_skew_s'] as const;
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

/** Targets whose evidence is kept in mind; with more of them everything is read again now and then. */
const mostTargets = 256;

type Fields<Names extends readonly string[]> = Record<Names[number], unknown>;
type Observation = Fields<typeof observationFields>;

export class RecordReader {
  readonly #scan = new Scanner();
  readonly #round = new Form(roundFields);
  readonly #observation = new Form(observationFields);
  readonly #vantage = new Form(vantageFields);
  readonly #fact = new Form(factFields);
  readonly #answer = new Form(answerFields);
  readonly #phases = new Form(phasesFields);
  readonly #transfer = new Form(transferFields);
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
          one.phases = this.#readPhases();
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
          one.dns = this.#readFacts();
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
          vantage.dns = this.#readFacts();
          break;
        case 'clock_skew_s':
          vantage.clock_skew_s = scan.number();
          break;
      }
    }
    return vantage;
  }

  #readFacts(): unknown[] {
    const scan = this.#scan;
    const list: unknown[] = [];
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

  #readAnswers(): unknown[] {
    const scan = this.#scan;
    const list: unknown[] = [];
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
