/** Gives the demo's store a past: rounds of days gone by, judged by the judge that goes on with them afterwards. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { judge } from '../judge/judge.ts';
import type { JudgeState } from '../judge/state.ts';
import type { Round } from '../model/round.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import { pastRounds, type Stretch } from '../practice/past.ts';
import { seededRandom } from '../practice/random.ts';
import type { Store } from '../store/store.ts';
import { downloads, held_ms, rtt_ms, slowed_bps, type Times } from './demo-script.ts';
import { judgeParams } from './judge-params.ts';

/** The same past every time. */
const seed = 20_240_120;
/** Rounds between two looks at the event loop: Ctrl-C is heard within some milliseconds. */
const breath = 10;
/** Rounds so near to an incident are stored, and those of the last hours; the calm of whole days is only learned from. */
const near_ms = 30 * 60_000;
const lately_ms = 3 * 3_600_000;

export interface Past {
  /** Rounds judged. */
  rounds: number;
  /** What the judge said of the joint events, when it closed them. */
  closed: IncidentEvent[];
}

/** Fills the store, which holds the judge's state afterwards. Ends early, with what there is, when `signal` is aborted. */
export async function livePast(
  config: Config,
  { boot_ms, past }: Times,
  store: Store,
  signal: AbortSignal,
): Promise<Past> {
  const params = judgeParams(config);
  const platforms = config.platforms.filter(({ enabled }) => enabled);
  const { country } = config.vantage;
  const options = {
    platforms,
    controls: config.controls.filter((control) => control.country === undefined || control.country === country),
    vantage: { id: config.vantage.name, country, asn: config.vantage.asn, resolver_scope: 'isp' as const },
    rtt_ms,
    bytes: downloads.bytes,
    slowed_bps,
    held_ms,
    boot_ms,
    random: seededRandom(seed),
  };
  let state: JudgeState | undefined;
  const told: Past = { rounds: 0, closed: [] };
  const last = past.at(-1)?.to_ms ?? 0;
  for (const stretch of past) {
    for (const round of pastRounds(stretch, told.rounds + 1, options)) {
      if (round.round % breath === 0) await breathe();
      if (signal.aborted) return told;
      const { events, detail, ...judged } = judge(state, round, params);
      state = judged.state;
      told.rounds += 1;
      told.closed.push(...events.filter(({ event, platform }) => event === 'closed' && platform === '*'));
      if (!isNear(round, stretch) && Date.parse(round.started_at) < last - lately_ms) continue;
      store.record({
        round: withOpinions(round, judged),
        events,
        detail,
        judge_state: state,
        duration_ms: round.duration_ms ?? 0,
        overruns: 0,
        dropped: {},
      });
    }
  }
  return told;
}

function isNear({ started_at }: Round, { slowed }: Stretch): boolean {
  if (slowed === undefined) return false;
  const at = Date.parse(started_at);
  return at >= slowed.from_ms - near_ms && at < slowed.to_ms + near_ms;
}

const withOpinions = (
  round: Round,
  { vantage, verdicts, states }: Pick<ReturnType<typeof judge>, 'vantage' | 'verdicts' | 'states'>,
): Round => ({ ...round, vantage: { ...round.vantage, state: vantage }, verdicts, states });
