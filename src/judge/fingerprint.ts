/** What an incident looked like, kept small, so that a later one can be said to be like it. */
import type { Fingerprint, IncidentState } from './state.ts';

/** Incidents remembered. */
const kept = 8;
/** Share of platforms in common, and factor between rates, within which two incidents look alike. */
const overlap = 0.5;
const rateFactor = 2;

export function fingerprint(incident: IncidentState, platforms: readonly string[]): Fingerprint {
  const print: Fingerprint = {
    id: incident.id,
    at: incident.onset[1],
    platforms: [...platforms].sort(),
    kind: incident.kind,
  };
  if (incident.mechanism) print.mechanism = incident.mechanism;
  if (incident.kind === 'throttled' && incident.rate_bps)
    print.kbps = Number((incident.rate_bps / 1000).toPrecision(2));
  return print;
}

/**
 * The memory with `print` in it, newest last. One id is kept once; of an event and its parts the joint one is enough,
 * because its platforms name them.
 */
export function remember(memory: readonly Fingerprint[], print: Fingerprint): Fingerprint[] {
  return [...memory.filter(({ id }) => id !== print.id), print].slice(-kept);
}

/** Earlier incidents like this one, newest first: platforms overlap, the same kind and mechanism, a rate alike. */
export function seenBefore(memory: readonly Fingerprint[], print: Fingerprint): Fingerprint[] {
  return memory
    .filter((earlier) => earlier.id !== print.id && earlier.at < print.at && alike(earlier, print))
    .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}

/** A method not known is not another method: `throttle.unknown` is a throttle that no experiment has told apart yet. */
function isSameMethod(a: Fingerprint['mechanism'], b: Fingerprint['mechanism']): boolean {
  const open = (mechanism: Fingerprint['mechanism']) => mechanism === undefined || mechanism === 'throttle.unknown';
  return open(a) || open(b) || a === b;
}

function alike(a: Fingerprint, b: Fingerprint): boolean {
  if (a.kind !== b.kind) return false;
  if (!isSameMethod(a.mechanism, b.mechanism)) return false;
  if (a.kbps && b.kbps && Math.max(a.kbps, b.kbps) / Math.min(a.kbps, b.kbps) > rateFactor) return false;
  const common = a.platforms.filter((platform) => b.platforms.includes(platform)).length;
  return common / Math.min(a.platforms.length, b.platforms.length) > overlap;
}
