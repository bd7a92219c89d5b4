/** Variants that no published list names: the rules must read mechanisms, not rows. */
import { type Scenario, scenario } from './scenario.ts';

const four = ['x', 'facebook', 'instagram', 'youtube'] as const;
const website = { name: 'x/website', url: 'https://x.com/robots.txt' } as const;
const cleartext = { name: 'x/website', url: 'http://x.com/robots.txt' } as const;

export const further: readonly Scenario[] = [
  scenario('all-four-blackholed', {
    why: 'two companies that vanish together while controls answer: no accident, yet at most medium',
    expect: {
      state: 'blocked',
      platforms: four,
      mechanism: 'tcp.timeout',
      basis: 'comparison',
      confidence: ['low', 'medium'],
    },
  }),
  scenario('sni-reset-all-four', {
    why: 'the evening of a rally: four platforms by name at once',
    expect: { state: 'blocked', platforms: four, mechanism: 'tls.reset.sni', basis: 'differential' },
  }),
  scenario('sni-reset-cdn', {
    why: 'a page without its pictures and scripts is blocked, even where its own name passes',
    expect: { state: 'blocked', mechanism: 'tls.reset.sni' },
  }),
  scenario('sni-drop-one-segment', {
    why: 'a filter that does not reassemble: the large hello passes where the small one does not',
    expect: { state: 'blocked', mechanism: ['tls.timeout', 'tls.timeout.sni'] },
  }),
  scenario('sni-drop-residual', {
    why: 'Turkey: the tainted address is silent for any name; an address that has rested shows the name',
    expect: { state: ['blocked', 'unreachable'], mechanism: ['tls.timeout', 'tls.timeout.sni'] },
  }),
  scenario('sni-reset-once', {
    why: 'a reset that does not repeat is weather, whoever sent it',
    target: website,
    expect: { state: 'reachable' },
  }),
  scenario('sni-plaintext', {
    why: 'a page in clear text where TLS was asked for: only under the name',
    expect: { state: 'blocked', mechanism: 'tls.mitm' },
  }),
  scenario('ip4-only', {
    why: 'programs on a line with both protocols use the one that answers',
    target: website,
    expect: { state: 'degraded', mechanism: 'tcp.timeout' },
  }),
  scenario('ip-drop and most controls cut off', {
    why: 'where controls fail too, a silent platform proves nothing',
    on: ['ip-drop', 'control-unavailable-site-https-ok'],
    expect: { state: 'inconclusive' },
  }),
  scenario('mitm-blockpage-sni', {
    why: 'the block page behind its own certificate, under the name only',
    expect: { state: 'blocked', mechanism: 'tls.mitm' },
  }),
  scenario('http-host-drop', {
    why: 'silence on the Host header, another Host is answered',
    target: cleartext,
    expect: { state: 'blocked', mechanism: 'http.timeout', basis: 'differential' },
  }),
  scenario('http-redirect', {
    why: 'clear text sent on to another host’s block page',
    target: cleartext,
    expect: { state: 'blocked', mechanism: 'http.blockpage' },
  }),
  scenario('public-resolver-nxdomain', {
    why: 'somebody chose this resolver, and its operator may filter: not the provider’s doing',
    expect: { state: 'inconclusive', mechanism: ['dns.nxdomain'] },
  }),
  scenario('public-resolver-poisoned', {
    why: 'the same operator says otherwise over HTTPS: the way is poisoned, not the resolver',
    expect: { state: 'blocked', mechanism: 'dns.nxdomain' },
  }),
  scenario('one-control-censored', {
    why: 'Wikipedia in Pakistan, February 2023: a blocked control is no platform’s trouble',
    expect: { state: 'reachable', mechanism: 'none', vantage: 'online' },
  }),
  scenario('cert-wrong-name-for-all', {
    why: 'a certificate for another name, for everybody',
    expect: { state: 'unreachable' },
  }),
  scenario('isolated and captive portal', {
    why: 'a hotspot’s login page explains everything else',
    on: ['isolated', 'captive-portal'],
    expect: { state: 'inconclusive', platforms: four },
  }),
  scenario('sni-reset on a lossy line', {
    why: 'a filter is a filter on a bad line too',
    on: ['sni-reset', 'loss-1'],
    expect: { state: 'blocked', mechanism: 'tls.reset.sni' },
  }),
  scenario('sni-reset with doh cut off', {
    why: 'the trusted resolvers are not needed to see a reset by name',
    on: ['sni-reset', 'doh-blocked-only'],
    expect: { state: 'blocked', mechanism: 'tls.reset.sni' },
  }),
  scenario('ip-drop of one company among two', {
    why: 'Meta alone: two platforms of one company are one failure',
    on: [
      {
        name: 'meta-drop',
        says: "all packets to Meta's platforms vanish",
        rules: [
          { on: 'syn', to: { platforms: ['facebook', 'instagram'] }, do: { kind: 'drop' } },
          { on: 'datagram', to: { platforms: ['facebook', 'instagram'] }, do: { kind: 'drop' } },
        ],
      },
    ],
    expect: { state: 'unreachable', platforms: ['facebook', 'instagram'], mechanism: 'tcp.timeout' },
  }),
  scenario('freeze-16k', {
    why: 'Russia 2025: small answers pass, every download stops at the same size, a control’s runs on',
    expect: { state: 'blocked', mechanism: 'http.freeze', basis: 'artefact' },
  }),
  scenario('sni-police-130k', {
    why: 'one round alone cannot tell a throttle from a slow evening: history decides',
    expect: { state: 'reachable', mechanism: 'none' },
  }),
];
