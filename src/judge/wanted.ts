/** What to measure before this round is judged. Thresholds live here; deadlines, budget and order of work do not. */
import type { Round } from '../model/round.ts';
import type { Experiment } from '../model/verdict.ts';
import type { ExperimentKind } from '../model/vocabulary.ts';
import { type Attempt, isForeignChain, isTlsCut } from './attempt.ts';
import type { Case } from './case.ts';
import { type Context, contextOf } from './context.ts';
import type { RoundMemory } from './memory.ts';
import { amount, entries, object, own } from './reading.ts';
import { oddHandshake } from './recall.ts';
import { freezesOf, largeHello } from './rule-answer.ts';

export interface WantedParams {
  /** `experiments.neutral_sni` of the configuration. */
  neutral_sni: boolean;
  /** `experiments.large_hello` of the configuration. */
  large_hello: boolean;
  /** Which of the at most two askings this is. */
  pass: 1 | 2;
  /** Platforms for which sibling names are configured. */
  siblings?: readonly string[] | undefined;
  /** A beacon is configured. */
  beacons?: boolean | undefined;
}

/** While an incident is open and its kind decided, experiments run every so many rounds (docs/methodology.md). */
const decidedEvery = 10;

/**
 * For so many rounds after a throttle was decided without it, a beacon is still asked what triggers it: the round's end or a
 * late clock may have cut the asking. Two or three tell as much as a beacon can; each costs two downloads.
 */
const triggerSought = 3;

/**
 * The experiments that this round needs, most telling first; empty for a calm round. `all_controls` is asked for once,
 * with platform `*`; what has been measured already is not asked for again. Never throws.
 */
export function wanted(memory: RoundMemory, roundSoFar: Round, params: WantedParams): Experiment[] {
  const context = contextOf(roundSoFar, memory);
  if (isSilent(context)) return params.pass === 1 ? signsOfLife(context) : [];
  const wishes: Experiment[] = [];
  const troubled: string[] = [];
  for (const [platform, cases] of context.cases) {
    const failing = cases.filter(({ attempted, complete }) => attempted && !complete);
    const odd = isOdd(platform, cases, context);
    if (failing.length === 0 && !odd) continue;
    troubled.push(platform);
    if (restsThisRound(platform, memory)) {
      if (isTriggerSought(platform, memory)) wishes.push(...forTrigger(platform, cases, memory, params));
      continue;
    }
    if (params.pass === 1) wishes.push({ kind: 'all_targets', platform });
    wishes.push(...failing.flatMap((one, index) => forFailure(one, index === 0, params)));
    if (odd || failing.some(isSlowEnd)) wishes.push(...forSlowness(platform, cases, context, params));
  }
  const controlsDoubtful = context.controls.failed.some((name) => !context.controls.impaired.includes(name));
  const looks = troubled.some((platform) => !restsThisRound(platform, memory));
  if (params.pass === 1 && (looks || controlsDoubtful)) wishes.unshift({ kind: 'all_controls', platform: '*' });
  return wishes;
}

/** Something failed and nobody at all has answered: most likely the line, on most days of load-shedding. */
function isSilent({ controls, cases }: Context): boolean {
  const all = [...cases.values()].flat().filter(({ attempted }) => attempted);
  return (
    all.length > 0 &&
    !controls.all.some(({ ok }) => ok) &&
    !all.some(({ attempts, neutrals }) => attempts.some(saysSomething) || neutrals.some(({ answered }) => answered))
  );
}

/** The far side, or somebody in its stead, got as far as TLS. */
function saysSomething({ ok, failure }: Attempt): boolean {
  return ok || (failure !== undefined && failure.phase !== 'resolve' && failure.phase !== 'connect');
}

/** Before a dead line is measured to pieces: the other controls, and whether any address works without its resolver. */
function signsOfLife({ cases }: Context): Experiment[] {
  const wishes: Experiment[] = [{ kind: 'all_controls', platform: '*' }];
  for (const [platform, list] of cases) {
    const first = list.find(({ attempted }) => attempted);
    if (first && !done(first, 'trusted_address')) {
      wishes.push({ kind: 'trusted_address', platform, target: first.target });
    }
  }
  return wishes;
}

/** Decided and open: nothing more is to be learned this round, the plan's own samples follow the incident. */
function restsThisRound(platform: string, memory: RoundMemory): boolean {
  const rounds = amount(own(object(memory.decided), platform));
  return rounds !== undefined && rounds % decidedEvery !== 0;
}

/** A throttle was decided a moment ago, and what triggers it is not known. */
function isTriggerSought(platform: string, memory: RoundMemory): boolean {
  const rounds = amount(own(object(memory.decided), platform)) ?? 0;
  return rounds <= triggerSought && Array.isArray(memory.unexplained) && memory.unexplained.includes(platform);
}

/** Nothing failed, and yet: history's word, a slow handshake, a stall. */
function isOdd(platform: string, cases: readonly Case[], { memory }: Context): boolean {
  if (Array.isArray(memory.suspects) && memory.suspects.includes(platform)) return true;
  return cases.some((one) => freezesOf(one).length > 0 || slowdownOf(one, memory) > oddHandshake);
}

/** How many times its own normal the first handshake took; 0 where no normal is known. */
function slowdownOf({ target, attempts: [first] }: Case, memory: RoundMemory): number {
  const normal = amount(object(own(memory.baselines, target))?.handshake_ms);
  return normal ? ((first?.connect_ms ?? 0) + (first?.tls_ms ?? 0)) / normal : 0;
}

/** The answer began and did not come: silence after TLS may be a policer. */
function isSlowEnd({ failure }: Case): boolean {
  return failure?.phase === 'processing' || failure?.phase === 'transfer';
}

function done({ observation }: Case, kind: ExperimentKind): boolean {
  return entries(observation.experiments).some((fact) => fact.kind === kind);
}

/**
 * A neutral name first, before more attempts with the real one taint the address (Turkey: slow for minutes); then
 * repeats, which tell an accident from a filter; then other ways to the name.
 */
function forFailure(one: Case, isFirst: boolean, params: WantedParams): Experiment[] {
  const { platform, target, failure } = one;
  const kinds: ExperimentKind[] = [];
  const cut = one.attempts.some(isTlsCut);
  const foreign = one.attempts.some(isForeignChain);
  const answeredWrongly = one.cleartext && (isSlowEnd(one) || failure === undefined);
  const garbled = failure?.reason === 'ssl_failed_handshake';
  if (params.neutral_sni && (cut || foreign || garbled || answeredWrongly)) kinds.push('neutral_sni');
  if (isFirst) kinds.push('repeat');
  kinds.push('trusted_address');
  if (failure?.phase === 'connect' || failure?.phase === 'tls' || isSlowEnd(one)) kinds.push('other_address');
  if (params.large_hello && cut && largeHello(one.observation) === undefined) kinds.push('large_hello');
  const wishes: Experiment[] = kinds.filter((kind) => !done(one, kind)).map((kind) => ({ kind, platform, target }));
  if (isFirst && params.siblings?.includes(platform)) wishes.push({ kind: 'sibling', platform });
  return wishes;
}

/** The one whose name is worth two downloads from a beacon: silent after TLS, else slow to shake hands, else sampled. */
function slowest(cases: readonly Case[], memory: RoundMemory): Case | undefined {
  const attempted = cases.filter((one) => one.attempted);
  const odd = attempted
    .filter((one) => slowdownOf(one, memory) > oddHandshake)
    .sort((a, b) => slowdownOf(b, memory) - slowdownOf(a, memory));
  const sampled = attempted.find(({ observation }) => object(observation.transfer) !== undefined);
  return attempted.find(isSlowEnd) ?? odd[0] ?? sampled ?? attempted[0];
}

/** A slow platform: the contrasts of rule 11, and downloads beside a control's. */
function forSlowness(
  platform: string,
  cases: readonly Case[],
  { memory }: Context,
  params: WantedParams,
): Experiment[] {
  const wishes: Experiment[] = [];
  for (const one of cases) {
    if (!one.attempted) continue;
    const { target } = one;
    if (params.neutral_sni && !one.cleartext && one.answered && !done(one, 'neutral_sni')) {
      wishes.push({ kind: 'neutral_sni', platform, target });
    }
    const sampled = object(one.observation.transfer) !== undefined;
    if ((sampled || isSlowEnd(one)) && !done(one, 'transfer')) wishes.push({ kind: 'transfer', platform, target });
  }
  wishes.push(...forTrigger(platform, cases, memory, params));
  const transfers = cases.some(({ observation }) => object(observation.transfer) !== undefined);
  if (transfers || wishes.some(({ kind }) => kind === 'transfer')) wishes.push({ kind: 'control_transfer', platform });
  if (params.siblings?.includes(platform)) wishes.push({ kind: 'sibling', platform });
  return wishes;
}

/** The same name on a helper of our own: nothing else shows whether it is the name that is slowed. */
function forTrigger(platform: string, cases: readonly Case[], memory: RoundMemory, params: WantedParams): Experiment[] {
  const slow = params.beacons ? slowest(cases, memory) : undefined;
  return slow && !done(slow, 'beacon') ? [{ kind: 'beacon', platform, target: slow.target }] : [];
}
