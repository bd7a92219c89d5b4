/**
 * One metric of the catalogue with its series: a thin layer over prom-client that knows which series exist, so that
 * "absent instead of zero" can be had, and so that a counter can follow somebody else's running total.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Entry } from './catalogue.ts';

type Labels = Readonly<Record<string, string>>;

export interface Family<L extends Labels = Labels> {
  readonly entry: Entry;
  /** Sets a gauge; undefined (or a number that is none) removes the series. */
  set(labels: L, value: number | undefined): void;
  /** Adds to a counter, or observes in a histogram. */
  add(labels: L, value?: number): void;
  /** Brings a counter up to a running total; a total below the last one is a fresh start and counts from zero. */
  follow(labels: L, total: number): void;
  /** Removes every series whose labels match; all of them without an argument. */
  clear(match?: (labels: L) => boolean): void;
  /** Number of series, a histogram's label sets counted once. */
  readonly size: number;
}

/** Registers the entry. The registry throws for a name that it already has. */
export function createFamily<L extends Labels>(entry: Entry, registry: Registry): Family<L> {
  const options = { name: entry.name, help: entry.help, labelNames: [...entry.labels], registers: [registry] };
  const metric =
    entry.type === 'gauge'
      ? new Gauge(options)
      : entry.type === 'counter'
        ? new Counter(options)
        : new Histogram({ ...options, buckets: [...(entry.buckets ?? [])] });
  const present = new Map<string, L>();
  const totals = new Map<string, number>();
  const keyOf = (labels: L) => JSON.stringify(entry.labels.map((name) => labels[name]));
  /** In the catalogue's order, which is the order in which they are printed. */
  const ordered = (labels: L) => Object.fromEntries(entry.labels.map((name) => [name, labels[name]])) as L;
  const remove = (key: string, labels: L) => {
    metric.remove(labels);
    present.delete(key);
    totals.delete(key);
  };
  // prom-client begins a metric without labels at 0, which would say something before anything happened.
  if (entry.labels.length === 0) metric.remove({});

  const add = (given: L, value: number) => {
    // A counter never goes down, and NaN in it could never be got rid of.
    if (!(Number.isFinite(value) && value >= 0)) return;
    const labels = ordered(given);
    if (metric instanceof Histogram) metric.observe(labels, value);
    else metric.inc(labels, value);
    present.set(keyOf(labels), labels);
  };
  return {
    entry,
    set(given, value) {
      if (!(metric instanceof Gauge)) throw new TypeError(`${entry.name} is not a gauge`);
      const labels = ordered(given);
      const key = keyOf(labels);
      if (value === undefined || !Number.isFinite(value)) {
        if (present.has(key)) remove(key, labels);
        return;
      }
      metric.set(labels, value);
      present.set(key, labels);
    },
    add: (labels, value = 1) => add(labels, value),
    follow(labels, total) {
      const key = keyOf(labels);
      const before = totals.get(key) ?? 0;
      if (total < before) remove(key, labels);
      add(labels, total < before ? total : total - before);
      totals.set(key, total);
    },
    clear(match = () => true) {
      for (const [key, labels] of present) if (match(labels)) remove(key, labels);
    },
    get size() {
      return present.size;
    },
  };
}
