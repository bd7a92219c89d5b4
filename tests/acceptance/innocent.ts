/** Nothing is wrong, or it is the platform's own fault: must stay silent, or say no more than `unreachable`. */
import { type Scenario, scenario } from './scenario.ts';

const reachable = { state: 'reachable', mechanism: 'none' } as const;
/** One blocked company proves nothing; one that is broken for everybody even less. */
const unreachable = { state: 'unreachable' } as const;

/** Each of these with and without a word from elsewhere: neither may turn a fault into a block. */
const everybody = (name: string, why: string, rest: Partial<Scenario> = {}): Scenario[] => [
  scenario(`${name} alone`, { why, expect: unreachable, ...rest }),
  scenario(`${name} ref`, {
    why: `${why}; a reference fails too`,
    reference: 'fails',
    ...rest,
    expect: { ...unreachable, note: 'down_elsewhere', ...rest.expect },
  }),
];

export const innocent: readonly Scenario[] = [
  scenario('success-https', {
    why: 'the calm case: all four reachable, nothing seen',
    on: ['none'],
    expect: reachable,
  }),
  scenario('success-http', {
    why: 'a clear-text target that answers is reachable too',
    on: ['none'],
    target: { name: 'x/website', url: 'http://x.com/robots.txt' },
    expect: reachable,
  }),
  scenario('idn-host', {
    why: 'names in other scripts are asked for in their ASCII form (RFC 5891)',
    on: ['none'],
    target: { name: 'x/website', url: 'https://пример.a.test/robots.txt' },
    expect: reachable,
  }),
  scenario('large-body', {
    why: '32 MiB are capped, not downloaded; a capped answer is complete',
    target: { name: 'x/website', url: 'https://x.com/' },
    expect: reachable,
  }),
  scenario('redirect-chain', {
    why: 'redirects are hops, not failures',
    target: { name: 'x/website', url: 'https://x.com/' },
    expect: reachable,
  }),
  scenario('control-unavailable-site-https-ok', {
    why: 'a complete answer over verified TLS needs no control',
    expect: reachable,
  }),
  scenario('server-wall-429', {
    why: 'walls against robots are the commonest "down" of all: 167 of 170 in a year',
    expect: { state: 'refused', mechanism: 'none' },
  }),
  scenario('captcha-https', {
    why: 'a challenge is the server speaking',
    expect: { state: 'refused', mechanism: 'none' },
  }),
  scenario('legal-451', {
    why: 'RFC 7725: the server says that the law forbids it',
    expect: { state: 'refused', mechanism: 'http.legal' },
  }),
  scenario('rotating-cdn', { why: 'content networks answer every resolver differently', expect: reachable }),
  scenario('isp-cache', {
    why: "an address in the provider's own network is no proof of a lie: its certificate is",
    expect: reachable,
  }),
  scenario('doh-blocked-only', { why: 'losing the trusted resolvers says nothing of a platform', expect: reachable }),
  scenario('broken-ipv6', { why: 'half of all households: broken IPv6 is never a verdict', expect: reachable }),
  scenario('bogon-for-all', {
    why: 'a control with a private address, for everybody, is only a broken control',
    expect: reachable,
  }),
  scenario('dns-duplicate-rotation', {
    why: 'one segment in five is lost: questions are repeated, and both answers are honest and different',
    on: [
      'dns-duplicate-rotation',
      {
        name: 'loss',
        says: 'datagrams are lost',
        rules: [{ on: 'datagram', to: {}, do: { kind: 'lose', share: 0.2 } }],
      },
    ],
    expect: { ...reachable, others: 'any' },
  }),
  scenario('loss-1', { why: 'ordinary lines lose packets', expect: reachable }),
  scenario('nxdomain-wildcard', {
    why: 'providers answer what does not exist with advertisements; what exists is honest',
    expect: reachable,
  }),

  // ---- the platform's own fault
  ...everybody('cert-expired-for-all', 'an expired certificate is the owner’s mistake (Microsoft Teams, 2020)'),
  ...everybody('cert-unknown-ca-for-all', 'an unknown root under any name is no artefact of the name'),
  ...everybody('site-down-nxdomain', 'a domain that lapsed exists nowhere'),
  ...everybody('site-down-no-addresses', 'an alias that leads nowhere does so everywhere'),
  ...everybody('too-many-redirects', 'a redirect loop is no answer, and nobody’s interference', {
    target: { name: 'x/website', url: 'https://x.com/' },
  }),
  ...everybody('broken-location', 'a redirect to an empty host is the server’s own mistake', {
    target: { name: 'x/website', url: 'https://x.com/' },
  }),
  ...everybody('withdrawn-route', 'Meta, 4 October 2021: the routes were gone for everybody', {
    expect: { ...unreachable, platforms: ['facebook', 'instagram'], mechanism: 'ip.unreachable' },
  }),
  scenario('pk-mask-icloud', {
    why: 'a measurement from Pakistan, July 2023: other addresses than elsewhere, every handshake ends, and elsewhere fails too',
    reference: 'fails',
    expect: { state: ['unreachable', 'inconclusive'] },
  }),
];
