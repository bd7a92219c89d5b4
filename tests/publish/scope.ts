/** The configured targets and controls that the test rounds speak of. */
import type { Target } from '../../src/model/target.ts';
import { createMetrics, type Metrics, type MetricsOptions, type MetricsScope } from '../../src/publish/metrics.ts';
import { controls, startedAt, targets } from './outcomes.ts';

const target = (name: string): Target => ({
  name,
  url: 'https://example.org/',
  transfer: false,
  transfer_candidates: [],
  addresses: [],
});

export const scope = (without: { platform?: string; target?: string; control?: string } = {}): MetricsScope => ({
  platforms: Object.entries(targets)
    .filter(([name]) => name !== without.platform)
    .map(([name, names]) => ({
      name,
      enabled: true,
      targets: names.filter((one) => one !== without.target).map(target),
    })),
  controls: controls.filter((name) => name !== without.control).map((name) => ({ name })),
  transfer_every_ms: 300_000,
  histograms: false,
});

/** Metrics at the time of the test rounds. */
export const metrics = (options: Partial<MetricsOptions> = {}): Metrics =>
  createMetrics({
    scope: scope(),
    build: { version: '0.1.0', revision: 'abc1234', node: 'v26.10.0' },
    wall: () => Date.parse(startedAt) + 2140,
    started_ms: Date.parse('2024-01-20T10:00:00Z'),
    store: () => ({ ok: true, used_bytes: 4096 }),
    ...options,
  });
