import { expect, test } from 'vitest';
import { commandNames, importCommand } from '../../src/commands/table.ts';
import { settle, variablesOf } from '../../src/commands/variables.ts';
import { settings } from '../../src/config/settings.ts';

const command = {
  name: 'beacon',
  options: {
    'listen-address': { type: 'string', demandOption: true },
    rate: { type: 'number', default: 8 },
    format: { type: 'string', choices: ['ndjson', 'ooni'], default: 'ndjson' },
    name: { type: 'array' },
    quiet: { type: 'boolean', default: false },
  },
} as const;
const options = command as unknown as Parameters<typeof settle>[0];

test('a flag outranks its variable, the variable the default', () => {
  const env = {
    REACHD_BEACON_LISTEN_ADDRESS: '0.0.0.0:443',
    REACHD_BEACON_RATE: '2.5',
    REACHD_BEACON_NAME: 'a, b',
    REACHD_BEACON_QUIET: 'true',
  };
  expect(settle(options, {}, env)).toEqual({
    'listen-address': '0.0.0.0:443',
    rate: 2.5,
    format: 'ndjson',
    name: ['a', 'b'],
    quiet: true,
  });
  expect(settle(options, { rate: 1, quiet: false }, env)).toMatchObject({ rate: 1, quiet: false });
});

test.each([
  [{}, { REACHD_BEACON_RATE: 'fast' }, 'REACHD_BEACON_RATE: expected a number, got "fast"'],
  [{ rate: Number.NaN }, {}, '--rate: expected a number'],
  [{}, { REACHD_BEACON_FORMAT: 'xml' }, 'REACHD_BEACON_FORMAT: expected "ndjson" or "ooni", got "xml"'],
  [{ format: 'xml' }, {}, '--format: expected "ndjson" or "ooni", got "xml"'],
  [{}, { REACHD_BEACON_QUIET: '1' }, 'REACHD_BEACON_QUIET: expected true or false, got "1"'],
])('%j %j', (flags, env, message) => {
  expect(() => settle(options, { 'listen-address': ':1', ...flags }, env)).toThrow(message);
});

test('a flag that is needed may come from the environment, and is asked for when it does not', () => {
  expect(() => settle(options, {}, { REACHD_BEACON_LISTEN_ADDRESS: '' })).toThrow(
    'beacon needs --listen-address (or REACHD_BEACON_LISTEN_ADDRESS); see reachd beacon --help',
  );
});

test('no two flags share a variable, and none is one that Kubernetes sets for a service named reachd', async () => {
  const commands = await Promise.all(commandNames.map(importCommand));
  const all = [
    ...settings.map(({ variable }) => variable as string),
    ...commands.flatMap((one) => [...variablesOf(one).values()]),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(
    all.filter((variable) => /^REACHD_(PORT|SERVICE)(_|$)/.test(variable) || !/^REACHD_[A-Z_]+$/.test(variable)),
  ).toEqual([]);
});
