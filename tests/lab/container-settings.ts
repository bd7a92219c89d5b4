/** Configuration files and volumes for containers in the lab, and a past for them. */
import { chownSync, readdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { riskVersion } from '../../src/commands/consent.ts';
import { judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { migrate, migrations } from '../../src/store/schema.ts';
import { uid } from './container-life.ts';
import type { Lab } from './lab.ts';

/** Where the image looks for a configuration by itself. */
export const configPlace = '/etc/reachd/reachd.yaml';

/** Writes a configuration for the image, where the lab's authority is mounted at a place of its own. JSON is YAML. */
export function writeConfig(lab: Lab, name: string, settings: Readonly<Record<string, unknown>>): string {
  const file = `${lab.directory}/${name}.yaml`;
  const own = { tls: { ca_file: '/etc/reachd/root.pem' }, vantage: { country: 'PK', detect: false } };
  writeFileSync(file, JSON.stringify({ ...own, ...settings }, null, 2), { mode: 0o644 });
  return file;
}

/** The rounds that a stopped probe has left in its volume, oldest first. */
export function storedRounds(data: string): Round[] {
  const db = new DatabaseSync(`${data}/reachd.db`, { readOnly: true });
  try {
    return db
      .prepare('SELECT record FROM rounds ORDER BY id')
      .all()
      .map(({ record }) => JSON.parse(String(record)) as Round);
  } finally {
    db.close();
  }
}

/** Version of the tables in a volume. */
export function schemaOf(data: string): number {
  const db = new DatabaseSync(`${data}/reachd.db`, { readOnly: true });
  try {
    return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  } finally {
    db.close();
  }
}

/** Rounds of a past, a minute apart: enough for speed to be evidence (60 rounds and 20 downloads), and an hour more. */
const pastRounds = 120;
/** Of the past in a volume, what is kept as records. */
const keptRounds = 10;

/** Spread of a calm line: each number a little off, the same way in every run. */
function* jitter(): Generator<number, never> {
  for (let seed = 1; ; ) {
    seed = (seed * 48_271) % 2_147_483_647; // Park and Miller 1988
    yield 0.98 + (0.04 * seed) / 2_147_483_647;
  }
}

/**
 * Two calm hours like the rounds that the probe has just measured here, told to the real judge: what a probe knows that has
 * run for a while, without waiting for it.
 */
function past(measured: readonly Round[], now: number): { rounds: Round[]; state: JudgeState } {
  const factor = jitter();
  const params = defaultParams(60_000, { ready_after_ms: 3_600_000 });
  const vary = <T extends Observation>(observation: T): T => ({
    ...observation,
    phases: Object.fromEntries(
      Object.entries(observation.phases ?? {}).map(([phase, ms]) => [
        phase,
        Math.round((ms ?? 0) * factor.next().value * 10) / 10,
      ]),
    ),
  });
  let state: JudgeState | undefined;
  const rounds: Round[] = [];
  for (let n = 1; n <= pastRounds; n++) {
    const { verdicts: _, states: __, ...like } = measured[n % measured.length]!;
    const round: Round = {
      ...like,
      round: n,
      started_at: new Date(now - (pastRounds - n + 1) * 60_000).toISOString(),
      // Since a boot long ago: what comes next is a restart of the machine, as after a power cut.
      monotonic_ms: 1e12 + n * 60_000,
      interval_ms: 60_000,
      platforms: Object.fromEntries(Object.entries(like.platforms).map(([name, list]) => [name, list.map(vary)])),
      controls: like.controls.map(vary),
    };
    const judgement = judge(state, round, params);
    state = judgement.state;
    rounds.push({ ...round, verdicts: judgement.verdicts, states: judgement.states });
  }
  return { rounds, state: state! };
}

/** Fills an empty volume as the previous version would have left it: its tables, consent, a past, the judge's state. */
export function writePreviousVolume(
  data: string,
  measured: readonly Round[],
): { rounds: number; vantage: string; schema: number } {
  const { rounds, state } = past(measured, Date.now());
  const vantage = '6f1c0d2e3a4b5c6d';
  const db = new DatabaseSync(`${data}/reachd.db`);
  db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL');
  migrate(db, migrations.slice(0, -1));
  const meta = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
  for (const entry of Object.entries({
    vantage_id: vantage,
    address_salt: '5a'.repeat(32),
    accepted_risk: riskVersion,
  }))
    meta.run(...entry);
  const insert = db.prepare('INSERT INTO rounds (round, started_ms, record) VALUES (?, ?, ?)');
  for (const round of rounds.slice(-keptRounds))
    insert.run(round.round, Date.parse(round.started_at), JSON.stringify(round));
  db.prepare('INSERT INTO judge_state (id, round, state) VALUES (1, ?, ?)').run(pastRounds, JSON.stringify(state));
  db.close();
  for (const file of readdirSync(data)) chownSync(`${data}/${file}`, uid, uid);
  return { rounds: keptRounds, vantage, schema: migrations.length - 1 };
}
