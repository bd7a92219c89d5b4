/** Everything about one round that a rule may look at besides its own case. */
import type { Round } from '../model/round.ts';
import type { Reason } from '../model/vocabulary.ts';
import { type Attempt, alertShare, isForeignChain } from './attempt.ts';
import { type Case, casesOf, failsLocally } from './case.ts';
import { contrastOf } from './contrast.ts';
import { type Control, type ControlsView, type Fitness, viewControls } from './controls-view.ts';
import type { Confirmed, RoundMemory, Slowdown } from './memory.ts';
import { amount, entries, object, own, text } from './reading.ts';
import { type VantageView, viewVantage } from './vantage.ts';

export interface Context {
  round: Round;
  memory: RoundMemory;
  controls: ControlsView;
  vantage: VantageView;
  /** By platform. */
  cases: ReadonlyMap<string, readonly Case[]>;
  contrasts: ReadonlyMap<Case, Slowdown>;
  /** Companies of which nothing can be reached at TCP, when there are two or more. */
  silentCompanies: ReadonlySet<string>;
  /** Marks (`impostorMarks`) shown under the names of two companies or more, and by no control. */
  sharedImpostors: ReadonlySet<string>;
  /** A control's transfer of this round ran past the sizes at which a freeze bites. */
  controlTransferRan: boolean;
}

/** A control's transfer must have passed this size (bytes) beside a freeze (docs/methodology.md, rule 2). */
const controlTransferBytes = 48 * 1024;

/** A record's platforms in an order of our own. */
export function platformsOf(round: Round): string[] {
  return Object.keys(object(round.platforms) ?? {}).sort();
}

export function contextOf(round: Round, memory: RoundMemory): Context {
  const controls = viewControls(round, memory);
  const cases = new Map(platformsOf(round).map((platform) => [platform, casesOf(round, platform)]));
  const all = [...cases.values()].flat();
  const contrasts = new Map<Case, Slowdown>();
  for (const one of all) {
    const contrast = contrastOf(one, round);
    if (contrast) contrasts.set(one, contrast);
  }
  return {
    round,
    memory,
    controls,
    vantage: viewVantage(round, memory, controls, all),
    cases,
    contrasts,
    silentCompanies: silentCompanies(all),
    sharedImpostors: sharedImpostors(all, controls.all),
    controlTransferRan: controlTransferRan(round, all),
  };
}

/** The controls that speak for this case's IP protocol. */
export function fitFor({ vantage }: Context, { protocol }: Case): Fitness {
  return protocol === 'ip6' ? vantage.fit6 : vantage.fit4;
}

/** The share of platforms' own companies must not count as a witness: another company's answer shows a living path. */
export function othersAnswer({ cases }: Context, { company }: Case): boolean {
  return [...cases.values()].some((list) => list.some((one) => one.company !== company && one.answered));
}

/** One stray answer of a resolver hides no silence: the repeat in the same round has dialled. */
const stray: ReadonlySet<Reason> = new Set<Reason>(['dns_servfail_error', 'generic_timeout_error']);

function silentAtTcp(one: Case): boolean {
  const { failure, attempts } = one;
  const dialled = attempts.some(({ failure: of }) => of?.phase === 'connect');
  return (
    (failure?.phase === 'connect' || (failure?.phase === 'resolve' && stray.has(failure.reason) && dialled)) &&
    !failsLocally(one) &&
    one.trusted !== 'works' &&
    one.dns.own !== 'wrong' &&
    attempts.every(({ failure: of }) => of?.phase === 'connect' || of?.phase === 'resolve') &&
    one.neutrals.every(({ answered }) => !answered)
  );
}

function silentCompanies(all: readonly Case[]): Set<string> {
  const companies = new Map<string, boolean>();
  for (const one of all) {
    // An IPv6 path that fails beside a working IPv4 one is another question (rule 9).
    if (!one.attempted) continue;
    companies.set(one.company, (companies.get(one.company) ?? true) && silentAtTcp(one));
  }
  const silent = [...companies].filter(([, all4]) => all4).map(([company]) => company);
  return new Set(silent.length >= 2 ? silent : []);
}

/**
 * What names the one who stood there: its certificate, and who signed it where that is no public authority. Public
 * authorities sign for everybody.
 */
export function impostorMarks({ attempts }: Pick<Case, 'attempts'>): string[] {
  return attempts.filter(isForeignChain).flatMap(({ failure, evidence: { tls } }) => {
    const issuer = text(tls?.issuer);
    const leaf = text(tls?.fingerprint);
    const unknown = (tls?.error ?? failure?.reason) === 'ssl_unknown_authority';
    return [
      ...(leaf === undefined ? [] : [`certificate ${leaf}`]),
      ...(unknown && issuer !== undefined ? [`issuer ${issuer}`] : []),
    ];
  });
}

function sharedImpostors(all: readonly Case[], controls: readonly Control[]): Set<string> {
  const companies = new Map<string, Set<string>>();
  for (const one of all) {
    if (one.answered) continue;
    for (const mark of impostorMarks(one)) {
      const seen = companies.get(mark) ?? new Set();
      companies.set(mark, seen.add(one.company));
    }
  }
  // Controls must have shown their own: without a verified one the interceptor may sit in the house.
  const verified = controls.some(({ ok, cleartext }) => ok && !cleartext);
  const ours = new Set(controls.flatMap(({ first }) => impostorMarks({ attempts: [first] })));
  const shared = [...companies].filter(([mark, seen]) => seen.size >= 2 && !ours.has(mark)).map(([mark]) => mark);
  return new Set(verified ? shared : []);
}

function controlTransferRan(round: Round, all: readonly Case[]): boolean {
  const ran = (transfer: { bytes?: number; stalled_at?: number | undefined } | null | undefined) => {
    const known = object(transfer);
    return known !== undefined && known.stalled_at === undefined && (amount(known.bytes) ?? 0) > controlTransferBytes;
  };
  return (
    entries(round.controls).some(({ transfer }) => ran(transfer)) ||
    all.some(({ observation }) =>
      entries(observation.experiments).some(({ kind, transfer }) => kind === 'control_transfer' && ran(transfer)),
    )
  );
}

/** What an earlier round proved of this very failure, unless this round looked again and did not find it. */
export function confirmedFor({ memory }: Context, one: Case): Confirmed | undefined {
  const list = object(own(memory.platforms, one.platform))?.confirmed;
  if (one.neutrals.length > 0 || one.trusted === 'works') return undefined;
  return entries(list).find(
    ({ target, phase, reason, age }) =>
      target === one.target &&
      phase === one.failure?.phase &&
      reason === one.failure.reason &&
      (amount(age) ?? confirmedRounds + 1) <= confirmedRounds,
  );
}

/** While an incident is open experiments run every tenth round (docs/methodology.md); two more for a round that was lost. */
export const confirmedRounds = 12;

/** A difference (ms) below which two clocks' readings in one process are equal. */
const nearFloorMs = 5;

/** A connect time from here on contains a lost SYN (RFC 6298: the first retransmission comes after 1 s). */
const lostSynMs = 1000;

/** A single reset must be sooner than this share of the round trip; two must each be sooner than `alertShare`. */
const singleShare = 0.5;

/** Ended from the other side, in words (an alert, garbage) or without (RST, FIN). */
const endings: ReadonlySet<Reason> = new Set([
  'connection_reset',
  'connection_aborted',
  'eof_error',
  'ssl_failed_handshake',
]);

function isCutShort({ failure }: Attempt): boolean {
  return (
    failure !== undefined && endings.has(failure.reason) && (failure.phase === 'tls' || failure.phase === 'processing')
  );
}

/**
 * Resets, closes and alerts that came back sooner than the path allows, as a count: 0 when there is none or when the readings disagree.
 * The path is the shortest connect time known to these addresses. A control that was reset so quickly, too, says that
 * the box stands in the house or resets everybody.
 */
export function nearResets(one: Case, { controls, memory }: Context): number {
  const resets = one.attempts.filter(isCutShort);
  if (resets.length === 0 || (controls.all.length > 0 && controls.all.some(isNearControl))) return 0;
  const readings = [
    ...one.attempts.map(({ connect_ms }) => connect_ms),
    ...one.neutrals.map(({ connect_ms }) => connect_ms),
    amount(object(own(memory.baselines, one.target))?.connect_ms),
  ].filter((ms) => ms !== undefined);
  const path = Math.min(...readings);
  if (readings.length === 0 || path >= lostSynMs) return 0;
  const near = resets.filter(({ failure }) => isNear(failure?.after_ms, path, alertShare)).length;
  // A busy probe reads a reset late, never early: most of them must be near, not all.
  if (near >= 2 && near * 2 >= resets.length) return near;
  if (near !== resets.length) return 0;
  return isNear(resets[0]?.failure?.after_ms, path, singleShare) ? 1 : 0;
}

function isNear(after: unknown, path: number, share: number): boolean {
  const ms = amount(after);
  return ms !== undefined && ms < share * path && path - ms >= nearFloorMs;
}

function isNearControl({ first }: Control): boolean {
  return (
    isCutShort(first) && first.connect_ms !== undefined && isNear(first.failure?.after_ms, first.connect_ms, alertShare)
  );
}

/** The same failure seen again: on another attempt at the name, or on another target of the platform. */
export function timesSeen(one: Case, { cases }: Context): number {
  const alike = (failure: Case['failure']) =>
    failure?.phase === one.failure?.phase && failure?.reason === one.failure?.reason;
  const repeats = one.attempts.filter(({ kind, failure }) => kind !== 'first' && alike(failure)).length;
  const others = (cases.get(one.platform) ?? []).filter(
    (other) => other !== one && other.attempted && !other.answered && alike(other.failure),
  ).length;
  return 1 + repeats + others;
}
