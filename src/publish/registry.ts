/** The catalogue brought to life: one family an entry, and the text that Prometheus scrapes. */
import { Registry } from 'prom-client';
import { catalogue, type LabelsOf, type MetricKey } from './catalogue.ts';
import { createFamily, type Family } from './family.ts';

export type Families = { readonly [K in MetricKey]: Family<LabelsOf<K>> };

export interface MetricRegistry {
  families: Families;
  /** The text exposition format 0.0.4; metrics without a series are left out. */
  render(): Promise<string>;
  contentType: string;
}

/** A registry of its own: nothing is global, two daemons in one process do not meet. */
export function createRegistry(): MetricRegistry {
  const registry = new Registry();
  const families = Object.fromEntries(
    Object.entries(catalogue).map(([key, entry]) => [key, createFamily(entry, registry)]),
  ) as unknown as Families;
  return {
    families,
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    async render() {
      const parts: string[] = [];
      for (const { entry, size } of Object.values(families)) {
        if (size > 0) parts.push(await registry.getSingleMetricAsString(entry.name));
      }
      return `${parts.join('\n')}\n`;
    },
  };
}
