import { connect as dial } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answerTo } from './dns-server.ts';
import { pem, udpServer } from './loopback.ts';
import { dns, doh, follow, https, isp, keep, other, raw, site } from './stage.ts';

describe('repeat', () => {
  test('the same name at the same address, twice', async () => {
    const { port } = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const names = await dns(site);
    const { facts } = await follow('repeat', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } });
    expect(facts).toMatchObject([
      {
        kind: 'repeat',
        host: 'x.com',
        address_id: `id-${site}`,
        failure: { phase: 'tls', reason: 'connection_reset' },
      },
      {
        kind: 'repeat',
        host: 'x.com',
        address_id: `id-${site}`,
        failure: { phase: 'tls', reason: 'connection_reset' },
      },
    ]);
  });

  test('a second time-out ends it', async () => {
    const mute = await raw((socket) => void socket.resume());
    const names = await dns(site);
    const { facts } = await follow('repeat', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: mute.port } });
    expect(facts).toMatchObject([{ failure: { phase: 'tls', reason: 'generic_timeout_error' } }]);
    expect(mute.connections()).toBe(2);
  });

  test('a blip is over at the first repeat', async () => {
    let first = true;
    const good = await https();
    const { port } = await raw((socket) => {
      if (first) {
        first = false;
        return void socket.once('data', () => socket.resetAndDestroy());
      }
      const inner = dial(good.port, '127.0.0.1');
      inner.on('error', () => {});
      socket.on('close', () => inner.destroy());
      socket.pipe(inner).pipe(socket);
    });
    const names = await dns(site);
    const { facts } = await follow('repeat', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } });
    expect(facts.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('a name that did not resolve is resolved anew', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const { facts } = await follow('repeat', { udp: { [isp]: names.port } });
    expect(facts).toMatchObject([
      { failure: { phase: 'resolve', reason: 'dns_nxdomain_error' }, dns: [{ rcode: 'NXDOMAIN' }] },
      { failure: { phase: 'resolve', reason: 'dns_nxdomain_error' }, dns: [{ rcode: 'NXDOMAIN' }] },
    ]);
  });
});

describe('other_address', () => {
  test('the resolver’s other addresses, until one answers', async () => {
    const dead = await raw((socket) => socket.destroy());
    const good = await https();
    const names = await dns(site, other, '104.244.42.129');
    const { facts } = await follow('other_address', {
      udp: { [isp]: names.port },
      tcp: { [`${site}:443`]: dead.port, [`${other}:443`]: good.port, '104.244.42.129:443': good.port },
    });
    expect(facts).toMatchObject([
      { kind: 'other_address', address_id: `id-${other}`, address_source: 'configured', outcome: 'ok', status: 200 },
    ]);
  });

  test('where there is no other one, it says so', async () => {
    const names = await dns(site);
    const { facts } = await follow('other_address', { udp: { [isp]: names.port } });
    expect(facts).toEqual([{ kind: 'other_address', outcome: 'skipped', skipped: 'no_address' }]);
  });
});

describe('trusted_address', () => {
  test('a spoofed answer, and the site at the address that a trusted resolver gives', async () => {
    const blockpage = await https(undefined, { cert: pem('block.pem'), key: pem('block.key') });
    const good = await https();
    const names = await dns('10.10.34.35');
    const quad9 = await doh([site]);
    const { facts, observed } = await follow('trusted_address', {
      udp: { [isp]: names.port },
      tcp: { '10.10.34.35:443': blockpage.port, [`${site}:443`]: good.port, '9.9.9.9:443': quad9.port },
    });
    expect(observed.observation.failure).toMatchObject({ phase: 'tls', reason: 'ssl_unknown_authority' });
    expect(facts).toMatchObject([
      {
        kind: 'trusted_address',
        host: 'x.com',
        address_id: `id-${site}`,
        address_source: 'trusted',
        outcome: 'ok',
        status: 200,
        dns: [{ via: 'trusted', server: '9.9.9.9', rcode: 'NOERROR', answers: [{ ip: site, asn: 13414 }] }],
      },
    ]);
  });

  test('a name that does not exist for the trusted resolver either', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const quad9 = await doh([], 'NXDOMAIN');
    const { facts } = await follow(
      'trusted_address',
      { udp: { [isp]: names.port }, tcp: { '9.9.9.9:443': quad9.port } },
      { more: { fallback_addresses: [site] } },
    );
    expect(facts).toMatchObject([{ outcome: 'failed', failure: { phase: 'resolve', reason: 'dns_nxdomain_error' } }]);
    expect(facts).toHaveLength(1);
  });

  test('trusted resolvers blocked too: an address that worked last week, then a shipped one', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const good = await https();
    const plan = { udp: { [isp]: names.port }, tcp: { [`${other}:443`]: good.port } };
    const more = { fallback_addresses: [site], seed_addresses: [other] };
    const { facts } = await follow('trusted_address', plan, { more });
    expect(facts).toMatchObject([
      { address_source: 'validated', failure: { phase: 'connect', reason: 'connection_refused' } },
      { address_source: 'seed', outcome: 'ok' },
    ]);
    expect(facts[0]?.dns).toMatchObject([{ via: 'trusted', rcode: 'timeout' }]);
  });

  test('nobody answers and nothing is known', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const { facts } = await follow('trusted_address', { udp: { [isp]: names.port } });
    expect(facts).toMatchObject([{ outcome: 'skipped', skipped: 'no_address', dns: [{ rcode: 'timeout' }] }]);
  });
});
