/** The platform’s own fault, or nothing that shows otherwise. */
import { replaced, sniCut, tcpCut } from './censors.ts';
import { again, alerted, dns, evilTls, fails, misled, on, unanswered, unresolved, withExperiments } from './rounds.ts';
import { reference, type Scenario, scenario } from './scenario.ts';

const expired = { ...evilTls, issuer: 'CN=Root One', error: 'ssl_invalid_certificate' as const };

export const ownFault: readonly Scenario[] = [
  // Servers refuse foreign names with an alert also while their own certificate is bad.
  ...(['alone', 'ref'] as const).flatMap((who) => [
    scenario(
      `cert-expired-for-all-${who}`,
      (r) => {
        on(r, 'x', (one) => withExperiments(replaced(expired)(one), alerted(one)));
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `cert-unknown-ca-for-all-${who}`,
      (r) => {
        on(r, 'x', (one) =>
          withExperiments(replaced()(one), { ...alerted(one), alert: undefined, evidence: { tls: evilTls } }),
        );
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `withdrawn-route-${who}`,
      (r) => {
        for (const p of ['facebook', 'instagram']) on(r, p, tcpCut('host_unreachable'));
        if (who === 'ref') {
          reference(r, 'facebook/website', 'failed');
          reference(r, 'facebook/cdn', 'failed');
        }
      },
      { platform: 'facebook', state: 'unreachable', mechanism: 'ip.unreachable' },
    ),
    scenario(
      `site-down-nxdomain-${who}`,
      (r) => {
        on(r, 'x', (one) =>
          withExperiments(unresolved(one, 'NXDOMAIN', 'dns_nxdomain_error'), {
            kind: 'trusted_address',
            outcome: 'failed',
            failure: { phase: 'resolve', reason: 'dns_nxdomain_error', after_ms: 30 },
            dns: [dns('trusted', 'NXDOMAIN')],
          }),
        );
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable', mechanism: 'none' },
    ),
    scenario(
      `site-down-no-addresses-${who}`,
      (r) => {
        on(r, 'x', (one) =>
          withExperiments(unresolved(one, 'NOERROR', 'dns_no_answer'), {
            kind: 'trusted_address',
            outcome: 'failed',
            failure: { phase: 'resolve', reason: 'dns_no_answer', after_ms: 30 },
            dns: [dns('trusted', 'NOERROR')],
          }),
        );
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `too-many-redirects-${who}`,
      (r) => {
        on(r, 'x', (one) => fails(one, 'processing', 'http_too_many_redirects'));
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `broken-location-${who}`,
      (r) => {
        on(r, 'x', (one) => fails(one, 'processing', 'http_invalid_redirect_location_host'));
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
  ]),
  // A wrong name for everybody, while foreign names meet an alert: the server's own mistake as likely as anybody's deed.
  scenario(
    'cert-wrong-name-for-all',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          replaced({ ...evilTls, issuer: 'CN=Root One', error: 'ssl_invalid_hostname' })(one),
          alerted(one),
        ),
      ),
    { state: 'unreachable' },
  ),
  scenario(
    'cert-unknown-ca-alert-down-elsewhere',
    (r) => {
      on(r, 'x/website', (one) => withExperiments(replaced()(one), alerted(one)));
      reference(r, 'x/website', 'failed');
    },
    { state: 'unreachable', note: 'down_elsewhere', without: ['tls.mitm'] },
  ),
  scenario(
    'pk-mask-icloud',
    (r) => {
      on(r, 'x', (one) => {
        const dead = {
          ...fails({ ...one, network: '172.66.0.0/24' }, 'tls', 'eof_error'),
          dns: [
            dns('configured', [{ ip: '172.66.0.227', asn: 13335 }]),
            dns('trusted', [{ ip: '104.244.42.1', asn: 13414 }]),
          ],
        };
        return withExperiments(dead, unanswered(dead, 'eof_error'), again('repeat', dead), {
          ...again('trusted_address', fails(one, 'tls', 'eof_error')),
          address_source: 'trusted',
        });
      });
      reference(r, 'x/website', 'failed');
    },
    { state: ['unreachable', 'inconclusive'] },
  ),
  scenario(
    'eof-by-name-down-elsewhere',
    (r) => {
      on(r, 'x', sniCut('eof_error'));
      for (const t of ['x/website', 'x/cdn', 'x/shortener']) reference(r, t, 'failed');
    },
    { state: 'unreachable', note: 'down_elsewhere' },
  ),
  // NXDOMAIN for a name that is gone, on a provider that advertises on every such name.
  scenario(
    'gone-name-under-wildcard',
    (r) => {
      r.vantage.dns = [dns('configured', [{ ip: '203.99.0.81' }], { name: 'q8z.x.com', purpose: 'random_sibling' })];
      on(r, 'x', (one) =>
        withExperiments(misled(one, { ip: '203.99.0.81' }, replaced()), {
          kind: 'trusted_address',
          outcome: 'failed',
          failure: { phase: 'resolve', reason: 'dns_nxdomain_error', after_ms: 20 },
          dns: [dns('trusted', 'NXDOMAIN')],
        }),
      );
    },
    { state: 'unreachable' },
  ),
];
