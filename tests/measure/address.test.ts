import { expect, test } from 'vitest';
import { addressNumber, canonical, networkOf, protocolOf } from '../../src/measure/address.ts';
import { isBogon, leadsHome } from '../../src/measure/bogon.ts';
import { isPublicResolver } from '../../src/measure/public-resolvers.ts';

test.each([
  ['1.2.3.4', 'ip4'],
  ['2001:db8::1', 'ip6'],
  ['::ffff:1.2.3.4', 'ip6'],
  ['fe80::1%eth0', undefined],
  ['1.2.3', undefined],
  ['x.com', undefined],
  ['', undefined],
])('%s speaks %s', (ip, protocol) => {
  expect(protocolOf(ip)).toBe(protocol);
});

test.each([
  ['157.240.1.35', '157.240.1.0/24'],
  ['2a03:2880:f10c:83:face:b00c:0:25de', '2a03:2880:f10c::/48'],
  ['2001:DB8:0:1::1', '2001:db8::/48'],
  ['::1', '::/48'],
])('%s lies in %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});

test('two spellings are one address', () => {
  expect(canonical('2001:DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
  expect(addressNumber('2001:db8::1')).toBe(0x20010db8000000000000000000000001n);
  expect(addressNumber('255.255.255.255')).toBe(0xffffffffn);
  expect(addressNumber('::ffff:1.2.3.4')).toBe(0xffff01020304n);
});

// RFC 6890 and the rest of the table; each block's ends and the neighbours outside.
test.each([
  ['0.0.0.0', true],
  ['9.255.255.255', false],
  ['10.0.0.0', true],
  ['10.10.34.35', true],
  ['11.0.0.0', false],
  ['100.63.255.255', false],
  ['100.64.0.1', true],
  ['127.0.0.1', true],
  ['169.254.1.1', true],
  ['172.15.255.255', false],
  ['172.31.255.255', true],
  ['192.168.1.1', true],
  ['198.18.0.1', true],
  ['198.20.0.0', false],
  ['203.0.113.7', true],
  ['224.0.0.1', true],
  ['255.255.255.255', true],
  ['8.8.8.8', false],
  ['157.240.1.35', false],
  ['::', true],
  ['::1', true],
  ['::ffff:8.8.8.8', true],
  ['2001::1', true],
  ['2001:db8::1', true],
  ['fc00::1', true],
  ['fe80::1', true],
  ['ff02::1', true],
  ['2a03:2880:f10c:83:face:b00c:0:25de', false],
  ['2001:4860:4860::8888', false],
])('%s is a bogon: %s', (ip, bogon) => {
  expect(isBogon(ip)).toBe(bogon);
});

test.each([
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['0.0.0.0', true],
  ['0.1.2.3', true],
  ['::', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::2', false],
  ['10.0.0.1', false],
  ['192.168.1.1', false],
  ['8.8.8.8', false],
])('%s leads to our own machine: %s', (ip, home) => {
  expect(leadsHome(ip)).toBe(home);
});

test('public resolvers are known in any spelling, others are not', () => {
  expect(isPublicResolver('8.8.8.8')).toBe(true);
  expect(isPublicResolver('2606:4700:4700:0:0:0:0:1111')).toBe(true);
  expect(isPublicResolver('192.168.1.1')).toBe(false);
});
