/** All platforms through one round: each folds by itself, then what they show together decides what each is called. */
import type { Round } from '../model/round.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import type { AnomalyKind } from '../model/vocabulary.ts';
import type { Assessment } from './assess.ts';
import type { Tick } from './clock.ts';
import type { Gate } from './gate.ts';
import { carrying, isOpen, opens, turn } from './incident.ts';
import { type Proof, prove, type SpeedFacts, speedFacts, witnesses } from './kind.ts';
import { own } from './own.ts';
import type { JudgeParams } from './params.ts';
import { foldPlatform, newPlatform, type PlatformRound } from './platform.ts';
import type { PlatformState } from './state.ts';

/** Platforms remembered at most; a record with more is hostile. */
const most = 32;

export interface FoldedPlatforms {
  platforms: Record<string, PlatformState>;
  /** What happened to incidents, in order of platform name. */
  turns: { platform: string; event: IncidentEvent['event'] }[];
  /** What the evidence of a platform under suspicion would be called in this round. */
  kinds: Readonly<Record<string, AnomalyKind>>;
}

const noKinds: FoldedPlatforms['kinds'] = {};

const noFacts: SpeedFacts = {
  controlsFine: false,
  short: 0,
  crawl: 0,
  slow: 0,
  lineCarries: false,
  plateau: false,
  signature: false,
  crawling: [],
  eighthTwice: false,
  only6: false,
};

/** Folds every platform of the record, `platforms` in place; those that it does not mention stay as they are. */
export function foldAll(
  platforms: Record<string, PlatformState>,
  round: Round,
  seen: Assessment,
  gate: Gate,
  tick: Tick,
  threshold: number,
  params: JudgeParams,
): FoldedPlatforms {
  let calm = true;
  const folded: { name: string; round: PlatformRound; facts: SpeedFacts }[] = [];
  const names = Object.keys(round.platforms);
  // What is new is added in order of name; what is known stands where it stands, and needs none until something happens.
  if (names.some((name) => own(platforms, name) === undefined)) names.sort();
  for (const name of names) {
    if (name === '__proto__') continue;
    const known = own(platforms, name);
    if (known === undefined && Object.keys(platforms).length >= most) continue;
    const result = foldPlatform(
      known ?? newPlatform(params, round.started_at),
      round.platforms[name] ?? [],
      own(seen.verdicts, name),
      interfered(seen, name),
      gate,
      tick,
      params,
    );
    platforms[name] = result.state;
    calm &&= result.state.suspect === undefined && result.state.incident === undefined;
    folded.push({
      name,
      round: result,
      facts: result.state.suspect ? speedFacts(result.state, gate.views, tick) : noFacts,
    });
  }
  if (calm) return { platforms, turns: [], kinds: noKinds };
  folded.sort((a, b) => (a.name < b.name ? -1 : 1));
  const company = (name: string) => own(round.companies, name) ?? name;
  const witnessing = new Set(folded.filter(({ facts }) => witnesses(facts)).map(({ name }) => company(name)));
  const open = new Set<string>();
  for (const name of Object.keys(platforms)) if (isOpen(platforms[name]!)) open.add(company(name));
  for (const { name, round: result } of folded) {
    if (opens(result, own(seen.verdicts, name), threshold, params.suspicion)) open.add(company(name));
  }
  const turns: FoldedPlatforms['turns'] = [];
  const kinds: Record<string, AnomalyKind> = {};
  for (const { name, round: result, facts } of folded) {
    if (!result.state.suspect && result.state.incident === undefined) continue;
    const verdict = own(seen.verdicts, name);
    const carried = carrying(result, params.suspicion);
    const proof = prove(verdict, carried, facts, own(seen.slowdowns, name), witnessing.size);
    const moved = turn(name, result, {
      verdict,
      proof,
      facts,
      gate,
      tick,
      threshold,
      companies: open.size,
      params,
    });
    platforms[name] = moved.state;
    if (moved.event) turns.push({ platform: name, event: moved.event });
    if (moved.state.suspect) kinds[name] = kindOf(moved.state, proof, result, params);
  }
  return { platforms, turns, kinds };
}

/** An incident's own name; before there is one what the round proves, or what its streams can come to without proof. */
function kindOf(
  state: PlatformState,
  proof: Proof | undefined,
  { evidence }: PlatformRound,
  { suspicion }: JudgeParams,
): AnomalyKind {
  if (isOpen(state)) return state.incident!.kind;
  return proof?.kind ?? (Math.max(evidence.all, evidence.reach) > suspicion ? 'unreachable' : 'degraded');
}

/** Targets that carry a trace of interference in this very round, though the exchange may have gone on. */
function interfered(seen: Assessment, name: string): ReadonlySet<string> | undefined {
  const confirmed = own(seen.platforms, name)?.confirmed;
  if (confirmed === undefined || confirmed.length === 0) return undefined;
  const now = confirmed.filter(({ age }) => age === 0).map(({ target }) => target);
  return now.length > 0 ? new Set(now) : undefined;
}
