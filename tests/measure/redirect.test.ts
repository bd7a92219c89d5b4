import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leadsHome } from '../../src/measure/bogon.ts';
import { isRedirect, nextHop } from '../../src/measure/redirect.ts';

const here = new URL('https://x.com/a/b?c');

test.each([
  ['/login', 'https://x.com/login'],
  ['next', 'https://x.com/a/next'],
  ['//twitter.com/x', 'https://twitter.com/x'],
  ['http://twitter.com/#part', 'http://twitter.com/'],
  ['HTTPS://TWITTER.com:443/', 'https://twitter.com/'],
  ['https://x.com:8443/', 'https://x.com:8443/'],
  ['https://münchen.test/', 'https://xn--mnchen-3ya.test/'],
  ['http://10.10.34.35/?f=1', 'http://10.10.34.35/'],
  ['http://192.168.1.1/apply.cgi?reboot=1', 'http://192.168.1.1/'],
  ['http://93.184.215.14/path?q', 'http://93.184.215.14/path?q'],
  ['?page=2', 'https://x.com/a/b?page=2'],
])('%s leads to %s', (location, expected) => {
  expect(nextHop(here, location)?.href).toBe(expected);
});

test.each([
  'https://',
  'https:///path',
  '//',
  'http://?x',
  'ftp://x.com/',
  'data:text/html,hello',
  'http://127.0.0.1:7322/-/reload',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://0/',
  'http://user@x.com/',
  'http://x.com:25/',
  'http://x.com:99999/',
  `https://${'a'.repeat(64)}.com/`,
  'https://a..b/',
  `https://x.com/${'a'.repeat(5000)}`,
  'https://exa mple/',
])('%s leads nowhere', (location) => {
  expect(nextHop(here, location)).toBeUndefined();
});

test('property: whatever a Location says, we never end on our own machine', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.ipV4().map((ip) => `http://${ip}/`),
        fc.ipV6().map((ip) => `http://[${ip}]/`),
      ),
      (location) => {
        const next = nextHop(here, location);
        if (!next) return;
        expect(['http:', 'https:']).toContain(next.protocol);
        expect(leadsHome(next.hostname.replace(/^\[|\]$/g, ''))).toBe(false);
      },
    ),
    { numRuns: 5000 },
  );
});

test('the statuses that send elsewhere', () => {
  expect([200, 204, 300, 301, 302, 303, 304, 305, 307, 308, 404].filter(isRedirect)).toEqual([301, 302, 303, 307, 308]);
});
