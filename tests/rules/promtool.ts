/** Runs promtool on the shipped rules with a world that a test made. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { folder, groupOrder, ruleFiles, weights } from './files.ts';

export { folder, ruleFiles, weights };
export const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
// A world is put through some 60 evaluations of all rules: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 250_000 });
if (!hasPromtool) {
  console.error('NOT RUN: the alerting rules. promtool is missing: apt-get install --no-install-recommends prometheus');
}

/** One input series: its name with labels, and its values in promtool's notation. */
export interface Series {
  series: string;
  values: string;
}

/** What must be true at a time: the alerts that fire, as `Name country platform`, and no other. */
export interface Expectation {
  at: string;
  firing: readonly string[];
  /** Which alerts are looked at; all that page or wait for office hours if not given. */
  matching?: string;
}

export interface World {
  name: string;
  input: readonly Series[];
  expect: readonly Expectation[];
  /** Distance of the samples; 1m if not given. */
  interval?: string;
  /** Distance of the evaluations; 1m if not given. */
  every?: string;
  rules?: readonly string[];
  /** Further expressions and the values that they must have. */
  values?: readonly { at: string; expr: string; is: readonly { labels: string; value: number }[] }[];
  /** Alerts with all labels and texts. */
  texts?: readonly { at: string; alert: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** Labels by which a fired alert is told in the tests. */
const told = 'alertname, country, platform';

const sample = (alert: string) => {
  const [alertname, country, platform] = alert.split(' ');
  const labels = Object.entries({ alertname, country, platform }).filter(([, value]) => value && value !== '-');
  return { labels: `{${labels.map(([name, value]) => `${name}="${value}"`).join(', ')}}`, value: 1 };
};

/** Puts the world through the rules; returns what promtool said, or '' where everything was as expected. */
export function verify({ name, input, expect, interval, every, rules, values = [], texts = [] }: World): string {
  const scratch = mkdtempSync(path.join(tmpdir(), 'reachd-rules-'));
  const file = path.join(scratch, 'world.yaml');
  const firing = expect.map(({ at, firing, matching = 'severity=~"critical|warning"' }) => ({
    expr: `group by (${told}) (ALERTS{alertstate="firing", ${matching}})`,
    eval_time: at,
    exp_samples: firing.map(sample),
  }));
  const world = {
    rule_files: rules ?? ruleFiles,
    evaluation_interval: every ?? '1m',
    group_eval_order: groupOrder,
    tests: [
      {
        name,
        interval: interval ?? '1m',
        input_series: input,
        promql_expr_test: [...firing, ...values.map(({ at, expr, is }) => ({ expr, eval_time: at, exp_samples: is }))],
        alert_rule_test: texts.map(({ at, alert, labels, annotations }) => ({
          eval_time: at,
          alertname: alert,
          exp_alerts: [{ exp_labels: labels, exp_annotations: annotations }],
        })),
      },
    ],
  };
  try {
    writeFileSync(file, JSON.stringify(world));
    // A bound far above what any world needs, so that a hanging promtool fails its test and no other.
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
      timeout: 240_000,
    });
    return status === 0 ? '' : `${stdout}${stderr}` || `promtool ended with ${status}`;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
