/** Plays a scenario: a practice Internet of its own, the real measuring, the real agent's round, the real judge. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStation } from '../../src/commands/station.ts';
import type { Config } from '../../src/config/config.ts';
import { load } from '../../src/config/load.ts';
import { judge } from '../../src/judge/judge.ts';
import type { JudgeParams } from '../../src/judge/state.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { Round } from '../../src/model/round.ts';
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
function configFor({ target }: Scenario): Config {
  const { config } = load({ flags: { 'config.file': undefined }, env: {} });
  const platforms = config.platforms.map((platform) =>
    platform.name === 'x' && target !== undefined
      ? { ...platform, targets: [{ transfer: false, transfer_candidates: [], addresses: [], ...target }] }
      : platform,
  );
  return {
    ...config,
    platforms,
    round: { ...config.round, timeout_ms },
    vantage: { ...config.vantage, name: 'acceptance', country: 'PK', asn: 'AS17557', detect: false },
  };
}

/** What a reference probe on an unfiltered network would have said of every target of this round. */
function withReference(round: Round, word: 'reaches' | 'fails'): Round {
  const targets = Object.values(round.platforms)
    .flat()
    .map(({ target }) => target);
  const references = [...new Set(targets)].map((target) => ({
    reference: 'reference.example.net',
    target,
    outcome: word === 'reaches' ? ('ok' as const) : ('failed' as const),
    age_s: 30,
  }));
  return { ...round, references };
}

/** Measures and judges one round under the scenario's censors. */
export async function play(scenario: Scenario): Promise<Round> {
  const path = mkdtempSync(join(tmpdir(), 'reachd-acceptance-'));
  const store = openStore({ path, keep_ms: 86_400_000, max_size_bytes: 50_000_000, wall: () => Date.now() });
  const internet = await createPracticeInternet({ rtt_ms: 40, seed: 11 });
  const round = async (): Promise<{ outcome: RoundOutcome; params: JudgeParams }> => {
    const station = createStation({
      config: configFor(scenario),
      network: internet.network,
      ca_pem: practiceRootPem(),
      store,
      vantage_id: store.vantageId(),
      address_salt: store.addressSalt(),
    });
    try {
      const outcome = await station.rounds.next(1, 0, new AbortController().signal);
      if (outcome === undefined) throw new Error('the round was aborted');
      return { outcome, params: station.params };
    } finally {
      await station.close();
    }
  };
  try {
    if (scenario.healthy_before) store.record((await round()).outcome);
    for (const censor of scenario.on) await internet.on(censor);
    const { outcome, params } = await round();
    if (scenario.reference === undefined) return outcome.round;
    const informed = withReference(outcome.round, scenario.reference);
    const { vantage, verdicts } = judge(undefined, informed, params);
    return { ...informed, verdicts, vantage: { ...informed.vantage, state: vantage } };
  } finally {
    await internet.close();
    store.close();
    rmSync(path, { recursive: true, force: true });
  }
}
