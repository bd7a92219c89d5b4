/**
 * Real refusals (upptime-social): walls of 4xx and 5xx over valid TLS that public status pages called "down". None of
 * them may open anything, let alone `blocked`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Judge } from '../../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../../src/judge/state.ts';
import type { IncidentEvent } from '../../../src/model/verdict.ts';
import { control, observation, record } from './record.ts';

export interface Refusal {
  site: string;
  status: number;
  /** Minutes until the site was "up" again, as far as the log tells. */
  minutes: number;
}

/** Longest stretch that is replayed: the log often holds one row a day. */
const LONGEST = 240;
/** Shown where only the count is known. */
const USUAL = 60;
const QUIET = 90;
const INTERVAL = 60_000;

/** Episodes in the logs: rows that say down, with an answer, up to the site's next row. */
export function readRefusals(directory: string): Refusal[] {
  const found: Refusal[] = [];
  for (const name of readdirSync(directory)
    .filter((file) => file.endsWith('.csv'))
    .sort()) {
    const rows = readFileSync(join(directory, name), 'utf8')
      .split(/\r?\n/)
      .slice(1)
      .filter((row) => row !== '')
      .map((row) => row.split(',') as [string, string, string, string]);
    rows.forEach(([at, site, state, code], i) => {
      if (state !== 'down' || Number(code) < 400) return;
      const next = rows.slice(i + 1).find((row) => row[1] === site);
      const minutes = next ? (Date.parse(next[0]) - Date.parse(at)) / 60_000 : USUAL;
      found.push({
        site: site.replaceAll('"', ''),
        status: Number(code),
        minutes: Math.max(5, Math.min(LONGEST, minutes)),
      });
    });
  }
  return found;
}

/** The 167 refusals of Coordinate-Cat/upptime's year, of which SOURCE.txt keeps the counts. */
export const countedRefusals: readonly Refusal[] = (
  [
    ['Instagram', 429, 78],
    ['Twitter', 503, 55],
    ['Twitter', 400, 27],
    ['Twitter', 403, 4],
    ['Twitter', 429, 1],
    ['Twitter', 404, 1],
    ['Facebook', 500, 1],
  ] as const
).flatMap(([site, status, n]) => Array.from({ length: n }, () => ({ site, status, minutes: USUAL })));

export interface RefusalScore {
  refusals: number;
  rounds: number;
  /** What opened during or after a refusal. */
  opened: IncidentEvent[];
  blocked: number;
}

/** Plays one refusal after another into one judge, an hour and a half of quiet between them. */
export function scoreRefusals(refusals: readonly Refusal[], judge: Judge): RefusalScore {
  const params = defaultParams(INTERVAL);
  const score: RefusalScore = { refusals: refusals.length, rounds: 0, opened: [], blocked: 0 };
  const start = Date.UTC(2023, 0, 13);
  let state: JudgeState | undefined;
  let minute = 0;
  const live = (site: string, status: number, minutes: number) => {
    const platform = site.toLowerCase();
    for (const end = minute + Math.round(minutes); minute < end; minute++) {
      // Round trips wobble a little, as in a data centre, so that the levels have something to learn.
      const trip_ms = 20 + (minute % 7) / 10;
      const targets = ['website', 'cdn', 'media'].map((role) =>
        observation(`${platform}/${role}`, { trip_ms, status }),
      );
      const controls = [1, 2, 3].map((c) => control(`control-${c}`, { trip_ms }));
      const at = minute * INTERVAL;
      const judgement = judge(
        state,
        record(minute, start + at, at, INTERVAL, { [platform]: platform }, { [platform]: targets }, controls),
        params,
      );
      state = judgement.state;
      score.rounds++;
      for (const event of judgement.events) {
        if (event.event === 'opened') score.opened.push(event);
        if (event.state === 'blocked') score.blocked++;
      }
      if (Object.values(judgement.states).some((held) => held.state === 'blocked')) score.blocked++;
    }
  };
  for (const site of new Set(refusals.map((refusal) => refusal.site))) {
    state = undefined;
    for (const refusal of refusals.filter((one) => one.site === site)) {
      live(site, 200, QUIET);
      live(site, refusal.status, refusal.minutes);
    }
    live(site, 200, QUIET);
  }
  return score;
}
