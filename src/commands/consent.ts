/** Consent: `run` and `probe` measure nothing until the operator has accepted the current text about what that means. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { packageRoot } from '../config/package-root.ts';
import { Complaint } from '../model/errors.ts';
import { openStore, openStoreForReading } from '../store/store.ts';

/** Version of docs/risks.md. A change of what volunteers are told gets a new one, and everybody is asked again. */
export const riskVersion = '2026-11';

/** The text as shipped. */
export function riskText(): string {
  return readFileSync(join(packageRoot, 'docs', 'risks.md'), 'utf8').trimEnd();
}

/** Where an acceptance is remembered. */
export interface RiskMemory {
  acceptedRisk(): string | undefined;
  acceptRisk(version: string): void;
}

/**
 * Returns when the current text has been accepted: now by the flag (then it is remembered), by the version in file or
 * environment, or earlier. Throws the `consent` complaint, which is the whole text and how to accept it.
 */
export function askConsent(command: string, config: Config, flag: boolean, memory: RiskMemory): void {
  if (flag) {
    memory.acceptRisk(riskVersion);
    return;
  }
  if (config.accept_risk === riskVersion) return;
  const remembered = memory.acceptedRisk();
  if (remembered === riskVersion) return;
  const earlier = config.accept_risk ?? remembered;
  const changed = earlier === undefined ? '' : `You accepted version ${earlier}; the text has changed since.\n`;
  const ways = [
    [`reachd ${command} --accept-risk`, `remembered in ${config.data.path}`],
    [`accept_risk: ${riskVersion}`, 'in the configuration file'],
    [`REACHD_ACCEPT_RISK=${riskVersion}`, 'in the environment'],
  ];
  throw new Complaint(
    'consent',
    `${riskText()}

----
${changed}To accept version ${riskVersion} of this text, do one of these:
${ways.map(([way = '', where]) => `  ${way.padEnd(30)}${where}`).join('\n')}
reachd: nothing was measured: version ${riskVersion} of the risk text has not been accepted`,
  );
}

/** The same with the store in the data directory as the memory; it is opened only when it is needed. */
export function requireConsent(command: string, config: Config, flag: boolean, warnings: string[]): void {
  const { path } = config.data;
  const wall = () => Date.now();
  askConsent(command, config, flag, {
    acceptedRisk() {
      const store = openStoreForReading(path, wall);
      try {
        return store?.acceptedRisk();
      } finally {
        store?.close();
      }
    },
    acceptRisk(version) {
      const { keep_ms, max_size_bytes } = config.store;
      const store = openStore({ path, keep_ms, max_size_bytes, wall, warn: (line) => void warnings.push(line) });
      try {
        if (store.acceptedRisk() !== version) store.acceptRisk(version);
      } finally {
        store.close();
      }
    },
  });
}
