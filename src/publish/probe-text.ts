/**
 * `/probe`: the last look at a target in the shape of blackbox_exporter, so that its dashboards and rules work.
 * Never a new connection: whoever can ask would else decide whom the volunteer connects to, and how often.
 */
import { Gauge, Registry } from 'prom-client';
import { phases } from '../model/vocabulary.ts';
import type { Kept } from './board.ts';

/** Rounds after which a look is too old to be called the present (the contract). */
export const freshRounds = 3;

/** The exposition of one look. A phase that did not happen is absent, where blackbox_exporter would say 0. */
export async function probeText({ look, evidence }: Kept): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number | undefined, labels: Record<string, string> = {}) => {
    if (value === undefined || !Number.isFinite(value)) return;
    const known = registry.getSingleMetric(name) as Gauge<string> | undefined;
    const metric = known ?? new Gauge<string>({ name, help, labelNames: Object.keys(labels), registers: [registry] });
    metric.set(labels, value);
  };
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms * 1000) / 1e6);
  const measured = phases.flatMap((phase) => look.phases[phase] ?? []);
  const total = measured.reduce((sum, ms) => sum + ms, look.failure?.after_ms ?? 0);
  const notAfter = evidence?.tls?.not_after;

  gauge('probe_success', 'Whether the last look ended in a complete answer.', look.outcome === 'ok' ? 1 : 0);
  gauge('probe_duration_seconds', 'How long the last look took, as far as it got.', seconds(total));
  gauge('probe_dns_lookup_time_seconds', 'Time of the name lookup.', seconds(look.phases.resolve));
  for (const phase of phases) {
    gauge('probe_http_duration_seconds', 'Duration of the request by phase.', seconds(look.phases[phase]), { phase });
  }
  gauge('probe_http_status_code', 'Status code of the answer.', look.status);
  gauge('probe_http_version', 'HTTP version of the answer.', Number(evidence?.http?.version ?? Number.NaN));
  gauge('probe_ip_protocol', 'IP protocol of the look, 4 or 6.', look.ip_protocol === 'ip6' ? 6 : 4);
  gauge(
    'probe_ssl_earliest_cert_expiry',
    'End of validity of the first certificate to expire, seconds since the epoch.',
    notAfter === undefined ? undefined : Date.parse(notAfter) / 1000,
  );
  const version = evidence?.tls?.version;
  gauge('probe_tls_version_info', 'TLS version of the connection.', version === undefined ? undefined : 1, {
    version: version ?? '',
  });
  return registry.metrics();
}
