/**
 * The recorded story, generated: a home in Pakistan from 1 to 21 January 2024, clean but for its ordinary weather, and
 * on the evenings of the 7th and the 20th all four platforms held to 130 kbit/s, handshakes and all.
 *
 * What is known (the sources are named in docs/evaluation.md): on 7 January users noticed shortly after 18:00, on the
 * 20th live metrics showed it before 19:12, both times some two hours before an opposition party's online rally, and
 * service came back late in the evening. 18:41 and 22:00 of the 20th are the moments that the project tells it with;
 * 18:10 and 21:30 of the 7th are ours.
 */
import type { Round } from '../../../src/model/round.ts';
import { accesses } from './access.ts';
import type { Trouble } from './air.ts';
import { Trace } from './trace.ts';
import { drawVantage, MINUTE, type Plan, platforms, type Vantage } from './vantage.ts';
import { drawWeather, pathsOf } from './weather.ts';

/** Pakistan Standard Time is UTC+5, without summer time. */
const pkt = (text: string): number => Date.parse(`${text}+05:00`);

export const story = {
  from: pkt('2024-01-01T05:00:00'),
  to: pkt('2024-01-21T00:00:00'),
  evenings: [
    { from: pkt('2024-01-07T18:10:00'), to: pkt('2024-01-07T21:30:00') },
    { from: pkt('2024-01-20T18:41:00'), to: pkt('2024-01-20T22:00:00') },
  ],
} as const;

/** The rate of Russia's policer of 2021, the best measured one (Xue et al., IMC 2021: 130 to 150 kbit/s). */
const LIMIT_BPS = 130_000;
/** Any seed will do; this one's home has no congested evenings, which would be another story. */
const SEED = 20_240_120;

function home(plan: Plan): Vantage {
  const drawn = drawVantage(SEED, { plan, cadence: 'fifth', records: 'rich' });
  const dsl = accesses.find((access) => access.name === 'dsl')!;
  return { ...drawn, access: dsl, rate_bps: 12e6, start_ms: story.from, utc_offset_h: 5, missing: 0 };
}

/** The rounds of the story, one after another. */
export function* tell(plan: Plan = 'calm'): Generator<Round> {
  const vantage = home(plan);
  const minutes = (story.to - story.from) / MINUTE;
  const weather = drawWeather(vantage, minutes).filter(
    (trouble) => trouble.kind !== 'peering congestion' && trouble.kind !== 'cable cut',
  );
  const paths = platforms.flatMap((_, p) => pathsOf(p));
  const evenings: Trouble[] = story.evenings.map(({ from, to }) => ({
    kind: 'interference',
    from: (from - story.from) / MINUTE,
    to: (to - story.from) / MINUTE,
    act: (air) => air.limit(paths, LIMIT_BPS, false),
  }));
  const trace = new Trace(vantage, weather).fork(SEED, evenings);
  while (trace.minute < minutes) {
    const round = trace.step();
    if (round) yield round;
  }
}
