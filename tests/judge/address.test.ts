/** Blocks, sites and operators, compared without looking anything up. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkOf, sameNetwork, sameOperator, siteOf } from '../../src/judge/address.ts';

test.each([
  ['104.244.42.193', '104.244.42.0/24'],
  ['2001:db8:7::1', '2001:db8:7::/48'],
  ['2001:0db8:0007:0001:0000:0000:0000:0001', '2001:db8:7::/48'],
  ['2606:4700::6810:84e5', '2606:4700:0::/48'],
  ['', undefined],
  ['1.2.3', undefined],
  ['x'.repeat(60), undefined],
  [undefined, undefined],
])('the block of %s is %s', (ip, block) => {
  expect(networkOf(ip)).toBe(block);
});

test('two spellings of a block are one, as a record writes it and as it is computed', () => {
  expect(sameNetwork('2606:4700::/48', networkOf('2606:4700::6810:84e5'))).toBe(true);
  expect(sameNetwork('2606:4700:7::/48', networkOf('2606:4700::1'))).toBe(false);
  expect(sameNetwork('104.244.42.0/24', networkOf('104.244.43.1'))).toBe(false);
  expect(sameNetwork(undefined, undefined)).toBe(false);
});

test('every address lies in its own block', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((ip) => !ip.includes('.')),
      ),
      (ip) => {
        expect(sameNetwork(networkOf(ip), networkOf(ip))).toBe(true);
      },
    ),
  );
});

test.each([
  ['www.x.com', 'x.com'],
  ['X.com.', 'x.com'],
  ['abs.twimg.com', 'twimg.com'],
  ['www.gov.pk', 'www.gov.pk'],
  ['news.example.com.pk', 'example.com.pk'],
  ['10.10.34.35', '10.10.34.35'],
  ['localhost', 'localhost'],
  ['', undefined],
  [7, undefined],
])('the site of %s is %s', (host, site) => {
  expect(siteOf(host)).toBe(site);
});

test('an operator’s plain and encrypted service are one operator’s', () => {
  expect(sameOperator('8.8.4.4', 'dns.google')).toBe(true);
  expect(sameOperator('9.9.9.9', '149.112.112.112')).toBe(true);
  expect(sameOperator('9.9.9.9', '1.1.1.1')).toBe(false);
  expect(sameOperator('192.0.2.1', '192.0.2.1')).toBe(true);
  expect(sameOperator(undefined, undefined)).toBe(false);
});
