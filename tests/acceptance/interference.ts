/** Somebody interferes: with names, addresses, handshakes, requests. */
import { type Scenario, scenario } from './scenario.ts';

const website = { name: 'x/website', url: 'https://x.com/robots.txt' } as const;
const cleartext = { name: 'x/website', url: 'http://x.com/robots.txt' } as const;
const shortener = { name: 'x/shortener', url: 'https://t.co/robots.txt' } as const;

export const dns: readonly Scenario[] = [
  scenario('dns-nxdomain', {
    why: 'the cheapest block: the name does not exist',
    expect: { state: 'blocked', mechanism: 'dns.nxdomain' },
  }),
  scenario('dns-servfail', {
    why: 'a resolver that fails for one name only',
    expect: { state: 'blocked', mechanism: 'dns.servfail' },
  }),
  scenario('dns-refused', {
    why: 'a resolver that refuses one name only',
    expect: { state: 'blocked', mechanism: 'dns.refused' },
  }),
  scenario('dns-no-answer', {
    why: 'an answer without an answer',
    expect: { state: 'blocked', mechanism: 'dns.no_answer' },
  }),
  scenario('dns-timeout', { why: 'silence for one name only', expect: { state: 'blocked', mechanism: 'dns.timeout' } }),
  scenario('dns-bogon', {
    why: 'Iran answers 10.10.34.35',
    expect: { state: 'blocked', mechanism: 'dns.injection.bogon' },
  }),
  scenario('dns-localhost', {
    why: 'every clear-text answer is forged to 127.0.0.1',
    expect: { state: 'blocked', mechanism: 'dns.injection.bogon' },
  }),
  scenario('dns-blockpage', {
    why: 'the name leads to the block page',
    expect: { state: 'blocked', mechanism: 'dns.injection.blockpage' },
  }),
  scenario('dns-race', {
    why: 'an injector overtakes the resolver; what the user gets depends on who is believed',
    expect: { state: ['blocked', 'reachable'], mechanism: 'dns.injection.other' },
  }),
  scenario('dns-interception', {
    why: 'questions to public resolvers end at the provider’s, which is honest: remarked, no more',
    expect: { state: 'reachable', mechanism: 'dns.interception' },
  }),
  scenario('dns-ghost', {
    why: 'a name that exists nowhere resolves here, its random sibling does not: a list entry outlived the site',
    expect: { state: 'blocked', mechanism: 'dns.injection.blockpage' },
  }),
  scenario('dns-nxdomain-and-doh-dropped', {
    why: 'the trusted resolvers are cut off as well: addresses of last week show that the site lives',
    healthy_before: true,
    expect: { state: 'blocked', mechanism: 'dns.nxdomain' },
  }),
];

export const path: readonly Scenario[] = [
  scenario('ip-drop alone', {
    why: 'a blackhole looks like an outage from one place',
    expect: { state: 'unreachable', mechanism: 'tcp.timeout' },
  }),
  scenario('ip-drop ref', {
    why: 'reached elsewhere: still no proof of intent',
    reference: 'reaches',
    expect: { state: 'unreachable', mechanism: 'tcp.timeout', note: 'reachable_elsewhere' },
  }),
  scenario('ip-reset alone', { why: 'a refused SYN', expect: { state: 'unreachable', mechanism: 'tcp.refused' } }),
  scenario('ip-reset ref', {
    why: 'a refused SYN, reached elsewhere',
    reference: 'reaches',
    expect: { state: 'unreachable', mechanism: 'tcp.refused' },
  }),
  scenario('ip-reset-midway', {
    why: 'a reset that comes sooner than the server could have answered was not the server’s',
    expect: { state: 'blocked', mechanism: ['tls.reset', 'tcp.reset'], basis: 'artefact' },
  }),
  scenario('ip-prohibited alone', {
    why: 'ICMP prohibited and a withdrawn route look alike to a socket',
    expect: { state: 'unreachable', mechanism: 'ip.unreachable' },
  }),
  scenario('ip-prohibited ref', {
    why: 'the same, reached elsewhere',
    reference: 'reaches',
    expect: { state: 'unreachable', mechanism: 'ip.unreachable' },
  }),
  scenario('ip6-only', {
    why: 'IPv6 cut off while IPv6 controls answer',
    expect: { state: 'degraded', mechanism: 'ip6.only' },
  }),
];

export const tls: readonly Scenario[] = [
  scenario('sni-reset', {
    why: 'the commonest filter: reads the name, forges a reset; must not be mistaken for an address block',
    expect: { state: 'blocked', mechanism: 'tls.reset.sni', basis: 'differential' },
  }),
  scenario('sni-eof', {
    why: 'the same with a FIN',
    expect: { state: 'blocked', mechanism: 'tls.eof.sni', basis: 'differential' },
  }),
  scenario('sni-drop', {
    why: 'the same with silence (TSPU)',
    expect: { state: 'blocked', mechanism: 'tls.timeout.sni', basis: 'differential' },
  }),
  scenario('mitm-sni', {
    why: 'Kazakhstan, 2019: a foreign chain under listed names only',
    expect: { state: 'blocked', mechanism: 'tls.mitm' },
  }),
  scenario('mitm-dnat alone', {
    why: 'a foreign chain under any name at the address: a broken server would look the same',
    expect: { state: 'unreachable', mechanism: 'tls.mitm' },
  }),
  scenario('mitm-dnat ref', {
    why: 'the same, reached elsewhere',
    reference: 'reaches',
    expect: { state: 'unreachable', mechanism: 'tls.mitm' },
  }),
  scenario('mitm-two-companies', {
    why: 'two companies do not break in the same way with the same issuer',
    expect: { state: 'blocked', platforms: ['x', 'youtube'], mechanism: 'tls.mitm' },
  }),
  scenario('dns-plus-sni', {
    why: 'two filters in a row: both are named',
    expect: { state: 'blocked', mechanisms: ['dns.injection.other', 'tls.reset.sni'] },
  }),
  scenario('large-hello-only', {
    why: 'filters that do not reassemble drop what they cannot read: a finding, no block',
    expect: { state: 'reachable', note: 'large_hello' },
  }),
];

export const http: readonly Scenario[] = [
  scenario('http-host-reset', {
    why: 'a reset on the Host header',
    target: cleartext,
    expect: { state: 'blocked', mechanism: 'http.reset' },
  }),
  scenario('http-blockpage', {
    why: 'a page in the site’s place, with honest DNS',
    target: cleartext,
    expect: { state: 'blocked', mechanism: 'http.blockpage' },
  }),
  scenario('http-silence', {
    why: 'the handshake is let through, the request is not',
    target: website,
    expect: { state: ['unreachable', 'blocked'], mechanism: 'http.timeout' },
  }),
  scenario('redirect-then-nxdomain', {
    why: 'the first hop is fine, the second one’s name is denied',
    target: shortener,
    expect: { state: 'blocked', mechanism: 'dns.nxdomain' },
  }),
  scenario('redirect-then-sni-reset', {
    why: 'the second hop is reset by name',
    target: shortener,
    expect: { state: 'blocked', mechanism: 'tls.reset.sni' },
  }),
  scenario('redirect-then-timeout', {
    why: 'the second hop goes silent by name',
    target: shortener,
    expect: { state: 'blocked', mechanism: 'tls.timeout.sni' },
  }),
];
