/** Plays a row that needs history: the real daemon from a stored warm-up, a censor that comes, and its metrics. */
import { cpSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryRow } from './history-rows.ts';
import { roundsTold } from './history-told.ts';
import type { Lab } from './lab.ts';
import { daemon, newDirectory, page, scrape, value } from './product.ts';
import type { Report } from './report.ts';
import { historyRounds } from './warm-up.ts';

const platforms = ['x', 'facebook', 'instagram', 'youtube'] as const;
const allows = (alternatives: string, word: string) => alternatives.split('|').includes(word);
const roundsIn = (metrics: string) => value(metrics, 'reachd_rounds_total') ?? 0;

/** Label `label` of the series of `name` whose value is 1 and that hold all of `parts`. */
function labelled(metrics: string, name: string, label: string, ...parts: string[]): string[] {
  return metrics.split('\n').flatMap((line) => {
    if (!line.startsWith(`${name}{`) || !line.endsWith(' 1') || !parts.every((part) => line.includes(part))) return [];
    return [new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? ''];
  });
}

const stateOf = (metrics: string, platform: string): string =>
  labelled(metrics, 'reachd_platform_state', 'state', `platform="${platform}"`)[0] ?? 'nothing';
const mechanismsOf = (metrics: string, platform: string): string[] =>
  labelled(metrics, 'reachd_anomaly_mechanism', 'mechanism', `platform="${platform}"`);

/** Everything that is wrong in every round alike: what must never be said, and of whom nothing may be said. */
function faultsOf({ expect, against }: HistoryRow, metrics: string): string[] {
  const { never = '', bystander = 'reachable' } = expect;
  return platforms.flatMap((platform) => {
    const state = stateOf(metrics, platform);
    const faults = allows(never, state) ? [`${platform}: never ${never}, got ${state}`] : [];
    if (!against.includes(platform) && !allows(bystander, state)) {
      faults.push(`${platform}: ${bystander} (nobody is after it), got ${state}`);
    }
    return faults;
  });
}

/** What is wrong in the round in which the state is held at last. */
function faultsWhenHeld({ expect, against }: HistoryRow, metrics: string): string[] {
  const { mechanism, rate_kbit, disruption } = expect;
  const wrong: string[] = [];
  for (const platform of against) {
    const mechanisms = mechanismsOf(metrics, platform);
    if (mechanism && !mechanisms.some((one) => allows(mechanism, one))) {
      wrong.push(`${platform}: mechanism ${mechanism}, got ${mechanisms.join(' ') || 'none'}`);
    }
    if (rate_kbit) {
      const goodput = value(metrics, 'reachd_target_goodput_bytes_per_second', `target="${platform}/cdn"`);
      const kbit = ((goodput ?? 0) * 8) / 1000;
      if (!(kbit >= rate_kbit[0] && kbit <= rate_kbit[1])) {
        wrong.push(`${platform}: ${rate_kbit.join(' to ')} kbit/s, got ${Math.round(kbit)}`);
      }
    }
  }
  if (disruption && value(metrics, 'reachd_disruption') !== 1) wrong.push('a disruption, got none');
  return wrong;
}

/** `warm`: the store's directory that the daemon begins with. */
export async function playHistoryRow(lab: Lab, row: HistoryRow, warm: string, report: Report): Promise<void> {
  const { expect, against, interval_s } = row;
  const directory = newDirectory(lab);
  cpSync(warm, `${directory}/data`, { recursive: true });
  const began = performance.now();
  const server = daemon(lab, historyRounds(interval_s), 'vantage', directory);
  const wrong = new Set<string>();
  let held: number | undefined;
  let said = 'nothing';
  try {
    // The first round after a pause concludes nothing; the next one is a slot away.
    const first = await scrape(lab, (metrics) => roundsIn(metrics) >= 1, 60_000);
    const before = roundsIn(first);
    await lab.on(row.on, against);
    const patience_ms = (row.rounds + 2) * interval_s * 1000;
    let n = 0;
    for (const end = performance.now() + patience_ms; performance.now() < end && n < row.rounds; await sleep(1000)) {
      const metrics = (await page(lab, '/metrics')) ?? '';
      const now = roundsIn(metrics) - before;
      if (now <= n) continue;
      n = now;
      for (const fault of faultsOf(row, metrics)) wrong.add(`round ${n}: ${fault}`);
      const states = against.map((platform) => stateOf(metrics, platform));
      const mechanisms = against.flatMap((platform) => mechanismsOf(metrics, platform));
      said = [...new Set([...states, ...mechanisms])].join(' ');
      if (held !== undefined || !states.every((state) => allows(expect.state, state))) continue;
      held = n;
      for (const fault of faultsWhenHeld(row, metrics)) wrong.add(`round ${n}: ${fault}`);
      if (!row.to_the_end) break;
    }
  } finally {
    await lab.clear();
    await server.stop();
  }
  if (held === undefined) wrong.add(`expected ${expect.state} within ${row.rounds} rounds, got ${said}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const expected = [expect.state, expect.mechanism, `within ${row.rounds}`].filter(Boolean).join(' ');
  const told = wrong.size === 0 ? [] : roundsTold(`${directory}/data`, against, row.rounds + 2);
  report(row.name, expected, `${said} in ${held ?? '-'}  ${seconds} s`, wrong.size === 0, [
    ...[...wrong].slice(0, 8),
    ...told,
  ]);
}
