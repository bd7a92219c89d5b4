import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSystemResolvers } from '../../src/measure/system-resolvers.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'resolv-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function read(resolv: string | undefined, systemd?: string) {
  const paths = { resolv_conf: join(directory, 'resolv.conf'), systemd_resolv_conf: join(directory, 'systemd.conf') };
  if (resolv !== undefined) await writeFile(paths.resolv_conf, resolv);
  if (systemd !== undefined) await writeFile(paths.systemd_resolv_conf, systemd);
  return await readSystemResolvers(paths);
}

test('a router’s address, as DHCP writes it', async () => {
  expect(await read('# made by dhclient\nsearch lan\nnameserver 192.168.1.1\nnameserver 203.99.160.1\n')).toEqual({
    servers: ['192.168.1.1', '203.99.160.1'],
    stub: false,
  });
});

test('systemd’s stub: the servers that it really asks', async () => {
  const stub = 'nameserver 127.0.0.53\noptions edns0 trust-ad\n';
  expect(await read(stub, 'nameserver 192.168.1.1\nnameserver fe80::1%eth0\nnameserver 2001:DB8::53\n')).toEqual({
    servers: ['192.168.1.1', 'fe80::1', '2001:db8::53'],
    stub: false,
  });
});

test('Docker’s resolver: the servers that its comment names', async () => {
  const docker = 'nameserver 127.0.0.11\n\n# Based on host file\n# ExtServers: [host(192.168.1.1) 8.8.8.8]\n';
  expect(await read(docker)).toEqual({ servers: ['192.168.1.1', '8.8.8.8'], stub: false });
});

test('Docker in front of systemd’s stub: nothing real can be seen', async () => {
  expect(await read('nameserver 127.0.0.11\n# ExtServers: [host(127.0.0.53)]\n')).toEqual({
    servers: ['127.0.0.11'],
    stub: true,
  });
});

test('a stub of which nothing is known, an unreadable file, and nonsense', async () => {
  expect(await read(undefined)).toEqual({ servers: [], stub: false });
  expect(await read('nameserver 127.0.0.1\n')).toEqual({ servers: ['127.0.0.1'], stub: true });
  expect(await read('nameserver banana\nnameserver\n\u0000\u0001')).toEqual({ servers: [], stub: false });
});

test('more servers than the system would ask', async () => {
  const many = Array.from({ length: 9 }, (_, index) => `nameserver 192.0.2.${index + 1}`).join('\n');
  expect((await read(many)).servers).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
});
