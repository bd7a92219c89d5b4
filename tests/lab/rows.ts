/** The acceptance table's rows that a kernel can play: censor, and what one round of the real program must say. */
import type { CensorName } from './censors.ts';
import type { Settings } from './product.ts';
import { hops, samples } from './world.ts';

export interface Row {
  name: string;
  on: readonly CensorName[];
  /** Whom the censor is after; `x` unless said. `controls` are all controls. */
  against?: readonly string[];
  /** Whose verdict is expected; those that the censor is after unless said. */
  judged?: readonly string[];
  /** The daemon has run here for some rounds before the censor came: addresses are validated. */
  after_daemon?: true;
  /** A reference probe runs on the Internet's side, where no censor is. */
  with_reference?: true;
  /** Platforms that are measured; `x` and a bystander unless said. */
  measured?: readonly string[];
  settings?: Settings;
  /** Alternatives are written `a|b`. */
  expect: {
    state: string;
    mechanism?: string;
    /** All of them. */
    mechanisms?: readonly string[];
    confidence?: string;
    vantage?: string;
    note?: string;
    never?: string;
    /** State of the measured platforms that nobody is after. */
    bystander?: string;
  };
  /** Part of the short run of `npm test`. */
  quick?: true;
}

/** One target instead of the built-in ones. */
const only = (url: string): Settings => ({ platforms: [{ name: 'x', targets: [{ name: 'x/website', url }] }] });
const cleartext = only('http://clear.x.com/');
const redirected = only(`https://${hops}/to-x`);
const ref = { with_reference: true } as const;

const row = (name: CensorName, expect: Row['expect'], more: Partial<Row> = {}): Row => ({
  name,
  on: [name],
  expect,
  ...more,
});
const plain = (name: string, expect: Row['expect'], settings: Settings): Row => ({ name, on: [], expect, settings });
const quick = { quick: true } as const;
const unknowable = { state: 'inconclusive', bystander: 'inconclusive' } as const;
const all = ['x', 'facebook', 'instagram', 'youtube'] as const;

export const rows: readonly Row[] = [
  // ---- nothing wrong with the platform's path
  { name: 'success-https', on: [], expect: { state: 'reachable', vantage: 'online' }, measured: all, quick: true },
  { name: 'success-http', on: [], expect: { state: 'reachable', vantage: 'online' }, settings: cleartext },
  plain('idn-host', { state: 'reachable' }, only('https://bücher.x.com/')),
  plain('large-body', { state: 'reachable' }, only(`https://x.com${Object.keys(samples).at(-1)}`)),
  plain('redirect-chain', { state: 'reachable' }, only(`https://${hops}/hop/3`)),
  plain('too-many-redirects', { state: 'unreachable' }, only(`https://${hops}/hop/15`)),
  plain('broken-location', { state: 'unreachable' }, only(`https://${hops}/broken`)),
  plain('site-down-nxdomain', { state: 'unreachable' }, only('https://gone.x.com/')),
  plain('site-down-no-addresses', { state: 'unreachable' }, only('https://barren.x.com/')),
  row(
    'sni-reset',
    { state: 'reachable', bystander: 'reachable' },
    { name: 'controls-reset-site-https-ok', against: ['controls'], judged: ['x'] },
  ),
  row('server-wall-429', { state: 'refused', vantage: 'online' }, quick),
  row('captcha-https', { state: 'refused' }),
  row('legal-451', { state: 'refused', mechanism: 'http.legal' }),
  row('cert-expired-for-all', { state: 'unreachable' }, quick),
  row('cert-unknown-ca-for-all', { state: 'unreachable' }),
  row(
    'cert-expired-for-all',
    { ...unknowable, note: 'clock_skew' },
    { name: 'clock-skew', against: [...all, 'controls'], judged: ['x'] },
  ),
  row(
    'cert-expired-for-all',
    { state: 'unreachable', note: 'down_elsewhere' },
    { name: 'cert-expired-for-all, ref', ...ref },
  ),
  row('withdrawn-route', { state: 'unreachable', mechanism: 'ip.unreachable' }),
  row('withdrawn-route', { state: 'unreachable', note: 'down_elsewhere' }, { name: 'withdrawn-route, ref', ...ref }),
  row('pihole', { state: 'inconclusive', note: 'local_filter' }),
  row('isp-cache', { state: 'reachable', vantage: 'online' }),
  row('doh-blocked-only', { state: 'reachable', vantage: 'online' }, quick),
  row('broken-ipv6', { state: 'reachable', vantage: 'online' }, quick),
  row('loss-1', { state: 'reachable', vantage: 'online' }),

  // ---- the line, the household, the border
  row('offline', { ...unknowable, vantage: 'offline' }, quick),
  row('upstream-dead', { ...unknowable, vantage: 'offline' }),
  row('isolated', { ...unknowable, vantage: 'isolated', mechanism: 'ip.international' }, quick),
  row('captive-portal', { ...unknowable, vantage: 'captive_portal' }, quick),
  row('tls-intercepted', { ...unknowable, vantage: 'tls_intercepted' }, quick),
  row('resolver-dead', { ...unknowable, vantage: 'degraded', never: 'blocked' }),

  // ---- names
  row('dns-nxdomain', { state: 'blocked', mechanism: 'dns.nxdomain' }, quick),
  row('dns-servfail', { state: 'blocked', mechanism: 'dns.servfail' }),
  row('dns-refused', { state: 'blocked', mechanism: 'dns.refused' }),
  row('dns-no-answer', { state: 'blocked', mechanism: 'dns.no_answer' }),
  row('dns-timeout', { state: 'blocked', mechanism: 'dns.timeout' }),
  row('dns-bogon', { state: 'blocked', mechanism: 'dns.injection.bogon' }, quick),
  row('dns-localhost', { state: 'blocked', mechanism: 'dns.injection.bogon' }),
  row('dns-blockpage', { state: 'blocked', mechanism: 'dns.injection.blockpage' }, quick),
  row('dns-race', { state: 'blocked|reachable', mechanisms: ['dns.injection.other'] }),
  row(
    'dns-ghost',
    { state: 'blocked', mechanism: 'dns.injection.blockpage' },
    { settings: only('https://gone.x.com/') },
  ),
  {
    name: 'dns-nxdomain-and-doh-dropped',
    on: ['dns-nxdomain', 'doh-blocked-only'],
    after_daemon: true,
    expect: { state: 'blocked', mechanism: 'dns.nxdomain' },
  },
  row('dns-interception', { state: 'reachable', mechanisms: ['dns.interception'] }),

  // ---- addresses
  row('ip-drop', { state: 'unreachable', mechanism: 'tcp.timeout' }, quick),
  row(
    'ip-drop',
    { state: 'unreachable', note: 'reachable_elsewhere', mechanism: 'tcp.timeout' },
    { name: 'ip-drop, ref', ...ref },
  ),
  row('ip-reset', { state: 'unreachable', mechanism: 'tcp.refused' }),
  row('ip-reset-midway', { state: 'blocked', mechanism: 'tls.reset|tcp.reset' }),
  row('ip-prohibited', { state: 'unreachable', mechanism: 'ip.unreachable' }),
  row('all-four-blackholed', { state: 'blocked', confidence: 'medium|low' }, { against: all, measured: all }),
  row('ip6-only', { state: 'degraded', mechanism: 'ip6.only' }),

  // ---- the name in the ClientHello
  row('sni-reset', { state: 'blocked', mechanism: 'tls.reset.sni' }, quick),
  row('sni-eof', { state: 'blocked', mechanism: 'tls.eof.sni' }),
  row('sni-drop', { state: 'blocked', mechanism: 'tls.timeout.sni' }, quick),
  row('mitm-sni', { state: 'blocked', mechanism: 'tls.mitm' }, quick),
  row('mitm-dnat', { state: 'unreachable', mechanism: 'tls.mitm' }),
  row('mitm-two-companies', { state: 'blocked', mechanism: 'tls.mitm' }, { against: ['x', 'youtube'] }),
  row('dns-plus-sni', { state: 'blocked', mechanisms: ['dns.injection.other', 'tls.reset.sni'] }),
  row(
    'dns-nxdomain',
    { state: 'blocked', mechanism: 'dns.nxdomain' },
    { name: 'redirect-then-nxdomain', settings: redirected },
  ),
  row(
    'sni-reset',
    { state: 'blocked', mechanism: 'tls.reset.sni' },
    { name: 'redirect-then-sni-reset', settings: redirected },
  ),
  row(
    'sni-drop',
    { state: 'blocked', mechanism: 'tls.timeout.sni' },
    { name: 'redirect-then-timeout', settings: redirected },
  ),
  row('large-hello-only', { state: 'reachable', note: 'large_hello' }),

  row('http-silence', { state: 'unreachable|blocked', mechanism: 'http.timeout' }),

  // ---- bytes: what one round alone can say of them
  row('freeze-16k', { state: 'blocked', mechanism: 'http.freeze' }, quick),
  row('sni-police-130k', { state: 'reachable' }),
  row('sni-shape-130k', { state: 'reachable' }),
  row('shape-1m', { state: 'reachable' }),

  // ---- cleartext
  row('http-host-reset', { state: 'blocked', mechanism: 'http.reset' }, { settings: cleartext }),
  row('http-blockpage', { state: 'blocked', mechanism: 'http.blockpage' }, { settings: cleartext }),
];
