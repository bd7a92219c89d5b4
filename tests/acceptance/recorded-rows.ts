/** The rows that last for hours or for evenings: calm rounds as recorded, and what the trouble makes of them. */
import { expect } from 'vitest';
import type { Observation, Round } from '../../src/model/round.ts';
import { download, fail, stretch } from '../judge/life.ts';
import { fold, recordingOf, summarise } from './recorded.ts';

const hour = 60;
const day = 24 * hour;
/** The practice Internet's line, bits per second. */
const line_bps = 20e6;

/** Copies of these rounds, each changed; `dice` is in [0, 1), repeatable (Park and Miller 1988). */
function changed(rounds: readonly Round[], change: (round: Round, dice: () => number) => void): Round[] {
  let state = 7;
  const dice = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  // Ten turns: the losses of an evening are not those of its first ten minutes over and over.
  return Array.from({ length: 10 }, () => structuredClone(rounds))
    .flat()
    .map((round) => {
      change(round, dice);
      return round;
    });
}

/** A longer way on which some handshakes wait for a lost segment, and downloads share what is left. */
function farther(entries: readonly Observation[], factor: number, loss: number, dice: () => number): void {
  stretch(entries, factor);
  for (const entry of entries) {
    if (entry.phases?.tls !== undefined && dice() < loss) entry.phases.tls += 200 + 2 * (entry.phases.connect ?? 0);
    if (entry.transfer) download(entry, (line_bps / factor) * (0.5 + dice()), 0.4);
  }
}

/** By name. Each throws where something else comes out than must. */
export const recordedRows: Readonly<Record<string, () => void>> = {
  /** Wikipedia in Pakistan, February 2023: the blocked control leaves the gate, which is published, and nobody else is blamed. */
  'one-control-censored'() {
    const calm = recordingOf('calm');
    const others = new Map(calm.flatMap(({ controls }) => controls).map((entry) => [entry.target, entry]));
    const censored = changed(calm, (round) => {
      const blocked = round.controls.filter(({ target }) => target === 'wikipedia');
      if (blocked.length === 0) return;
      // A control that fails has all the others looked at in the same round.
      for (const [name, entry] of others) {
        if (!round.controls.some(({ target }) => target === name)) round.controls.push(structuredClone(entry));
      }
      for (const entry of blocked) fail(entry, 'tls', 'connection_reset', 4);
    });
    const { states, events, last } = summarise(
      fold([
        { minutes: day, rounds: calm },
        { minutes: 6 * hour, rounds: censored },
      ]),
    );
    expect(events).toEqual([]);
    expect(states).toEqual(new Set(['reachable']));
    expect(last.judgement.detail.controls_impaired).toEqual(['wikipedia']);
  },

  /** A laptop's lid: the first round after it is looked at and not counted, and then all is as before. */
  asleep() {
    const calm = recordingOf('calm');
    const story = [
      ...fold([
        { minutes: 3 * hour, rounds: calm },
        { minutes: 2 * hour, rounds: 'asleep' },
        { minutes: hour, rounds: calm },
      ]),
    ];
    const vantages = story.filter(({ stretch: which }) => which === 2).map(({ judgement }) => judgement.vantage);
    const { states, events } = summarise(story);
    expect(events).toEqual([]);
    expect(states).toEqual(new Set(['reachable']));
    expect(vantages[0]).toBe('asleep');
    expect(new Set(vantages.slice(1))).toEqual(new Set(['online']));
  },

  /** Pakistan, 2025: every way abroad six times as long and lossy for hours. */
  'cable-cut'() {
    const calm = recordingOf('calm');
    const cut = changed(calm, (round, dice) => {
      const abroad = round.controls.filter(({ scope }) => scope === 'foreign');
      for (const entries of [abroad, ...Object.values(round.platforms)]) farther(entries, 6, 0.02 * 6, dice);
    });
    const { states, events } = summarise(
      fold([
        { minutes: day, rounds: calm },
        { minutes: 6 * hour, rounds: cut },
        { minutes: 2 * hour, rounds: calm },
      ]),
    );
    expect([...states].filter((state) => state !== 'reachable' && state !== 'degraded')).toEqual([]);
    expect(events.filter(({ state }) => state !== 'degraded')).toEqual([]);
  },

  /** One company's paths at three times their length, from seven to midnight, three evenings running. */
  'peering-congestion'() {
    const calm = recordingOf('calm');
    const congested = changed(calm, (round, dice) => farther(round.platforms['x'] ?? [], 3, 0.01 * 6, dice));
    const evening = [
      { minutes: 19 * hour, rounds: calm },
      { minutes: 5 * hour, rounds: congested },
    ];
    const { states, events } = summarise(fold([...evening, ...evening, ...evening, { minutes: hour, rounds: calm }]));
    expect([...states].filter((state) => state !== 'reachable' && state !== 'degraded')).toEqual([]);
    expect(events.filter(({ state }) => state !== 'degraded')).toEqual([]);
  },
};
