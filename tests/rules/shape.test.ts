/** What the shipped files promise without running: they load, every alert explains itself, every series exists. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../src/publish/catalogue.ts';
import { folder, hasPromtool } from './promtool.ts';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

const root = path.resolve(import.meta.dirname, '../..');
const names = ['rules.yaml', 'alerts.yaml', 'asn-weight.yaml', 'asn-excluded.yaml'];
const rules: Rule[] = names.flatMap((name) =>
  parse(readFileSync(path.join(folder, name), 'utf8')).groups.flatMap((group: { rules: Rule[] }) => group.rules),
);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const amtool = spawnSync('amtool', ['--version']).status === 0;
if (!amtool) {
  console.error('NOT RUN: the Alertmanager example. amtool is missing: apt-get install prometheus-alertmanager');
}
const check = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: root, timeout: 60_000 });
  return { status, said: `${stdout}${stderr}`, answer: stdout.trim() };
};

describe('alerts', () => {
  test.each(alerts)('$alert has a severity, texts and a runbook', ({ alert, labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.['severity']);
    expect(annotations?.['summary']?.length).toBeGreaterThan(20);
    expect(annotations?.['description']?.length).toBeGreaterThan(40);
    expect(annotations?.['runbook_url']).toBe(`docs/runbooks/${alert}.md`);
    const runbook = readFileSync(path.join(root, annotations?.['runbook_url'] ?? ''), 'utf8');
    expect(runbook.startsWith(`# ${alert}\n\nSeverity: ${labels?.['severity']}.\n`)).toBe(true);
    for (const part of ['What it means', 'What to do', 'What it does not show'])
      expect(runbook).toContain(`## ${part}`);
  });

  test('every runbook has its alert, and every alert its test', () => {
    const written = readdirSync(path.join(root, 'docs/runbooks')).map((name) => name.replace(/\.md$/, ''));
    expect(written.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    const tests = readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8'))
      .join('\n');
    for (const { alert } of alerts) expect(tests).toContain(alert);
  });
});

describe('expressions', () => {
  test('read only series that reachd sends or a rule records', () => {
    const known = new Set<string>([
      ...Object.values(catalogue).map(({ name }) => name),
      ...rules.flatMap(({ record }) => record ?? []),
    ]);
    const read = rules.flatMap(({ expr }) => expr.match(/\breachd[_:][a-z0-9_:]+/g) ?? []);
    expect(read.length).toBeGreaterThan(50);
    expect(read.filter((name) => !known.has(name))).toEqual([]);
  });

  test('of a fleet read only what is also pushed', () => {
    const pushed = new Set<string>(Object.values(catalogue).flatMap(({ name, push }) => (push ? [name] : [])));
    const fleet = rules.filter(({ alert }) => alert !== 'ReachdConfigReloadFailed');
    const read = fleet.flatMap(({ expr }) => expr.match(/\breachd_[a-z0-9_]+/g) ?? []);
    expect(read.filter((name) => !pushed.has(name))).toEqual([]);
  });
});

describe.runIf(hasPromtool)('promtool', () => {
  test('accepts the rules', () => {
    const files = names.map((name) => path.join(folder, name));
    expect(check('promtool', 'check', 'rules', ...files)).toMatchObject({ status: 0 });
  });
  test('accepts the example configuration with every file that it names', () => {
    const { status, said } = check('promtool', 'check', 'config', path.join(folder, 'prometheus.yaml'));
    expect(said).toContain('4 rule files found');
    expect(status).toBe(0);
  });
});

describe.runIf(amtool)('amtool', () => {
  const config = path.join(root, 'config/alertmanager/alertmanager.yaml');
  test('accepts the example configuration', () => {
    expect(check('amtool', 'check-config', config)).toMatchObject({ status: 0 });
  });
  test.each([
    ['page', 'alertname=NationScaleSocialMediaDisruption', 'severity=critical'],
    ['office', 'alertname=PlatformOutage', 'severity=warning'],
    ['dashboard', 'alertname=ReachdStale', 'severity=info'],
  ])('sends to %s: %s', (receiver, ...labels) => {
    const { answer } = check('amtool', 'config', 'routes', 'test', `--config.file=${config}`, ...labels);
    expect(answer).toBe(receiver);
  });
});
