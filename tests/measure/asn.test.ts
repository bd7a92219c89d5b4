import { expect, test } from 'vitest';
import { addressNumber } from '../../src/measure/address.ts';
import { asnOf, readTable } from '../../src/measure/asn.ts';
import { asnTable, asnTableDate } from '../../src/measure/asn-table.ts';

// Well-known facts, independent of the table's source.
test.each([
  ['104.244.42.1', 13414],
  ['157.240.1.35', 32934],
  ['31.13.84.36', 32934],
  ['142.250.1.1', 15169],
  ['208.65.153.238', 43515],
  ['162.159.140.229', 13335],
  ['151.101.1.140', 54113],
  ['8.8.8.8', 15169],
  ['9.9.9.9', 19281],
  ['208.80.154.224', 14907],
  ['193.0.6.139', 3333],
  ['2a03:2880:f10c:83:face:b00c:0:25de', 32934],
  ['2001:4860:4860::8888', 15169],
  ['2606:4700::6810:84e5', 13335],
  ['2620:0:860:ed1a::1', 14907],
  ['2001:67c:4e8:f004::9', 62041],
])('%s is announced by AS%i', (ip, asn) => {
  expect(asnOf(ip)).toBe(asn);
});

test.each(['203.99.165.77', '10.0.0.1', '127.0.0.1', '0.0.0.0', '255.255.255.255', '2a02:26f0::1', '::1', 'x.com', ''])(
  'nothing is known of %s',
  (ip) => {
    expect(asnOf(ip)).toBeUndefined();
  },
);

test('the table is sorted without overlaps and dated', () => {
  const tables = readTable(asnTable);
  for (const { first, last } of [tables.ip4, tables.ip6]) {
    expect(first.length).toBeGreaterThan(100);
    for (let index = 1; index < first.length; index++) expect(first[index]! > last[index - 1]!).toBe(true);
  }
  expect(asnTableDate).toMatch(/^20\d\d-\d\d-\d\d$/);
});

test('both ends of a block belong to it, their neighbours do not', () => {
  const { ip4 } = readTable({ 65000: '192.0.2.0/25 2001:db8::/33', 65001: '192.0.2.128/25' });
  expect(ip4.first).toEqual([addressNumber('192.0.2.0'), addressNumber('192.0.2.128')]);
  expect(ip4.last).toEqual([addressNumber('192.0.2.127'), addressNumber('192.0.2.255')]);
});
