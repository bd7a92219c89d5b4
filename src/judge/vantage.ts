/** The condition of the place that we look from: rules 0 and 4 of docs/methodology.md. */
import type { Round } from '../model/round.ts';
import type { Mechanism, Note, VantageState } from '../model/vocabulary.ts';
import { networkOf } from './address.ts';
import { isForeignChain, provesAddress } from './attempt.ts';
import type { Case } from './case.ts';
import {
  type Control,
  type ControlsView,
  everythingSlow,
  expiredChains,
  type Fitness,
  failingShare,
  fitness,
  foreignChains,
  most,
} from './controls-view.ts';
import type { RoundMemory } from './memory.ts';
import { entries, object, text } from './reading.ts';
import { clockSkewed } from './skew.ts';

export interface VantageView {
  state: VantageState;
  /** Why nothing can be said of a failing platform; undefined where comparisons may be made. */
  cause: 'captive_portal' | 'tls_intercepted' | 'clock_skew' | 'offline' | 'isolated' | 'resolver_dead' | undefined;
  notes: Note[];
  mechanisms: Mechanism[];
  fit4: Fitness;
  fit6: Fitness;
}

function isPortal(controls: ControlsView): boolean {
  const encrypted = controls.all.filter(({ cleartext }) => !cleartext);
  if (encrypted.some(({ ok }) => ok)) return false;
  const plain = controls.all.filter(({ cleartext }) => cleartext);
  if (plain.some(({ diverted }) => diverted) && !plain.some(({ ok }) => ok)) return true;
  // One self-made certificate for every name is one machine that catches everything; an interceptor makes one a name.
  const leaves = new Set<string>();
  let same = 0;
  for (const { first } of encrypted) {
    const { tls } = first.evidence;
    const selfMade =
      tls?.error === 'ssl_invalid_hostname' || (text(tls?.issuer) !== undefined && tls?.issuer === tls?.subject);
    if (!isForeignChain(first) || tls?.fingerprint === undefined || !selfMade) continue;
    same += 1;
    leaves.add(tls.fingerprint);
  }
  return same >= 2 && same === encrypted.length && leaves.size === 1;
}

/** Some far host said something that only a living line can carry: a complete answer, or a server's word at TLS level. */
function alive(controls: ControlsView, cases: readonly Case[], round: Round): boolean {
  if (controls.all.some(({ ok }) => ok)) return true;
  if (Object.values(object(round.siblings) ?? {}).some((list) => entries(list).some(({ outcome }) => outcome === 'ok')))
    return true;
  return cases.some(
    ({ attempts, neutrals }) =>
      attempts.some(provesAddress) ||
      neutrals.some(
        ({ answered, alert, evidence }) =>
          answered && (alert || (evidence.tls !== undefined && evidence.tls.error === undefined)),
      ),
  );
}

/** An address in the provider's own network, where caches of the large platforms stand: no proof of foreign paths. */
function inOwnNetwork({ last }: Case, asn: number | undefined): boolean {
  if (asn === undefined) return false;
  return entries(last.dns).some(({ answers }) =>
    entries(answers).some(
      (answer) => answer.asn === asn && (last.network === undefined || networkOf(answer.ip) === last.network),
    ),
  );
}

/** `AS17557` or `17557`. */
export function asNumber(asn: unknown): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(typeof asn === 'string' ? asn.trim() : '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function foreignGone(controls: ControlsView, cases: readonly Case[], asn: number | undefined): boolean {
  const foreign = controls.all.filter(({ scope }) => scope === 'foreign');
  const names = new Set(foreign.map(({ name }) => name));
  // Gone is not refused, re-signed or misnamed: nothing of the far side arrives.
  const silent = ({ ok, first }: Control) => !ok && !isForeignChain(first) && first.failure !== undefined;
  return (
    names.size >= 2 &&
    foreign.every(silent) &&
    !cases.some((one) => one.attempts.some(provesAddress) && !inOwnNetwork(one, asn))
  );
}

function inCountryFine({ all }: ControlsView): boolean {
  const near = all.filter(({ scope }) => scope === 'in_country');
  const failing = near.filter(({ ok }) => !ok).length;
  return near.length > failing && failing <= near.length * failingShare;
}

/** The configured resolver fails for every name asked while addresses of other origin work. */
function resolverDead(controls: ControlsView, cases: readonly Case[]): boolean {
  if (cases.some(({ answered }) => answered)) return false;
  const names = new Map<string, boolean>();
  const see = (name: string, works: boolean) => names.set(name, (names.get(name) ?? false) || works);
  for (const { target, platform, attempted, attempts, dns, failure } of cases) {
    if (!attempted) continue;
    const dead = dns.own === 'failed' || (dns.own === 'not_asked' && failure?.phase === 'resolve');
    // A lie is an answer, unless it is no address at all: then it is asked whether everybody gets it.
    const lie = dns.own === 'wrong' && dns.mechanism === 'dns.injection.bogon';
    see(`${platform} ${target}`, !(dead || lie) || attempts.some(({ ok, own }) => ok && own));
  }
  for (const { name, first, observation, ok } of controls.all) {
    const facts = entries(observation.dns).filter(({ via }) => via === 'configured' || via === 'system');
    const answered = facts.some(
      ({ rcode, answers }) => rcode === 'NOERROR' && entries(answers).some(({ bogon }) => bogon !== true),
    );
    const dead = facts.length > 0 ? !answered : first.failure?.phase === 'resolve';
    see(`control ${name}`, (ok && first.own) || !dead);
  }
  if (names.size < 3 || [...names.values()].some(Boolean)) return false;
  return cases.some(({ trusted }) => trusted === 'works') || controls.all.some(({ ok, first }) => ok && !first.own);
}

/** Queries to public resolvers come out of the provider's resolver: a whoami name tells whose it was. */
function intercepted(round: Round): boolean {
  const facts = entries(round.vantage?.dns).filter(
    ({ purpose, name }) => purpose === 'whoami' || (purpose === undefined && /whoami|myaddr/.test(text(name) ?? '')),
  );
  const asn = asNumber(round.vantage?.asn);
  const answersOf = (via: 'public' | 'configured') =>
    facts.filter((fact) => fact.via === via).flatMap(({ answers }) => entries(answers));
  const provider = round.vantage?.resolver_scope === 'isp' ? answersOf('configured') : [];
  return answersOf('public').some(
    (answer) =>
      (asn !== undefined && answer.asn === asn) ||
      provider.some(
        ({ ip }) => ip === answer.ip || (networkOf(ip) !== undefined && networkOf(ip) === networkOf(answer.ip)),
      ),
  );
}

/** Reads the vantage. `cases` are those of all platforms. */
export function viewVantage(
  round: Round,
  memory: RoundMemory,
  controls: ControlsView,
  cases: readonly Case[],
): VantageView {
  const fit4 = fitness(controls, 'ip4');
  const fit6 = fitness(controls, 'ip6');
  const notes: Note[] = controls.impaired.length > 0 ? ['control_impaired'] : [];
  const mechanisms: Mechanism[] = intercepted(round) ? ['dns.interception'] : [];
  const view = (state: VantageState, cause?: VantageView['cause']): VantageView => ({
    state,
    cause,
    notes,
    mechanisms,
    fit4,
    fit6,
  });
  if (clockSkewed(round)) notes.push('clock_skew');

  if (isPortal(controls)) return view('captive_portal', 'captive_portal');
  const encrypted = controls.all.filter(({ cleartext }) => !cleartext).length;
  if (most(foreignChains(controls).length, encrypted)) return view('tls_intercepted', 'tls_intercepted');
  if (most(expiredChains(controls).length, encrypted)) {
    if (!notes.includes('clock_skew')) notes.push('clock_skew');
    return view('degraded', 'clock_skew');
  }
  if (resolverDead(controls, cases)) return view('degraded', 'resolver_dead');
  const tried = cases.filter(({ attempted }) => attempted);
  const living = alive(controls, cases, round);
  if (inCountryFine(controls) && foreignGone(controls, tried, asNumber(round.vantage?.asn))) {
    if (text(round.vantage?.country) === undefined) return view('degraded', undefined);
    mechanisms.push('ip.international');
    return view('isolated', 'isolated');
  }
  if (!living) {
    const companies = new Set(tried.map(({ company }) => company)).size;
    // A single silent host, with nothing beside it, does not show that the line is dead.
    if (controls.all.length > 0 || companies >= 2) return view('offline', 'offline');
    return view(companies === 0 ? 'online' : 'degraded', undefined);
  }
  const unfit = fit4.attempted > 0 ? !fit4.fit : fit6.attempted > 0 && !fit6.fit;
  if (unfit || everythingSlow(controls, memory)) return view('degraded', undefined);
  return view('online', undefined);
}
