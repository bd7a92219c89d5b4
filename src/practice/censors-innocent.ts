/** Nobody interferes: the server itself, its certificate or its zone is so, for everybody. */
import type { Censor, SiteAction, ZoneAction } from './censor.ts';
import { controlNames, xNames } from './names.ts';

function site(name: string, says: string, act: SiteAction, names: readonly string[] = xNames): Censor {
  return { name, says, rules: [{ on: 'site', names, do: act }] };
}

function zone(name: string, says: string, act: ZoneAction, names: readonly string[] = xNames): Censor {
  return { name, says, rules: [{ on: 'zone', names, do: act }] };
}

export const innocents: readonly Censor[] = [
  { name: 'none', says: 'nobody interferes', rules: [] },
  // ---- what a server may say to a robot
  site('server-wall-429', 'X answers the probe with 429', { kind: 'status', status: 429, title: 'Too many requests' }),
  site('captcha-https', 'X answers the probe with a challenge', {
    kind: 'status',
    status: 403,
    title: 'Just a moment...',
  }),
  site('legal-451', 'X withholds itself for legal reasons', {
    kind: 'status',
    status: 451,
    title: 'Unavailable for legal reasons',
    headers: { link: '<https://x.com/legal>; rel="blocked-by"' }, // RFC 7725 4
  }),
  site('large-body', "X's page has 32 MiB", { kind: 'body', bytes: 32 * 2 ** 20 }),
  site('redirect-chain', 'three redirects over two names', {
    kind: 'redirects',
    count: 3,
    hosts: ['x.com', 'twitter.com'],
  }),
  site('too-many-redirects', 'fifteen redirects', { kind: 'redirects', count: 15, hosts: ['x.com', 'twitter.com'] }),
  site('broken-location', "a redirect to 'https://' and nothing else", { kind: 'location', location: 'https://' }),
  // ---- certificates
  site('cert-expired-for-all', "X's certificate has expired", { kind: 'certificate', which: 'expired' }),
  site('cert-unknown-ca-for-all', "X's certificate is signed by nobody that is known", {
    kind: 'certificate',
    which: 'unknown_ca',
  }),
  site('cert-wrong-name-for-all', "X's certificate is for another name", { kind: 'certificate', which: 'wrong_name' }),
  // ---- names and addresses
  zone('site-down-nxdomain', 'X exists nowhere', { kind: 'nxdomain' }),
  zone('site-down-no-addresses', 'X has no addresses anywhere', { kind: 'no_addresses' }),
  zone('rotating-cdn', "X's addresses change with every answer", { kind: 'rotate' }),
  zone('isp-cache', "X is served from a cache in the provider's network", {
    kind: 'addresses',
    ip4: ['203.99.164.20'],
    ip6: ['2407:5200:4::20'],
  }),
  zone(
    'bogon-for-all',
    'a control resolves to a private address for everybody',
    { kind: 'addresses', ip4: ['10.1.2.3'] },
    ['www.iana.org'],
  ),
  zone('dns-duplicate-rotation', 'a repeated question brings another honest answer', { kind: 'rotate' }),
  {
    name: 'withdrawn-route',
    says: "the routes to Meta's networks are withdrawn everywhere",
    rules: [{ on: 'syn', to: { platforms: ['facebook', 'instagram'] }, do: { kind: 'prohibit' } }],
  },
  // ---- controls get blocked too
  {
    name: 'control-unavailable-site-https-ok',
    says: 'every control is reset by its name, the platforms work',
    rules: [
      { on: 'hello', names: controlNames, do: { kind: 'reset' } },
      { on: 'request', names: controlNames, do: { kind: 'reset' } },
    ],
  },
  {
    name: 'one-control-censored',
    says: 'an encyclopaedia is reset by its name',
    rules: [{ on: 'hello', names: ['*.wikipedia.org', '*.wikimedia.org'], do: { kind: 'reset' } }],
  },
  {
    // A measurement from Pakistan, July 2023: handshakes end without a word, and the reference fared no better.
    name: 'pk-mask-icloud',
    says: "the addresses that the provider's resolver gives for X are others than elsewhere, and hang up on every name",
    rules: [
      { on: 'query', names: xNames, via: 'configured', do: { kind: 'answer', ip4: ['172.66.0.227'] } },
      { on: 'hello', to: { platforms: ['x'] }, do: { kind: 'hang_up' } },
    ],
  },
];
