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

/** Common arguments: a fresh data directory and a configuration written for this run. JSON is YAML. */
function argumentsFor(lab: Lab, settings: Settings): string[] {
  const directory = mkdtempSync(`${lab.directory}/run-`);
  writeFileSync(`${directory}/reachd.yaml`, JSON.stringify({ ...base(lab), ...settings }, null, 2));
  return ['--config.file', `${directory}/reachd.yaml`, '--data.path', `${directory}/data`];
}

export interface Probed {
  code: number;
  /** Absent when the program printed no record. */
  round?: Round;
  stderr: string;
  ms: number;
}

/** One round by `reachd probe --output ndjson`. */
export async function probe(lab: Lab, platforms: readonly string[], settings: Settings = {}): Promise<Probed> {
  const before = performance.now();
  const { code, stdout, stderr } = await lab.exec(
    [process.execPath, program, 'probe', ...platforms, '--output', 'ndjson', ...argumentsFor(lab, settings)],
    { timeout_ms: 90_000 }, // a round ends at 0.75 of its minute
  );
  const ms = Math.round(performance.now() - before);
  try {
    return { code, round: JSON.parse(stdout) as Round, stderr, ms };
  } catch {
    return { code, stderr: stderr + stdout, ms };
  }
}

/** The daemon, on the vantage's own loopback. */
export function daemon(lab: Lab, settings: Settings): Server {
  return lab.spawn([process.execPath, program, 'run', ...argumentsFor(lab, settings)]);
}

/** A page of the daemon's web server, fetched where the user sits; undefined while there is none. */
export async function page(lab: Lab, path: string): Promise<string | undefined> {
  const { code, stdout } = await lab.exec(['curl', '-sf', '--noproxy', '*', '-m', '5', `http://127.0.0.1:7322${path}`]);
  return code === 0 ? stdout : undefined;
}
