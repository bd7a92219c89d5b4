/** What must be seen under censors of addresses, ClientHellos and requests. */
import { bystanders, type Expectation, neutral } from '../expectation.ts';
import { datagram, dns, hello, http, https, issuer } from '../witness.ts';

export const path: readonly Expectation[] = [
  {
    censor: 'ip-drop',
    sees: [
      [https('x.com'), 'timeout in connect'],
      [https('x.com', { family: 6 }), 'timeout in connect'],
      ...bystanders,
    ],
  },
  {
    censor: 'all-four-blackholed',
    sees: [
      [https('x.com'), 'timeout in connect'],
      [https('www.facebook.com'), 'timeout in connect'],
      [https('www.instagram.com'), 'timeout in connect'],
      [https('www.youtube.com'), 'timeout in connect'],
      [https('www.ripe.net'), '200'],
    ],
  },
  {
    censor: 'ip-reset',
    sees: [
      [https('x.com'), 'refused in connect'],
      [https('x.com', { family: 6 }), 'refused in connect'],
      ...bystanders,
    ],
  },
  {
    censor: 'ip-reset-midway',
    sees: [[https('x.com'), 'reset in tls'], [https('example.org', { at: 'x.com' }), 'reset in tls'], ...bystanders],
  },
  { censor: 'ip-prohibited', sees: [[https('x.com'), 'no route to host'], ...bystanders] },
  {
    censor: 'ip6-only',
    sees: [
      [https('x.com', { family: 6 }), 'timeout in connect'],
      [https('x.com'), '200'],
      [https('www.ripe.net', { family: 6 }), '200'],
    ],
  },
  {
    censor: 'sni-reset',
    sees: [
      [https('x.com'), 'reset in tls'],
      [https('x.com', { family: 6 }), 'reset in tls'],
      [https('abs.twimg.com'), 'reset in tls'],
      ...neutral,
      ...bystanders,
    ],
  },
  {
    censor: 'sni-drop',
    sees: [
      [https('x.com'), 'timeout in tls'],
      [https('x.com', { family: 6 }), 'timeout in tls'],
      ...neutral,
      ...bystanders,
    ],
  },
  {
    censor: 'sni-eof',
    sees: [
      [https('x.com'), 'eof in tls'],
      [https('x.com', { family: 6 }), 'eof in tls'],
      [https('t.co'), 'eof in tls'],
      ...neutral,
      ...bystanders,
    ],
  },
  {
    censor: 'dns-plus-sni',
    sees: [[dns('x.com'), '31.13.94.41'], [https('x.com', { at: 'x.com' }), 'reset in tls'], ...neutral, ...bystanders],
  },
  {
    censor: 'mitm-sni',
    sees: [
      [https('x.com'), 'bad certificate'],
      [issuer('x.com'), 'National Filter'],
      [issuer('x.com', { family: 6 }), 'National Filter'],
      ...neutral,
      ...bystanders,
    ],
  },
  {
    censor: 'mitm-dnat',
    sees: [
      [issuer('x.com'), 'National Filter'],
      [issuer('example.org', { at: 'x.com' }), 'National Filter'],
      ...bystanders,
    ],
  },
  {
    censor: 'mitm-two-companies',
    sees: [
      [issuer('x.com'), 'National Filter'],
      [issuer('www.youtube.com'), 'National Filter'],
      [https('www.ripe.net'), '200'],
    ],
  },
  {
    censor: 'large-hello-only',
    sees: [
      [hello('x.com', 'small'), 'answered'],
      [hello('x.com', 'large'), 'timeout'],
      [https('x.com'), '200'],
      ...bystanders,
    ],
  },
  // the hello of two segments carries the name too, in either of them
  {
    censor: 'sni-reset',
    sees: [
      [hello('x.com', 'large'), 'ECONNRESET'],
      [hello('www.ripe.net', 'large'), 'answered'],
    ],
  },
  {
    censor: 'http-host-reset',
    sees: [[http('clear.x.com'), 'reset in http'], [http('example.org', { at: 'clear.x.com' }), '404'], ...bystanders],
  },
  {
    censor: 'http-blockpage',
    sees: [
      [http('clear.x.com'), '200'],
      [http('example.org', { at: 'clear.x.com' }), '404'],
      [https('x.com'), '200'],
      ...bystanders,
    ],
  },
  {
    censor: 'http-silence',
    sees: [
      [https('x.com'), 'timeout in http'],
      [https('x.com', { family: 6 }), 'timeout in http'],
      ...neutral,
      ...bystanders,
    ],
  },
  {
    censor: 'quic-drop',
    sees: [
      [datagram('x.com'), 'timeout'],
      [datagram('x.com', 6), 'timeout'],
      [https('x.com'), '200'],
    ],
  },
  {
    censor: 'quic-refused',
    sees: [
      [datagram('x.com'), /^refused after [12]?\d ms$/], // by the ISP, before the packet could have come to the server
      [datagram('x.com', 6), /^refused after [12]?\d ms$/],
      [https('x.com'), '200'],
    ],
  },
];
