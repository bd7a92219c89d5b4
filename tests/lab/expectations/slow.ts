/** What must be seen under censors that slow down. */
import { between, type Expectation, neutral } from '../expectation.ts';
import { goodput, https, milliseconds } from '../witness.ts';

export const slow: readonly Expectation[] = [
  // ranges: the tolerance that the acceptance table allows around the real rate
  {
    censor: 'sni-police-130k',
    sees: [
      [goodput('x.com'), between(100, 170)],
      [goodput('www.ripe.net'), between(4000, 1e9)],
    ],
  },
  {
    censor: 'sni-shape-130k',
    sees: [
      [goodput('x.com'), between(100, 170)],
      [goodput('www.ripe.net'), between(4000, 1e9)],
    ],
  },
  {
    censor: 'ip-police-130k',
    sees: [
      [goodput('x.com'), between(100, 170)],
      [goodput('www.ripe.net'), between(4000, 1e9)],
    ],
  },
  { censor: 'shape-1m', sees: [[goodput('x.com'), between(700, 1050)]] },
  {
    censor: 'freeze-16k',
    sees: [
      [https('x.com', { path: '/sample/1m' }), 'timeout in http'],
      [goodput('x.com', 3), /^1\d{4} bytes$/],
      ...neutral,
    ],
  },
  {
    censor: 'slow-handshake',
    sees: [
      [milliseconds('tls', 'x.com'), between(7900, 8400)],
      [milliseconds('connect', 'x.com'), between(37, 200)],
      [milliseconds('first_byte', 'x.com'), between(37, 1000)],
      [milliseconds('tls', 'www.ripe.net'), between(37, 1000)],
    ],
  },
  {
    censor: 'delay-300ms-loss-10',
    sees: [
      [milliseconds('tls', 'x.com'), between(330, 12_000)],
      [milliseconds('connect', 'x.com'), between(37, 200)],
    ],
  },
  {
    censor: 'sni-police-130k-noburst',
    sees: [
      [goodput('x.com'), between(60, 170)],
      [goodput('www.ripe.net'), between(4000, 1e9)],
    ],
  },
  {
    censor: 'cable-cut',
    sees: [
      // the best would be 240; a lost SYN is sent again after a second
      [milliseconds('connect', 'x.com'), between(237, 3500)],
      [milliseconds('connect', 'www.ripe.net'), between(237, 3500)],
      [milliseconds('connect', 'nust.edu.pk'), between(37, 200)],
    ],
  },
  {
    censor: 'peering-congestion',
    sees: [
      [milliseconds('connect', 'x.com'), between(117, 3500)],
      [milliseconds('connect', 'www.youtube.com'), between(37, 200)],
    ],
  },
];
