/** The controls of one round: who answered, who failed and how, and whether comparisons may lean on them. */
import type { ControlObservation, Exchange, Round } from '../model/round.ts';
import type { ControlScope, IpProtocol } from '../model/vocabulary.ts';
import { siteOf } from './address.ts';
import { type Attempt, attemptsOf, isCleartext, isForeignChain, lastExchange } from './attempt.ts';
import { isBlockPage } from './block-page.ts';
import type { RoundMemory } from './memory.ts';
import { amount, entries, object, own, text } from './reading.ts';

/** At most this share of the controls may fail in a round that is to be compared with (docs/methodology.md). */
export const failingShare = 1 / 3;

/** Below this ratio to its own history nothing is called slow: path changes reach 1.43× at p99 (docs/methodology.md). */
const slowRatio = 2;

/** Home goodput falls below a quarter in 0.3 % of tests by itself; the goodput stream starts at this ratio (docs/methodology.md). */
const slowGoodputRatio = 2.5;

export interface Control {
  name: string;
  scope: ControlScope;
  protocol: IpProtocol | undefined;
  cleartext: boolean;
  ok: boolean;
  /** Clear text that led somewhere else, or a page in its place: what a login portal does. */
  diverted: boolean;
  first: Attempt;
  observation: ControlObservation;
}

export interface ControlsView {
  /** Measured and not impaired, one entry per control and protocol. */
  all: Control[];
  /** By name, over any protocol; impaired ones included. */
  measured: string[];
  failed: string[];
  /** Impaired ones that were measured. */
  impaired: string[];
  alone: string | undefined;
}

export interface Fitness {
  ok: number;
  attempted: number;
  /** Comparisons may be made. */
  fit: boolean;
}

/** Clear text that led to another site, a portal's own status, or a page in the site's place. */
function isDiverted(observation: ControlObservation, last: Exchange, first: Attempt): boolean {
  const home = siteOf(observation.host);
  const led = siteOf(last === observation ? object(observation.evidence)?.http?.location_host : last.host);
  const strayed = home !== undefined && led !== undefined && led !== home;
  // RFC 6585 section 6: 511 is a captive portal's own word.
  return strayed || amount(observation.status) === 511 || isBlockPage(first);
}

function controlOf(observation: ControlObservation): Control {
  const last = lastExchange(observation);
  const first = attemptsOf(observation, last)[0] as Attempt;
  const cleartext = isCleartext(observation);
  const diverted = cleartext && isDiverted(observation, last, first);
  return {
    name: text(observation.target) ?? '',
    scope: observation.scope === 'in_country' ? 'in_country' : 'foreign',
    protocol: observation.ip_protocol,
    cleartext,
    ok: first.ok && !diverted,
    diverted,
    first,
    observation,
  };
}

export function viewControls(round: Round, memory: RoundMemory): ControlsView {
  const impairedNames = new Set(Array.isArray(memory.impaired_controls) ? memory.impaired_controls : []);
  const everything = entries(round.controls)
    .filter(({ outcome, failure }) => outcome === 'ok' || (outcome === 'failed' && failure?.reason !== 'interrupted'))
    .map(controlOf);
  const byName = new Map<string, boolean>();
  for (const { name, ok } of everything) byName.set(name, (byName.get(name) ?? false) || ok);
  const measured = [...byName.keys()].sort();
  const failed = measured.filter((name) => !byName.get(name));
  const counted = measured.filter((name) => !impairedNames.has(name));
  const failing = failed.filter((name) => !impairedNames.has(name));
  return {
    all: everything.filter(({ name }) => !impairedNames.has(name)),
    measured,
    failed,
    impaired: measured.filter((name) => impairedNames.has(name)),
    // An impaired one stays "alone" as long as it fails among healthy ones: that is how the fold sees it come back.
    alone: failed.length === 1 && counted.length - failing.length >= 2 ? failed[0] : undefined,
  };
}

/**
 * Whether comparisons may be made over this protocol. IPv6 needs IPv6 controls; where the record does not say which
 * protocol, every control counts for IPv4.
 */
export function fitness({ all }: ControlsView, protocol: IpProtocol | undefined): Fitness {
  const names = new Map<string, boolean>();
  for (const control of all) {
    const counts =
      protocol === 'ip6' ? control.protocol === 'ip6' : control.protocol !== 'ip6' || protocol === undefined;
    if (counts) names.set(control.name, (names.get(control.name) ?? false) || control.ok);
  }
  const attempted = names.size;
  const ok = [...names.values()].filter(Boolean).length;
  return { ok, attempted, fit: ok > 0 && attempted - ok <= attempted * failingShare };
}

/** A list with both ends known to differ from a set's: at least half of it, and two where there are two. */
export function most(some: number, of: number): boolean {
  return some > 0 && some * 2 >= of && (some >= 2 || of === 1);
}

export function foreignChains({ all }: ControlsView): Control[] {
  return all.filter(({ first, cleartext }) => !cleartext && isForeignChain(first));
}

export function expiredChains({ all }: ControlsView): Control[] {
  return all.filter(
    ({ first, cleartext }) =>
      !cleartext &&
      (first.evidence.tls?.error === 'ssl_invalid_certificate' || first.failure?.reason === 'ssl_invalid_certificate'),
  );
}

/** Everything that has a history is slow against it: the line, not a platform. */
export function everythingSlow({ all }: ControlsView, memory: RoundMemory): boolean {
  let handshakes = 0;
  let slowHandshakes = 0;
  let transfers = 0;
  let slowTransfers = 0;
  for (const { name, ok, first, observation } of all) {
    const baseline = object(own(memory.baselines, name));
    if (!ok || baseline === undefined) continue;
    const normal = amount(baseline.handshake_ms);
    if (normal && first.connect_ms !== undefined && first.tls_ms !== undefined) {
      handshakes += 1;
      if (first.connect_ms + first.tls_ms >= slowRatio * normal) slowHandshakes += 1;
    }
    const usual = amount(baseline.goodput_bps);
    const rate = amount(observation.goodput_bps) ?? amount(object(observation.transfer)?.plateau_bps);
    if (usual && rate !== undefined) {
      transfers += 1;
      if (rate * slowGoodputRatio <= usual) slowTransfers += 1;
    }
  }
  return (handshakes >= 2 && slowHandshakes === handshakes) || (transfers >= 1 && slowTransfers === transfers);
}
