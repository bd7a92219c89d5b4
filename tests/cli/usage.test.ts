/** A wrong word gives one clear line and the status of the contract, never a stack trace. */

import { expect, test } from 'vitest';
import { commandNames } from '../../src/commands/table.ts';
import { revision } from '../../src/config/revision.ts';
import { reachd } from './reachd.ts';

test.each([
  [['chek'], 'reachd: unknown command "chek" (did you mean "check"?); see reachd --help'],
  [['--log.level', 'debug', 'chek'], 'reachd: unknown command "chek" (did you mean "check"?); see reachd --help'],
  [['check', '--prnt'], 'reachd: unknown argument "--prnt" (did you mean --print?); see reachd check --help'],
  [['check', '--wifi'], 'reachd: unknown argument "--wifi"; see reachd check --help'],
  [['check', 'a.yaml'], 'reachd: unknown argument "a.yaml"; see reachd check --help'],
  [
    ['check', '--web.listen-addres=:1'],
    'reachd: unknown argument "--web.listen-addres" (did you mean --web.listen-address?); see reachd check --help',
  ],
  [['check', '--config.file'], 'reachd: --config.file needs a value; see reachd check --help'],
  [['check', '--print=perhaps'], 'reachd: --print: expected true or false, got "perhaps"'],
  [
    ['check', '--log.level=loud'],
    '--log.level: expected "trace" or "debug" or "info" or "warn" or "error" or "fatal" or "silent", got "loud"',
  ],
  [['probe', '--output', 'xml'], 'reachd: --output: expected "table" or "json" or "ndjson" or "ooni", got "xml"'],
  [['status', '--output', 'xml'], 'reachd: --output: expected "table" or "json", got "xml"'],
  [['export', '--format', 'csv'], 'reachd: --format: expected "ndjson" or "ooni", got "csv"'],
  [['check', '--round.interval', 'banana'], '--round.interval: expected a duration such as "60s", got "banana"'],
  [['check', '--round.interval', '1', '--round.interval', '0s'], '--round.interval: expected at least 1s, got "0s"'],
  [
    ['check', '--config.file', '/nowhere.yaml'],
    'reachd: /nowhere.yaml: cannot be read: ENOENT: no such file or directory',
  ],
])('%j', (args, line) => {
  expect(reachd(args)).toEqual({ stdout: '', stderr: `${line}\n`, status: 2 });
});

test('a flag without a command says which commands there are', () => {
  const { stderr, status } = reachd(['--log.level=debug']);
  expect(stderr).toBe(`reachd: which command? One of ${commandNames.join(', ')}; see reachd --help\n`);
  expect(status).toBe(2);
});

test('no words at all: the help, as a mistake', () => {
  const { stdout, stderr, status } = reachd([]);
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toBe(reachd(['--help']).stdout);
});

test('the help names every command, the statuses and where to go on', () => {
  const { stdout, stderr, status } = reachd(['--help']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  expect(stdout).toContain('Exit status:');
  expect(stdout).toContain('reachd demo');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test.each(commandNames)('%s --help shows flags, examples and variables', (name) => {
  const { stdout, stderr, status } = reachd([name, '--help']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toMatch(new RegExp(`^reachd ${name}\\b`));
  for (const part of ['--config.file', 'Examples:', 'REACHD_CONFIG_FILE ', 'Exit status:'])
    expect(stdout).toContain(part);
});

test('the version says what it runs on, and which commit it is', () => {
  const commit = revision() === '' ? '' : `, revision ${revision()}`;
  expect(reachd(['--version'])).toEqual({
    stdout: expect.stringMatching(
      new RegExp(`^reachd \\d+\\.\\d+\\.\\d+ \\(node v26\\.\\d+\\.\\d+, \\w+ \\w+${commit}\\)\\n$`),
    ),
    stderr: '',
    status: 0,
  });
});

test('a variable of a command stands in for its flag, and is checked like it', () => {
  expect(reachd(['check'], { REACHD_CHECK_PRINT: 'true' }).stdout).toContain('profile: fixed');
  expect(reachd(['check', '--print=false'], { REACHD_CHECK_PRINT: 'true' }).stdout).toContain(
    'The configuration is right.',
  );
  expect(reachd(['check'], { REACHD_CHECK_PRINT: 'perhaps' })).toEqual({
    stdout: '',
    stderr: 'reachd: REACHD_CHECK_PRINT: expected true or false, got "perhaps"\n',
    status: 2,
  });
});

test('foreign variables are mentioned only where debug lines are wanted', () => {
  const env = { REACHD_PORT: 'tcp://10.0.0.1:7322', REACHD_PROFILE: 'fixed', REACHD_CHECK_PRINT: 'false' };
  expect(reachd(['check'], env).stderr).toBe('');
  expect(reachd(['check', '--log.level=debug'], env).stderr).toBe(
    'reachd: debug: REACHD_PORT is in the environment and is no setting: ignored\n',
  );
});
