/**
 * What the demo tells: the evening of 20 January 2024 in Pakistan, and the two before it that were like it.
 *
 * What is known: live metrics showed all four platforms restricted on 17 December 2023, 7 January and 20 January 2024,
 * each time before an online event of an opposition party, and service came back hours later (docs/evaluation.md names
 * the sources). The minutes are the story's own where nobody published them: those of 17 December and 7 January, and on
 * the 20th the end, which comes after minutes instead of hours. So is the rate: none was published.
 */
import type { Config } from '../config/config.ts';
import type { Censor } from '../practice/censor.ts';
import { allFour } from '../practice/names.ts';
import type { Stretch } from '../practice/past.ts';

/** Pakistan Standard Time is UTC+5, without summer time. */
const pkt = (text: string): number => Date.parse(`${text}+05:00`);

/** The computer of the story was started then: its uptime counts from there. */
const boot_ms = pkt('2023-12-01T00:00');

/** Three calm minutes before it begins at 18:41. */
export const begins_ms = pkt('2024-01-20T18:38');
export const calmRounds = 3;

/** A minute, as everywhere. */
export const interval_ms = 60_000;

/** To Europe it is more than twice that, and every download on a longer way takes longer to watch. */
export const rtt_ms = 50;

/** No line is shared with anybody: twice as many at once as in life. */
export const concurrency = 8;

/**
 * A download from every platform in every round, because on loopback it costs nothing and the story is to be short; small
 * ones, because at the provider's rate each of them takes seconds, which no `--speed` can shorten.
 */
export const downloads: Pick<Config['transfer'], 'every_ms' | 'bytes'> = { every_ms: interval_ms, bytes: 48 * 1024 };

/** Below an eighth of what this line carries: what two companies at once suffer in no congestion. */
export const slowed_bps = 240_000;
/** Russia's policer of 2021 let about so much pass before it limited (Xue et al., IMC 2021). */
const burst_bytes = 16_000;
/**
 * By so much the filter holds up each handshake that names a platform, ms: in Russia and Turkey seconds were measured,
 * and a download does not have to be waited for to see it.
 */
export const held_ms = 350;

export const provider: Censor = {
  name: 'provider',
  says: `the provider looks for the names of X, Facebook, Instagram and YouTube, holds up their handshakes and limits their downloads to ${slowed_bps / 1000} kbit/s`,
  rules: [
    { on: 'hello', names: allFour, do: { kind: 'delay_handshake', ms: held_ms } },
    { on: 'hello', names: allFour, do: { kind: 'police', bps: slowed_bps, burst_bytes } },
  ],
};

/** Named in the statement, because it lies within three hours of the onset. */
const rally_ms = pkt('2024-01-20T21:00');

/** In life a day; nobody would wait until a day has been judged. */
export const readyAfter_ms = 4 * 3_600_000;

/** What the probe looks back on: some hours to learn what is normal, two evenings, and the hour before the story. */
const past: readonly Stretch[] = [
  {
    from_ms: pkt('2023-12-17T15:30'),
    to_ms: pkt('2023-12-17T23:45'),
    slowed: { from_ms: pkt('2023-12-17T20:05'), to_ms: pkt('2023-12-17T23:10') },
  },
  {
    from_ms: pkt('2024-01-07T17:00'),
    to_ms: pkt('2024-01-07T22:05'),
    slowed: { from_ms: pkt('2024-01-07T18:10'), to_ms: pkt('2024-01-07T21:30') },
  },
  { from_ms: pkt('2024-01-20T17:30'), to_ms: begins_ms },
];

/** When everything happens. */
export interface Times {
  begins_ms: number;
  boot_ms: number;
  past: readonly Stretch[];
  rally: { at: string; title: string };
}

/**
 * The times of the story; with `begin_ms` all of them moved, so that it begins there: whoever scrapes the demo expects
 * rounds of the present, and calls one from 2024 stale.
 */
export function timesFrom(begin_ms: number = begins_ms): Times {
  const by = begin_ms - begins_ms;
  const move = <S extends { from_ms: number; to_ms: number }>(span: S): S => ({
    ...span,
    from_ms: span.from_ms + by,
    to_ms: span.to_ms + by,
  });
  return {
    begins_ms: begin_ms,
    boot_ms: boot_ms + by,
    past: past.map((stretch) => (stretch.slowed ? { ...move(stretch), slowed: move(stretch.slowed) } : move(stretch))),
    rally: {
      at: new Date(rally_ms + by).toISOString(),
      title: `the online rally of an opposition party${by === 0 ? ' at 21:00' : ''}`,
    },
  };
}
