/** Interference on the way: by address, by the name in the ClientHello, by the Host header. */
import type { Censor, FlowAction, Rule, SynAction, Where } from './censor.ts';
import { allFour, fourPlatforms, xNames } from './names.ts';

/** All packets to these addresses, TCP and UDP. */
export function cutOff(to: Where): Rule[] {
  return [
    { on: 'syn', to, do: { kind: 'drop' } },
    { on: 'datagram', to, do: { kind: 'drop' } },
  ];
}

function byAddress(
  name: string,
  says: string,
  act: SynAction | FlowAction,
  platforms: readonly string[] = ['x'],
): Censor {
  return { name, says, rules: [{ on: 'syn', to: { platforms }, do: act }] };
}

function byName(name: string, says: string, act: FlowAction, names: readonly string[] = xNames): Censor {
  return { name, says, rules: [{ on: 'hello', names, do: act }] };
}

function byHost(name: string, says: string, act: FlowAction): Censor {
  return { name, says, rules: [{ on: 'request', names: xNames, do: act }] };
}

export const pathCensors: readonly Censor[] = [
  // ---- by address
  { name: 'ip-drop', says: "all packets to X's addresses vanish", rules: cutOff({ platforms: ['x'] }) },
  byAddress('ip-reset', "connections to X's addresses are refused", { kind: 'refuse' }),
  byAddress('ip-prohibited', "X's addresses are administratively prohibited", { kind: 'prohibit' }),
  {
    name: 'ip-reset-midway',
    says: "connections to X's addresses are reset at their first words, whatever the name",
    rules: [{ on: 'hello', to: { platforms: ['x'] }, do: { kind: 'reset' } }],
  },
  {
    name: 'all-four-blackholed',
    says: 'all packets to all four platforms vanish',
    rules: cutOff({ platforms: fourPlatforms }),
  },
  {
    name: 'ip4-only',
    says: "X's IPv4 addresses are cut off, IPv6 works",
    rules: cutOff({ platforms: ['x'], protocol: 'ip4' }),
  },
  {
    name: 'ip6-only',
    says: "X's IPv6 addresses are cut off, IPv4 works",
    rules: cutOff({ platforms: ['x'], protocol: 'ip6' }),
  },
  // ---- by the name in the ClientHello
  byName('sni-reset', 'connections that carry the name of X are reset', { kind: 'reset' }),
  byName('sni-eof', 'connections that carry the name of X are closed', { kind: 'close' }),
  byName('sni-drop', 'connections that carry the name of X go silent', { kind: 'drop' }),
  byName(
    'sni-reset-all-four',
    'connections that carry a name of the four platforms are reset',
    { kind: 'reset' },
    allFour,
  ),
  {
    name: 'large-hello-only',
    says: 'only hellos that span two segments vanish',
    rules: [{ on: 'hello', large: true, do: { kind: 'drop' } }],
  },
  {
    // Filters that look into the first segment alone, and let pass what they cannot read.
    name: 'sni-drop-one-segment',
    says: 'the name of X makes connections go silent where the hello fits one segment',
    rules: [{ on: 'hello', names: xNames, large: false, do: { kind: 'drop' } }],
  },
  {
    name: 'sni-drop-residual',
    says: 'after one hello with the name of X its address is silent for three minutes, whatever the name',
    rules: [{ on: 'hello', names: xNames, residual_ms: 180_000, do: { kind: 'drop' } }],
  },
  byName('sni-reset-cdn', "connections that carry a name of X's content network are reset", { kind: 'reset' }, [
    '*.twimg.com',
  ]),
  {
    name: 'sni-reset-once',
    says: 'the first connection over IPv4 with the name of X is reset, and none after it',
    rules: [{ on: 'hello', names: xNames, to: { protocol: 'ip4' }, times: 1, do: { kind: 'reset' } }],
  },
  byName('sni-plaintext', 'connections that carry the name of X are answered with a page in clear text', {
    kind: 'say',
    text: 'HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Surf Safely!</title>',
  }),
  byName('mitm-blockpage-sni', 'connections that carry the name of X end at the block page', {
    kind: 'divert',
    to: 'blockpage',
  }),
  byName('mitm-sni', 'connections that carry the name of X are answered by an impostor', {
    kind: 'divert',
    to: 'evil',
  }),
  byAddress('mitm-dnat', "X's addresses lead to an impostor", { kind: 'divert', to: 'evil' }),
  byAddress(
    'mitm-two-companies',
    'the addresses of X and YouTube lead to the same impostor',
    { kind: 'divert', to: 'evil' },
    ['x', 'youtube'],
  ),
  // ---- by what HTTP says
  byHost('http-host-reset', 'clear-text requests for X are reset', { kind: 'reset' }),
  byHost('http-host-drop', 'clear-text requests for X vanish', { kind: 'drop' }),
  byHost('http-redirect', "clear-text requests for X are sent on to the block page's own name", {
    kind: 'divert',
    to: 'redirector',
  }),
  byHost('http-blockpage', 'clear-text requests for X are answered with the block page', {
    kind: 'divert',
    to: 'blockpage',
  }),
  byName('http-silence', 'the handshake with X succeeds, its requests vanish', { kind: 'mute' }),
  // ---- behind a redirect: the first name is let through, the second is not
  {
    name: 'redirect-then-nxdomain',
    says: "t.co leads to x.com, which the provider's resolver denies",
    rules: [
      redirected(),
      { on: 'query', names: ['x.com'], via: 'configured', do: { kind: 'answer', rcode: 'NXDOMAIN' } },
    ],
  },
  {
    name: 'redirect-then-sni-reset',
    says: 't.co leads to x.com, whose name is reset',
    rules: [redirected(), { on: 'hello', names: ['x.com'], do: { kind: 'reset' } }],
  },
  {
    name: 'redirect-then-timeout',
    says: 't.co leads to x.com, whose name makes connections go silent',
    rules: [redirected(), { on: 'hello', names: ['x.com'], do: { kind: 'drop' } }],
  },
];

function redirected(): Rule {
  return { on: 'site', names: ['t.co'], do: { kind: 'location', location: 'https://x.com/' } };
}
