/** Debian's Prometheus scrapes a probe as docs/fleet.md has it: TLS of its own authority, a user and a password. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { readWebConfig } from '../../src/config/web-config.ts';
import { createCertificates } from '../publish/certificates.ts';
import { startReachd } from './reachd.ts';
import { layOut } from './shipped.ts';
import { freePort, get, missing, query, startPrometheus, until } from './stack.ts';

const lacking = missing();
if (lacking.length > 0) console.error(`NOT RUN: scraping over TLS. Missing: ${lacking.join(' ')}`);

describe.runIf(lacking.length === 0)('scraping over TLS', { timeout: 90_000 }, () => {
  test.each([
    ['the right password', 'scrape me', '1', ''],
    ['a wrong one', 'guess', '0', 'HTTP status 401'],
  ])('with %s', async (_, password, up, error) => {
    const pki = createCertificates();
    const directory = mkdtempSync(path.join(tmpdir(), 'reachd-scrape-'));
    const web = pki.file('web.yaml');
    writeFileSync(
      web,
      JSON.stringify({
        tls_server_config: { cert_file: 'server.pem', key_file: 'server.key' },
        basic_auth_users: { prometheus: hashSync('scrape me', 5) },
      }),
    );
    const probe = await startReachd({ security: readWebConfig(web) });
    await probe.rounds(1);
    writeFileSync(path.join(directory, 'password'), password);
    const laid = layOut({
      directory,
      alertmanager: '127.0.0.1:9',
      webhook: 'http://127.0.0.1:9',
      quick: { every: '1s', hold: '2s', group: '1s' },
      scrape: {
        scheme: 'https',
        basic_auth: { username: 'prometheus', password_file: 'password' },
        tls_config: { ca_file: pki.file('ca.pem') },
      },
    });
    const labels = { vantage: 'karachi-3', country: 'PK', asn: 'AS17557' };
    writeFileSync(path.join(laid.targets, 'one.json'), JSON.stringify([{ targets: [probe.address], labels }]));
    const prometheus = await startPrometheus({
      config: laid.prometheus,
      storage: path.join(directory, 'data'),
      listen: `127.0.0.1:${await freePort()}`,
    });
    try {
      // The first scrape may end before its password was compared; what was found out counts for the next one.
      await until(`up is ${up}`, async () => (await query(prometheus, `up == ${up}`))[0], prometheus);
      const target = await until(
        `the target says "${error}"`,
        async () => {
          const { activeTargets } = JSON.parse((await get(`${prometheus.url}/api/v1/targets`)) ?? '{}').data;
          return activeTargets[0].lastError.includes(error) ? activeTargets[0] : undefined;
        },
        prometheus,
      );
      expect(target.labels).toMatchObject({ ...labels, instance: probe.address });
      const states = await query(prometheus, 'reachd_platform_state{platform="x", state="reachable"}');
      expect(states.map(({ value }) => value)).toEqual(up === '1' ? ['1'] : []);
    } finally {
      await prometheus.stop();
      rmSync(directory, { recursive: true, force: true });
      pki.remove();
    }
  });
});
