/** What Grafana does with a dashboard before it asks Prometheus: which queries there are, and what variables become. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const folder = path.resolve(import.meta.dirname, '../../config/grafana/dashboards');
export const names = ['live', 'vantage', 'incident'] as const;

interface Target {
  refId: string;
  expr: string;
  instant?: boolean;
  range?: boolean;
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  interval?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  panels?: Panel[];
}

export interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
  templating: {
    list: { name: string; type: string; query: unknown; includeAll?: boolean; multi?: boolean; allValue?: string }[];
  };
  annotations: { list: { name: string; expr?: string }[] };
}

export const read = (name: string, from = folder): Dashboard =>
  JSON.parse(readFileSync(path.join(from, `${name}.json`), 'utf8'));

/** Panels that show something; those of folded rows too. */
export const panelsOf = ({ panels }: Dashboard): Panel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]));

/** Chosen values by variable; `$__all` where everything is chosen. */
export type Choice = Readonly<Record<string, readonly string[] | '$__all'>>;

/** As the Prometheus data source writes values into a query: escaped for a regular expression, several as alternatives. */
const asRegex = (values: readonly string[]): string => {
  const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}]/g, '\\\\$&'));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
};

/** Fills in variables and Grafana's own ones. `step` in seconds. Throws for a variable that the dashboard does not have. */
export function fill(expr: string, dashboard: Dashboard, choice: Choice, step: number): string {
  const own: Readonly<Record<string, string>> = {
    // Four scrapes of 30 s, as provisioned, or one step and a scrape: whichever is longer.
    __rate_interval: `${Math.max(120, step + 30)}s`,
    __interval: `${step}s`,
  };
  return expr.replace(/\$(\w+)/g, (_, name: string) => {
    // A group of a regular expression is no variable: Grafana leaves it alone.
    if (/^\d+$/.test(name)) return `$${name}`;
    const special = own[name];
    if (special !== undefined) return special;
    const variable = dashboard.templating.list.find((one) => one.name === name);
    const chosen = choice[name];
    if (variable === undefined || chosen === undefined) throw new Error(`there is no variable $${name}: ${expr}`);
    if (chosen !== '$__all') return asRegex(chosen);
    if (variable.includeAll !== true) throw new Error(`$${name} has no "All": ${expr}`);
    return variable.allValue ?? '.*';
  });
}
