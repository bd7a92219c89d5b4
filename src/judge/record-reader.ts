/**
 * A line of a recording as bytes, to the value that `JSON.parse` makes of it, in about half of the time: the form in which
 * this program writes its records is known, so most of a line is compared and not read. Fields that a record lacks are there
 * and `undefined`: all comes out in one shape, which the fold reads without a search. Figures: docs/decisions/0010.
 */
import { type Fields, Form, Repeated } from './form.ts';
import { ObservationReader } from './observation-reader.ts';
import { PartsReader } from './parts-reader.ts';
import { odd, Scanner } from './scanner.ts';
import type { Observation } from './stencil.ts';

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
const vantageFields = ['id', 'country', 'asn', 'state', 'resolver_scope', 'dns', 'clock_skew_s'] as const;

export class RecordReader {
  readonly #scan = new Scanner();
  readonly #parts = new PartsReader(this.#scan);
  readonly #round = new Form(roundFields);
  readonly #observations = new ObservationReader(this.#scan, this.#parts);
  readonly #vantage = new Form(vantageFields);
  readonly #companies = new Repeated();
  readonly #verdicts = new Repeated();
  readonly #states = new Repeated();

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
    for (let more = scan.firstEntry(); more; more = scan.nextEntry()) list.push(this.#observations.read());
    return list;
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
}
