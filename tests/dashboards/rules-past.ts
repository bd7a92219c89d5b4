/**
 * The shipped recording rules, evaluated for a past: each at its group's own interval over the whole window, in the order
 * in which they need each other, and written back. `promtool tsdb create-blocks-from rules` does the same for one level:
 * a rule there does not see what another has just recorded, and these stand on each other a dozen deep.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { PastPrometheus } from './prometheus.ts';

interface Rule {
  record: string;
  expr: string;
  labels: Record<string, string>;
  step: number;
}

const seconds = (text: string): number => {
  const [, number, unit] = /^(\d+)(s|m|h)$/.exec(text)!;
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
};

/** Recording rules of files of Prometheus rules. */
export function recordingRules(files: readonly string[]): Rule[] {
  return files.flatMap((file) =>
    (parse(readFileSync(file, 'utf8')).groups as { interval?: string; rules: Partial<Rule>[] }[]).flatMap((group) =>
      group.rules.flatMap(({ record, expr, labels = {} }) =>
        record === undefined ? [] : [{ record, expr: expr!, labels, step: seconds(group.interval ?? '30s') }],
      ),
    ),
  );
}

const namesIn = (expr: string): string[] => expr.match(/reachd:\w+(?::\w+)*/g) ?? [];

/** Before each rule those that record what it reads. Throws for a circle, which no order can serve. */
export function inOrder(rules: readonly Rule[]): Rule[] {
  const left = [...rules];
  const ordered: Rule[] = [];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ record }) => record));
    const ready = left.filter(({ expr, record }) =>
      namesIn(expr).every((name) => name === record || !waiting.has(name)),
    );
    if (ready.length === 0) throw new Error(`rules that wait for each other: ${[...waiting].join(' ')}`);
    for (const rule of ready) left.splice(left.indexOf(rule), 1);
    ordered.push(...ready);
  }
  return ordered;
}

/** Evaluates and writes. Returns how many series each rule recorded. */
export async function recordPast(
  prometheus: PastPrometheus,
  files: readonly string[],
  window: { from: number; to: number },
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { record, expr, labels, step } of inOrder(recordingRules(files))) {
    const from = Math.ceil(window.from / 1000 / step) * step;
    const result = await prometheus.range(expr, from, Math.floor(window.to / 1000), step);
    counts.set(record, (counts.get(record) ?? 0) + result.length);
    const samples = result.map(({ metric, values }) => ({
      labels: { ...metric, ...labels, __name__: record },
      values: values.map(([at, value]) => [at * 1000, Number(value)] as const),
    }));
    if (samples.length > 0) await prometheus.write(samples);
  }
  return counts;
}

const shipped = path.resolve(import.meta.dirname, '../../config/prometheus');
export const shippedRules = ['rules.yaml', 'asn-excluded.yaml'].map((name) => path.join(shipped, name));
