/**
 * Observations, of which a record is made for the most part. Those of a calm target differ from line to line in their measurements
 * alone: they are compared with what they were (`stencil.ts`). All others are read field by field.
 */
import { Form, Literal, Repeated } from './form.ts';
import { open, type PartsReader } from './parts-reader.ts';
import type { Scanner } from './scanner.ts';
import { noObservation, type Observation, observationFields, Stencil } from './stencil.ts';

/** Targets that are kept in mind; with more of them everything is read again now and then. */
const mostTargets = 256;
/** A target over both protocols, with and without a download, and a few addresses. */
const mostStencils = 8;
/**
 * So many stencils of a target may go unused before no more are made: where every line brings something new, making them would cost
 * more than reading.
 */
const mostInVain = 8;

/** So many observations in a row for which there was no stencil, and could be none: from then on only every so-manieth is looked at. */
const mostBarren = 64;

const beforeTarget = new Literal(Buffer.from('{"target":'));

/** What is known of one target. */
interface Known {
  stencils: Stencil[];
  inVain: number;
}

export class ObservationReader {
  readonly #scan: Scanner;
  readonly #parts: PartsReader;
  readonly #form = new Form(observationFields);
  /** By target, over IPv4 and over IPv6: a server shows the same certificate round after round. */
  readonly #evidence4 = new Map<unknown, Repeated>();
  readonly #evidence6 = new Map<unknown, Repeated>();
  readonly #known = new Map<string, Known>();
  /** Of the observation before. */
  #last: Stencil | undefined;
  /** Observations in a row without a stencil. */
  #barren = 0;

  constructor(scan: Scanner, parts: PartsReader) {
    this.#scan = scan;
    this.#parts = parts;
  }

  /** The next one. Its words and its evidence may be those of an earlier one: it is not to be changed. */
  read(): Observation {
    const last = this.#last;
    const guess = last?.next;
    const one = guess?.read(this.#scan);
    if (one === undefined) return this.#readOther(last, guess);
    this.#last = guess;
    return one;
  }

  /** One that does not follow as it did before. */
  #readOther(last: Stencil | undefined, guess: Stencil | undefined): Observation {
    if (this.#barren > mostBarren && this.#barren % mostBarren !== 0) {
      this.#barren++;
      return this.#readFields();
    }
    const known = this.#knownHere();
    for (const stencil of known?.stencils ?? []) {
      if (stencil === guess) continue;
      const one = stencil.read(this.#scan);
      if (one === undefined) continue;
      if (last !== undefined) last.next = stencil;
      this.#last = stencil;
      this.#barren = 0;
      return one;
    }
    const scan = this.#scan;
    const from = scan.at;
    const one = this.#readFields();
    const stencil = known && this.#remember(known, from, one);
    this.#barren = stencil === undefined ? this.#barren + 1 : 0;
    if (last !== undefined && stencil !== undefined) last.next = stencil;
    this.#last = stencil;
    return one;
  }

  /** What is known of the target that stands here; the first time nothing is, and nothing is made for it. */
  #knownHere(): Known | undefined {
    const scan = this.#scan;
    const from = scan.at;
    if (!scan.passes(beforeTarget)) return undefined;
    const target = scan.peek();
    scan.back(from);
    const known = this.#known.get(target);
    if (known !== undefined) return known;
    if (this.#known.size >= mostTargets) this.#known.clear();
    this.#known.set(target, { stencils: [], inVain: 0 });
    return undefined;
  }

  #remember(known: Known, from: number, one: Observation): Stencil | undefined {
    if (known.inVain >= mostInVain) return undefined;
    const stencil = Stencil.of(this.#scan, from, one);
    if (stencil === undefined) return undefined;
    known.stencils.push(stencil);
    if (known.stencils.length > mostStencils && !known.stencils.shift()!.used) known.inVain++;
    return stencil;
  }

  #readFields(): Observation {
    const scan = this.#scan;
    const form = this.#form;
    const one = noObservation();
    scan.spans.length = 0;
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
          one.goodput_bps = scan.measured(open.goodput_bps);
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
