/** What must be seen when nothing, or nothing but the line or the server, is wrong. */
import { between, bystanders, type Expectation, neutral, real } from '../expectation.ts';
import { allAnswers, datagram, dns, goodput, http, https, issuer } from '../witness.ts';
import { places } from '../world.ts';

const { border, services } = places;
const { cache } = services;

export const line: readonly Expectation[] = [
  {
    sees: [
      [https('x.com'), '200'],
      [https('x.com', { family: 6 }), '200'],
      [https('x.com', { path: '/sample/64k', args: ['--http1.1'] }), '200'],
      [https('abs.twimg.com', { path: '/no/such/object' }), '404'],
      [https('www.facebook.com'), '200'],
      [https('www.instagram.com'), '200'],
      ...bystanders,
      ...neutral,
      [issuer('x.com'), 'Practice Internet'],
      [http('x.com'), '301'],
      [http('clear.x.com'), '404'],
      [dns('x.com'), real],
      [dns('x.com', '8.8.8.8'), real],
      [dns('x.com', '1.1.1.1', '+https'), real],
      [dns('dns.quad9.net', '9.9.9.9', '+https'), '9.9.9.9'],
      [dns('whoami.akamai.net'), border.isp.ip4],
      [dns('whoami.akamai.net', '8.8.8.8'), '74.125.18.1'],
      [dns('no-such-name.example'), 'NXDOMAIN'],
      [allAnswers('x.com', '8.8.8.8'), /^104\.244\.42\.1,104\.244\.42\.2\+\d+$/],
      [datagram('x.com'), /^refused after (3[89]|[4-9]\d|\d{3}) ms$/], // by the server, a round trip away
      [goodput('x.com'), between(4000, 1e9)],
    ],
  },
  { censor: 'server-wall-429', sees: [[https('x.com'), '429'], [https('x.com', { family: 6 }), '429'], ...bystanders] },
  { censor: 'captcha-https', sees: [[https('x.com'), '403'], ...bystanders] },
  { censor: 'legal-451', sees: [[https('x.com'), '451'], ...bystanders] },
  {
    censor: 'cert-expired-for-all',
    sees: [
      [https('x.com'), 'bad certificate'],
      [issuer('x.com'), 'Practice Internet'],
    ],
  },
  {
    censor: 'cert-unknown-ca-for-all',
    sees: [
      [https('x.com'), 'bad certificate'],
      [issuer('x.com'), 'National Filter'],
    ],
  },
  {
    censor: 'doh-blocked-only',
    sees: [
      [dns('x.com', '1.1.1.1', '+https'), 'timeout'],
      [dns('x.com', '9.9.9.9', '+https'), 'timeout'],
      [dns('x.com', '1.1.1.1'), real],
      [https('x.com'), '200'],
    ],
  },
  {
    censor: 'broken-ipv6',
    sees: [
      [https('x.com', { family: 6 }), 'network unreachable'],
      [https('x.com'), '200'],
    ],
  },
  {
    censor: 'offline',
    sees: [
      [https('x.com', { at: 'x.com' }), 'network unreachable'],
      [dns('x.com'), 'timeout'],
      [https('www.ripe.net', { at: 'www.ripe.net' }), 'network unreachable'],
    ],
  },
  {
    censor: 'upstream-dead',
    sees: [
      [dns('x.com'), real],
      [https('x.com'), 'timeout in connect'],
      [https('nust.edu.pk'), 'timeout in connect'],
      [dns('x.com', '8.8.8.8'), 'timeout'],
    ],
  },
  {
    censor: 'isolated',
    sees: [
      [https('x.com'), 'timeout in connect'],
      [https('www.ripe.net', { family: 6 }), 'timeout in connect'],
      [https('nust.edu.pk'), '200'],
      [https('nust.edu.pk', { family: 6 }), '200'],
      [dns('x.com', '8.8.8.8'), 'timeout'],
    ],
  },
  {
    censor: 'whole-line-slow',
    sees: [
      [goodput('x.com'), between(140, 220)],
      [goodput('www.ripe.net'), between(140, 220)],
    ],
  },
  {
    censor: 'captive-portal',
    sees: [
      [http('www.msftconnecttest.com'), '302'],
      [https('x.com'), 'bad certificate'],
      [https('www.ripe.net', { family: 6 }), 'bad certificate'],
      [issuer('www.ripe.net'), 'Internet Service Provider'],
    ],
  },
  {
    censor: 'tls-intercepted',
    sees: [
      [https('x.com'), 'bad certificate'],
      [issuer('x.com'), 'National Filter'],
      [issuer('www.ripe.net'), 'National Filter'],
    ],
  },
  {
    censor: 'resolver-dead',
    sees: [
      [dns('x.com'), 'timeout'],
      [dns('www.ripe.net'), 'timeout'],
      [dns('x.com', '1.1.1.1', '+https'), real],
    ],
  },
  {
    censor: 'withdrawn-route',
    sees: [[https('x.com'), 'no route to host'], [https('x.com', { family: 6 }), 'no route to host'], ...bystanders],
  },
  {
    censor: 'pihole',
    sees: [
      [dns('x.com'), '0.0.0.0'],
      [dns('doubleclick.net'), '0.0.0.0'],
      [dns('x.com', '8.8.8.8'), real],
      ...bystanders,
    ],
  },
  {
    censor: 'isp-cache',
    sees: [[dns('x.com'), cache.ip4], [https('x.com'), '200'], [issuer('x.com'), 'Practice Internet'], ...bystanders],
  },
];
