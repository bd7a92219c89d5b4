/** The rows that last for hours or for evenings, out of what the live rows of the same name recorded. */
import { expect } from 'vitest';
import { fold, type Recording, summarise } from './recorded.ts';

const hour = 60;
const day = 24 * hour;

/** By the name of the live row whose store is told. Each throws where something else comes out than must. */
export const recordedRows: Readonly<Record<string, (recording: Recording) => void>> = {
  /** Wikipedia in Pakistan, February 2023: the blocked control leaves the gate, which is published, and nobody else is blamed. */
  'one-control-censored'({ calm, censored }) {
    const story = fold([
      { minutes: day, rounds: calm },
      { minutes: 3 * hour, rounds: censored },
    ]);
    const { states, events, last } = summarise(story);
    expect(events).toEqual([]);
    expect(states).toEqual(new Set(['reachable']));
    expect(last.judgement.detail.controls_impaired).toEqual(['wikipedia']);
    expect(last.judgement.detail.controls_healthy).toBe(true);
  },

  /** A laptop's lid: the first round after it is looked at and not counted, and then all is as before. */
  asleep({ calm }) {
    const vantages: string[] = [];
    const story = [
      ...fold([
        { minutes: 3 * hour, rounds: calm },
        { minutes: 2 * hour, rounds: 'asleep' },
        { minutes: hour, rounds: calm },
      ]),
    ];
    for (const { stretch, judgement } of story) if (stretch === 2) vantages.push(judgement.vantage);
    const { states, events } = summarise(story);
    expect(events).toEqual([]);
    expect(states).toEqual(new Set(['reachable']));
    expect(vantages[0]).toBe('asleep');
    expect(new Set(vantages.slice(1))).toEqual(new Set(['online']));
  },

  /** Pakistan, 2025: every way abroad six times as long and lossy for hours. */
  'cable-cut'({ calm, censored }) {
    const { states, events } = summarise(
      fold([
        { minutes: day, rounds: calm },
        { minutes: 6 * hour, rounds: censored },
        { minutes: 2 * hour, rounds: calm },
      ]),
    );
    expect([...states].filter((state) => state !== 'reachable' && state !== 'degraded')).toEqual([]);
    expect(events.filter(({ state }) => state !== 'degraded')).toEqual([]);
  },

  /** One company's paths at three times their length, from seven to midnight, three evenings running. */
  'peering-congestion'({ calm, censored }) {
    const evening = [
      { minutes: 19 * hour, rounds: calm },
      { minutes: 5 * hour, rounds: censored },
    ];
    const { states, events } = summarise(fold([...evening, ...evening, ...evening, { minutes: hour, rounds: calm }]));
    expect([...states].filter((state) => state !== 'reachable' && state !== 'degraded')).toEqual([]);
    expect(events.filter(({ state }) => state !== 'degraded')).toEqual([]);
  },
};
