import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { asking, http, https, isp, look, other, resolver, site } from './stage.ts';

describe('redirects are hops', () => {
  /** Two hosts that send each other on, `hops` times. */
  const chain =
    (hops: number): RequestListener =>
    (req, res) => {
      const hop = Number(/hop=(\d+)/.exec(req.url ?? '')?.[1] ?? 0);
      if (hop >= hops) return void res.end('<title>there</title>');
      const host = hop % 2 === 0 ? 'twitter.com' : 'x.com';
      res.writeHead(302, { location: `https://${host}/?hop=${hop + 1}` }).end();
    };

  test('three over two hosts, each with a full sequence of its own', async () => {
    const { port } = await https(chain(3));
    const dns = await resolver({ 'x.com': site, 'twitter.com': other });
    const plan = { udp: { [isp]: dns.port }, tcp: { [`${site}:443`]: port, [`${other}:443`]: port } };
    const { observation, dialled, last_url } = await look(plan, 'https://x.com/', asking);
    expect(observation).toMatchObject({ host: 'x.com', outcome: 'ok', status: 200 });
    expect(observation.evidence?.http?.location_host).toBe('twitter.com');
    expect(observation.hops?.map(({ host, status }) => [host, status])).toEqual([
      ['twitter.com', 302],
      ['x.com', 302],
      ['twitter.com', 200],
    ]);
    for (const hop of observation.hops ?? []) {
      expect(hop.phases?.tls).toBeGreaterThan(0);
      expect(hop.dns).toHaveLength(1);
    }
    expect(dialled.map(({ hop, ip }) => [hop, ip])).toEqual([
      [0, site],
      [1, other],
      [2, site],
      [3, other],
    ]);
    expect(last_url).toBe('https://twitter.com/?hop=3');
  });

  test('ten are followed, the eleventh is too many', async () => {
    const { port } = await https(chain(10));
    const dns = await resolver({ 'x.com': site, 'twitter.com': other });
    const plan = { udp: { [isp]: dns.port }, tcp: { [`${site}:443`]: port, [`${other}:443`]: port } };
    expect((await look(plan, 'https://x.com/', asking)).observation.outcome).toBe('ok');
    const endless = await https(chain(1000));
    const more = { ...plan, tcp: { [`${site}:443`]: endless.port, [`${other}:443`]: endless.port } };
    const { observation } = await look(more, 'https://x.com/', asking);
    expect(observation).toMatchObject({ outcome: 'failed', failure: { reason: 'http_too_many_redirects' } });
    expect(endless.connections()).toBe(11);
  });

  test.each([
    'https://',
    'https:///path',
    'ftp://x.com/',
    'javascript:alert(1)',
    'http://127.0.0.1/',
    'http://0/',
    'https://user:pass@x.com/',
    'http://x.com:25/',
  ])('a redirect to %s leads nowhere', async (location) => {
    const { port } = await https((_req, res) => res.writeHead(302, { location }).end());
    const { observation } = await look({ tcp: { [`${site}:443`]: port } }, 'https://x.com/', { addresses: [site] });
    expect(observation).toMatchObject({
      outcome: 'failed',
      status: 302,
      failure: { phase: 'processing', reason: 'http_invalid_redirect_location_host' },
    });
  });

  test('the second hop’s name that does not resolve is the observation’s failure', async () => {
    const { port } = await https((_req, res) => res.writeHead(301, { location: 'https://gone.test/' }).end());
    const dns = await resolver({ 'x.com': site });
    const { observation, known, last_url } = await look(
      { udp: { [isp]: dns.port }, tcp: { [`${site}:443`]: port } },
      'https://x.com/',
      asking,
    );
    expect(observation.outcome).toBe('failed');
    expect(observation.failure).toMatchObject({ phase: 'resolve', reason: 'dns_nxdomain_error' });
    expect(observation.status).toBeUndefined();
    expect(observation.hops).toMatchObject([{ host: 'gone.test', outcome: 'failed', dns: [{ rcode: 'NXDOMAIN' }] }]);
    expect(known).toEqual([]);
    expect(last_url).toBe('https://gone.test/');
  });

  test('to a private address only the root is asked for: a router’s buttons are not pressed', async () => {
    const asked: string[] = [];
    const portal = await http((req, res) => {
      asked.push(req.url ?? '');
      res.end('<title>Please log in</title>');
    });
    const { port } = await http((_req, res) =>
      res.writeHead(302, { location: 'http://192.168.1.1/reboot.cgi?now=1' }).end(),
    );
    const { observation } = await look(
      { tcp: { [`${site}:80`]: port, '192.168.1.1:80': portal.port } },
      'http://x.com/',
      { addresses: [site] },
    );
    expect(asked).toEqual(['/']);
    expect(observation.evidence?.http?.location_host).toBe('192.168.1.1');
    expect(observation.hops).toMatchObject([{ host: '192.168.1.1', evidence: { http: { title: 'Please log in' } } }]);
  });
});
