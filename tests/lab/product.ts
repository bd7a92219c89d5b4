/** Runs the real program where the user sits, as a user would: `node bin/reachd.js …`, a configuration file, a data directory. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { riskVersion } from '../../src/commands/consent.ts';
import type { Round } from '../../src/model/round.ts';
import type { Server } from './child.ts';
import type { Lab } from './lab.ts';

const program = fileURLToPath(new URL('../../bin/reachd.js', import.meta.url));

/** Settings over those that every run in the lab has. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Every run trusts the lab's authority and stands in Pakistan. Three seconds of patience instead of ten: the longest
 * round trip here is a quarter of a second, and a table of blackholes should not take an hour.
 */
const base = (lab: Lab): Settings => ({
  accept_risk: riskVersion,
  tls: { ca_file: lab.rootFile },
  vantage: { name: 'lab', country: 'PK', detect: false },
  round: { timeout: '3s' },
});

/** What a run leaves behind for the next: its configuration and its data. */
export const newDirectory = (lab: Lab) => mkdtempSync(`${lab.directory}/run-`);

/** Writes the configuration of a run; where it is, and where the run's data will be. JSON is YAML. */
export function configure(lab: Lab, settings: Settings, directory: string): { file: string; data: string } {
  const file = `${directory}/reachd.yaml`;
  writeFileSync(file, JSON.stringify({ ...base(lab), ...settings }, null, 2));
  return { file, data: `${directory}/data` };
}

/** Common arguments: a data directory and a configuration written for this run. */
function argumentsFor(lab: Lab, settings: Settings, directory: string): string[] {
  const { file, data } = configure(lab, settings, directory);
  return ['--config.file', file, '--data.path', data];
}

export interface Probed {
  code: number;
  /** Absent when the program printed no record. */
  round?: Round;
  stderr: string;
  ms: number;
}

/** One round by `reachd probe --output ndjson`. */
export async function probe(
  lab: Lab,
  platforms: readonly string[],
  settings: Settings = {},
  directory = newDirectory(lab),
): Promise<Probed> {
  const before = performance.now();
  const { code, stdout, stderr } = await lab.exec(
    [process.execPath, program, 'probe', ...platforms, '--output', 'ndjson', ...argumentsFor(lab, settings, directory)],
    { timeout_ms: 90_000 }, // a round ends at 0.75 of its minute
  );
  const ms = Math.round(performance.now() - before);
  try {
    return { code, round: JSON.parse(stdout) as Round, stderr, ms };
  } catch {
    return { code, stderr: stderr + stdout, ms };
  }
}

/** The daemon, on the loopback of the room that it runs in: the vantage's, or as a reference probe the Internet's. */
export function daemon(
  lab: Lab,
  settings: Settings,
  room: 'vantage' | 'inet' = 'vantage',
  directory = newDirectory(lab),
): Server {
  return lab.spawn([process.execPath, program, 'run', ...argumentsFor(lab, settings, directory)], {}, room);
}

/** A page of the daemon's web server, fetched in its own room; undefined while there is none. */
export async function page(lab: Lab, path: string, room: 'vantage' | 'inet' = 'vantage'): Promise<string | undefined> {
  const { code, stdout } = await lab.execIn(room, [
    'curl',
    '-sf',
    '--noproxy',
    '*',
    '-m',
    '5',
    `http://127.0.0.1:7322${path}`,
  ]);
  return code === 0 ? stdout : undefined;
}

/** Value of the first series whose name and labels contain all of this; undefined when there is none. */
export function value(metrics: string, name: string, ...labels: string[]): number | undefined {
  const line = metrics
    .split('\n')
    .find((text) => new RegExp(`^${name}[{ ]`).test(text) && labels.every((label) => text.includes(label)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

/** Scrapes until `ready` holds or the time is up; resolves with the last scrape. */
export async function scrape(
  lab: Lab,
  ready: (metrics: string) => boolean,
  patience_ms: number,
  room: 'vantage' | 'inet' = 'vantage',
): Promise<string> {
  let metrics = '';
  for (const end = performance.now() + patience_ms; performance.now() < end; ) {
    metrics = (await page(lab, '/metrics', room)) ?? metrics;
    if (metrics && ready(metrics)) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return metrics;
}

/** Rounds of six seconds: long enough for a round under a reset, short enough for `npm test`. */
export const shortRounds = {
  round: { interval: '6s', timeout: '2s' },
  transfer: { every: '60s', timeout: '3s' },
  budget: { daily: '10GB' }, // so many rounds would come to more than a day's budget, and be slowed down
  web: { listen_address: '127.0.0.1:7322' },
} as const;
