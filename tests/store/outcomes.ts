/** Outcomes as the agent hands them over, for the store's tests. */
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';

/** 20 January 2024, 13:41 UTC: the start of round 1. */
export const start = Date.parse('2024-01-20T13:41:00Z');

/** Round `n` of a minute each; `padding` characters make the record as large as wanted. */
export function outcome(n: number, extra: Partial<RoundOutcome> = {}, padding = 0): RoundOutcome {
  return {
    round: {
      version: 1,
      round: n,
      started_at: new Date(start + (n - 1) * 60_000).toISOString(),
      monotonic_ms: n * 60_000,
      interval_ms: 60_000,
      companies: { x: 'x' },
      vantage: { id: '6f1c0d2e3a4b5c6d', state: 'online' },
      controls: [],
      platforms: { x: [{ target: `x/website${'.'.repeat(padding)}`, outcome: 'ok', phases: { connect: 41.9 } }] },
    },
    events: [],
    duration_ms: 2140,
    overruns: 0,
    dropped: {},
    judge_state: { version: 1, rounds: n },
    ...extra,
  };
}

export function event(name: IncidentEvent['event'], n: number, incident = 'x-20240120T1341'): IncidentEvent {
  return {
    at: new Date(start + n * 60_000).toISOString(),
    round: n,
    event: name,
    incident,
    platform: 'x',
    state: 'blocked',
    mechanism: 'tls.reset.sni',
    basis: 'differential',
    confidence: 'high',
    onset_earliest: '2024-01-20T13:40:02.000Z',
    onset_latest: '2024-01-20T13:41:00.000Z',
  };
}

/** When round `n` of the tests' evening began, as events and records write it. */
export const at = (n: number): string => new Date(start + (n - 1) * 60_000).toISOString();

/** An event told with round `n`, with the statement and the onset of a reset by name between minutes 10 and 11. */
export const turn = (name: IncidentEvent['event'], n: number, more: Partial<IncidentEvent> = {}): IncidentEvent => ({
  ...event(name, n),
  at: at(n),
  round: n,
  mechanisms: ['tls.reset.sni'],
  onset_earliest: at(10),
  onset_latest: at(11),
  statement: 'Since 18:50–18:51 (UTC+5) X has been blocked. This does not show who ordered it.',
  ...more,
});
