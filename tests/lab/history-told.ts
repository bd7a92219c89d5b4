/** Rounds of a daemon in a line each: what its verdict was made of, for a row that did not come out as expected. */
import type { ControlObservation, Observation, Round, Transfer } from '../../src/model/round.ts';
import { openStoreForReading } from '../../src/store/store.ts';

const kbit = (bps: number | undefined) => `${Math.round((bps ?? 0) / 1000)} kbit/s`;

function download({ target, transfer }: { target: string; transfer: Transfer }): string {
  if (transfer.stalled_at !== undefined) return `${target} stalled at ${transfer.stalled_at}`;
  const steady = transfer.cov === undefined ? '' : ` ±${Math.round(100 * transfer.cov)} %`;
  return `${target} ${kbit(transfer.plateau_bps)}${steady}`;
}

const downloads = (observations: readonly (Observation | ControlObservation)[]) =>
  observations.flatMap(({ target, transfer }) => (transfer ? [download({ target, transfer })] : []));

/** What was tried in this round and came to nothing. */
const failures = (observations: readonly Observation[]) =>
  observations.flatMap(({ target, outcome, failure, experiments = [] }) => [
    ...(outcome === 'failed' ? [`${target} ${failure?.phase} ${failure?.reason}`] : []),
    ...experiments
      .filter((one) => one.outcome !== 'ok')
      .map(({ kind, skipped, failure: why }) => `${target} ${kind} ${skipped ?? why?.reason}`),
  ]);

/** Median of the controls' own milliseconds in this phase. */
function usual(controls: readonly ControlObservation[], phase: 'connect' | 'tls'): number | undefined {
  const all = controls.flatMap(({ phases }) => phases?.[phase] ?? []).sort((a, b) => a - b);
  return all[all.length >> 1];
}

function line(round: Round, platform: string): string {
  const mine = round.platforms[platform] ?? [];
  const state = round.states?.[platform]?.state;
  const rule = round.verdicts?.[platform]?.rule;
  const [connect, tls] = [usual(round.controls, 'connect'), usual(round.controls, 'tls')];
  return [
    `round ${round.round}: ${round.vantage.state}, ${platform} ${state} (${rule})`,
    [...downloads(mine), ...failures(mine)].join(', '),
    `beside ${downloads(round.controls).join(', ') || 'no control'}`,
    `controls' connect ${connect} tls ${tls} ms, clock late by ${round.lag_ms} ms`,
  ].join('; ');
}

/** The last rounds in this store, as far as they are about these platforms. */
export function roundsTold(path: string, platforms: readonly string[], most: number): string[] {
  const store = openStoreForReading(path, () => Date.now());
  if (store === undefined) return ['no store'];
  try {
    return store
      .rounds({ newest: true, limit: most })
      .map(({ record }) => JSON.parse(record) as Round)
      .sort((a, b) => a.round - b.round)
      .flatMap((round) => platforms.map((platform) => line(round, platform)));
  } finally {
    store.close();
  }
}
