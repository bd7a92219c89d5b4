/** Plays a scenario: a practice Internet of its own, the real measuring, the real agent's round, the real judge. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStation } from '../../src/commands/station.ts';
import type { Config } from '../../src/config/config.ts';
import { load } from '../../src/config/load.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { Round } from '../../src/model/round.ts';
import type { Censor } from '../../src/practice/censor.ts';
import { createPracticeInternet } from '../../src/practice/internet.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';
import { openStore } from '../../src/store/store.ts';
import type { Scenario } from './scenario.ts';

/**
 * Deadlines of 3 s instead of 10: everything on the practice Internet answers within 0.1 s or never, and a table of
 * ninety rows is to be had in minutes. The rest is room for a machine that is busy with other tests.
 */
const timeout_ms = 3000;

/** The built-in platforms and controls, as seen from Pakistan. */
function configFor({ target, reference }: Scenario): Config {
  const { config } = load({ flags: { 'config.file': undefined }, env: {} });
  const platforms = config.platforms.map((platform) =>
    platform.name === 'x' && target !== undefined
      ? { ...platform, targets: [{ transfer: false, transfer_candidates: [], addresses: [], ...target }] }
      : platform,
  );
  return {
    ...config,
    platforms,
    references: reference === undefined ? [] : [`https://${referenceHost}`],
    round: { ...config.round, timeout_ms },
    transfer: { ...config.transfer, timeout_ms },
    vantage: { ...config.vantage, name: 'acceptance', country: 'PK', asn: 'AS17557', detect: false },
  };
}

const referenceHost = 'reference.example.net';

/** A probe elsewhere publishes what it saw of every target: the contract's `/api/v1/reference`. */
function referenceSaying(word: 'reaches' | 'fails', { platforms }: Config): Censor {
  const targets = platforms
    .flatMap((platform) => platform.targets)
    .map(({ name }) => ({ target: name, outcome: word === 'reaches' ? 'ok' : 'failed', age_s: 30 }));
  const body = JSON.stringify({ version: 1, generated_at: new Date().toISOString(), targets });
  return {
    name: 'reference',
    says: `a reference elsewhere ${word}`,
    rules: [{ on: 'site', names: [referenceHost], do: { kind: 'document', type: 'application/json', body } }],
  };
}

/** Measures and judges one round under the scenario's censors. */
export async function play(scenario: Scenario): Promise<Round> {
  const path = mkdtempSync(join(tmpdir(), 'reachd-acceptance-'));
  const store = openStore({ path, keep_ms: 86_400_000, max_size_bytes: 50_000_000, wall: () => Date.now() });
  const internet = await createPracticeInternet({ rtt_ms: 40, seed: 11 });
  const config = configFor(scenario);
  const round = async (): Promise<RoundOutcome> => {
    const station = createStation({
      config,
      network: internet.network,
      ca_pem: practiceRootPem(),
      store,
      vantage_id: store.vantageId(),
      address_salt: store.addressSalt(),
    });
    try {
      const outcome = await station.rounds.next(1, 0, new AbortController().signal);
      if (outcome === undefined) throw new Error('the round was aborted');
      return outcome;
    } finally {
      await station.close();
    }
  };
  try {
    if (scenario.healthy_before) store.record(await round());
    for (const censor of scenario.on) await internet.on(censor);
    if (scenario.reference) await internet.on(referenceSaying(scenario.reference, config));
    return (await round()).round;
  } finally {
    await internet.close();
    store.close();
    rmSync(path, { recursive: true, force: true });
  }
}
