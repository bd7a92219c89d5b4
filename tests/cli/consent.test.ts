/** Nothing is measured before the operator has accepted the current text: by flag, file or variable, never by "yes". */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { askConsent, requireConsent, riskText, riskVersion } from '../../src/commands/consent.ts';
import { commandNames, importCommand } from '../../src/commands/table.ts';
import { load } from '../../src/config/load.ts';
import { reachd } from './reachd.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-consent-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = (env: NodeJS.ProcessEnv = {}) => load({ flags: { 'data.path': directory }, env }).config;
const memory = (version?: string) => ({
  acceptedRisk: () => version,
  acceptRisk: (now: string) => {
    version = now;
  },
});
const ask =
  (flag: boolean, remembered?: string, env: NodeJS.ProcessEnv = {}) =>
  () =>
    askConsent('run', config(env), flag, memory(remembered));

test('the text carries the version that is asked for', () => {
  expect(riskText()).toContain(`Version of this text: ${riskVersion}\n`);
});

describe('who is let through', () => {
  test('nobody who has said nothing, or has accepted an earlier text', () => {
    expect(ask(false)).toThrow(riskText());
    expect(ask(false)).not.toThrow('the text has changed');
    expect(ask(false, '2025-01')).toThrow('You accepted version 2025-01; the text has changed since.');
    expect(ask(false, undefined, { REACHD_ACCEPT_RISK: '2025-01' })).toThrow('You accepted version 2025-01');
  });

  test('the flag, the version in the environment, or an acceptance that is remembered', () => {
    expect(ask(true)).not.toThrow();
    expect(ask(true, '2025-01')).not.toThrow();
    expect(ask(false, undefined, { REACHD_ACCEPT_RISK: riskVersion })).not.toThrow();
    expect(ask(false, riskVersion)).not.toThrow();
  });

  test('the flag counts for the text shown today, whatever version stands elsewhere', () => {
    expect(ask(true, undefined, { REACHD_ACCEPT_RISK: '2025-01' })).not.toThrow();
  });

  test('the flag is remembered in the data directory, the variable is not', () => {
    const before = () => requireConsent('run', config(), false, []);
    requireConsent('run', config({ REACHD_ACCEPT_RISK: riskVersion }), false, []);
    expect(before).toThrow('has not been accepted');
    requireConsent('run', config(), true, []);
    expect(before).not.toThrow();
  });
});

test('run and probe ask, and nothing else does', async () => {
  const commands = await Promise.all(commandNames.map(importCommand));
  const asking = commands.filter(({ needsConsent }) => needsConsent).map(({ name }) => name);
  expect(asking).toEqual(['run', 'probe']);
});

describe('at the command line', () => {
  const data = join(directory, 'fresh');

  test('the text, how to accept it, and last a line that says what happened', () => {
    const { stdout, stderr, status } = reachd(['run', '--data.path', data]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr.startsWith(riskText())).toBe(true);
    expect(stderr).toContain(`REACHD_ACCEPT_RISK=${riskVersion} `);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `reachd: nothing was measured: version ${riskVersion} of the risk text has not been accepted`,
    );
  });

  test.each(['yes', 'true'])('an image that carries REACHD_ACCEPT_RISK=%s is refused', (word) => {
    const { stderr, status } = reachd(['run', '--data.path', data], { REACHD_ACCEPT_RISK: word });
    expect(stderr).toMatch(/^REACHD_ACCEPT_RISK: expected the version of the risk text.*\n$/);
    expect(status).toBe(2);
  });

  test('a data directory that cannot be made is one line', () => {
    const { stdout, stderr, status } = reachd(['run', '--accept-risk', '--data.path', '/dev/null/reachd']);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toMatch(/^reachd: [^\n]*\/dev\/null\/reachd[^\n]*\n$/);
  });
});
