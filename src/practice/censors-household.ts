/** Not the platform: the household, the line, the country's border. */
import type { Censor, QueryAction } from './censor.ts';
import { cutOff } from './censors-path.ts';
import { blockpageAddress, trustedAddresses, xNames } from './names.ts';

const day = 86_400_000;

/** A resolver in the house that has its own mind about these names. */
function houseResolver(
  name: string,
  says: string,
  address: string,
  stub: boolean,
  names: readonly string[],
  act: QueryAction,
): Censor {
  const answers = Object.fromEntries(names.map((pattern) => [pattern.replace(/^\*\./, ''), act]));
  return { name, says, rules: [{ on: 'house', do: { kind: 'resolver', address, stub, answers } }] };
}

/** The router hands out this public resolver; in clear text it says that X does not exist. */
function publicResolver(name: string, address: string): Censor {
  return {
    name,
    says: `the household uses ${address}, which denies X in clear text`,
    rules: [
      { on: 'house', do: { kind: 'resolver', address, stub: false, answers: {} } },
      { on: 'query', names: xNames, via: 'public', do: { kind: 'answer', rcode: 'NXDOMAIN' } },
    ],
  };
}

/** Names on every list of advertisement servers, which such resolvers falsify too. */
const advertisers = ['doubleclick.net', 'googlesyndication.com'];

export const householdCensors: readonly Censor[] = [
  {
    name: 'offline',
    says: 'the link is down',
    rules: [
      { on: 'syn', to: {}, do: { kind: 'no_route' } },
      { on: 'datagram', to: {}, do: { kind: 'no_route' } },
    ],
  },
  {
    name: 'upstream-dead',
    says: "everything beyond the provider's resolver is gone",
    rules: [
      ...cutOff({ scope: 'foreign' }),
      ...cutOff({ scope: 'in_country' }),
      { on: 'syn', to: {}, do: { kind: 'drop' } },
    ],
  },
  {
    name: 'isolated',
    says: 'every network abroad is gone, the country itself works',
    rules: cutOff({ scope: 'foreign' }),
  },
  {
    name: 'captive-portal',
    says: 'a hotspot sends every web connection to its login page',
    rules: [{ on: 'syn', to: { ports: [80, 443], except: ['203.99.160.30'] }, do: { kind: 'divert', to: 'portal' } }],
  },
  {
    name: 'tls-intercepted',
    says: 'a product in between signs every certificate anew',
    rules: [{ on: 'syn', to: { ports: [443] }, do: { kind: 'divert', to: 'evil' } }],
  },
  {
    // The certificate check reads the system's clock, which nobody here can turn: the certificates are old instead.
    name: 'clock-skew',
    says: "the probe's clock is ahead of every certificate",
    rules: [
      { on: 'house', do: { kind: 'clock', offset_ms: 2 * day } },
      { on: 'site', names: ['*'], do: { kind: 'certificate', which: 'expired' } },
    ],
  },
  {
    name: 'resolver-dead',
    says: 'the configured resolver is mute',
    rules: [{ on: 'datagram', to: { addresses: ['203.99.163.240'] }, do: { kind: 'drop' } }],
  },
  houseResolver(
    'pihole',
    'a resolver in the house answers 0.0.0.0 for X',
    '192.168.1.2',
    false,
    [...xNames, ...advertisers],
    {
      kind: 'answer',
      ip4: ['0.0.0.0'],
      ip6: ['::'],
    },
  ),
  houseResolver('docker-dns', "a container's stub resolver fails for X", '127.0.0.11', true, xNames, {
    kind: 'answer',
    rcode: 'SERVFAIL',
  }),
  // ---- somebody chose a public resolver for the house, and it, or the way to it, denies X
  publicResolver('public-resolver-nxdomain', '8.8.8.8'),
  publicResolver('public-resolver-poisoned', '9.9.9.9'),
  {
    name: 'nxdomain-wildcard',
    says: 'the provider answers names that do not exist with an advertisement',
    rules: [{ on: 'query', names: [], via: 'configured', do: { kind: 'wildcard', ip4: [blockpageAddress] } }],
  },
  {
    name: 'asleep',
    says: 'the host sleeps for two hours',
    rules: [{ on: 'house', do: { kind: 'asleep', ms: day / 12 } }],
  },
  {
    name: 'doh-blocked-only',
    says: 'resolvers over HTTPS are cut off',
    rules: [{ on: 'syn', to: { addresses: trustedAddresses, ports: [443] }, do: { kind: 'drop' } }],
  },
  {
    name: 'broken-ipv6',
    says: 'there is no IPv6',
    rules: [
      { on: 'syn', to: { protocol: 'ip6' }, do: { kind: 'no_route' } },
      { on: 'datagram', to: { protocol: 'ip6' }, do: { kind: 'no_route' } },
    ],
  },
  {
    name: 'loss-1',
    says: 'one segment in a hundred is lost',
    rules: [
      { on: 'syn', to: {}, do: { kind: 'impair', delay_ms: 0, loss: 0.01 } },
      { on: 'datagram', to: {}, do: { kind: 'lose', share: 0.01 } },
    ],
  },
  {
    name: 'whole-line-slow',
    says: 'the line carries 200 kbit/s',
    rules: [{ on: 'syn', to: {}, do: { kind: 'shape', bps: 200_000, burst_bytes: 3000 } }],
  },
  {
    name: 'cable-cut',
    says: 'every way abroad is six times as long and loses two segments in a hundred',
    rules: [{ on: 'syn', to: { scope: 'foreign' }, do: { kind: 'impair', delay_ms: 200, loss: 0.02 } }],
  },
  {
    name: 'peering-congestion',
    says: "the ways to X's networks are three times as long",
    rules: [{ on: 'syn', to: { platforms: ['x'] }, do: { kind: 'impair', delay_ms: 80, loss: 0.01 } }],
  },
];
