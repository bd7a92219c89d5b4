/** What must be seen under censors of names. */
import { bystanders, type Expectation, real } from '../expectation.ts';
import { allAnswers, dns as ask, http, https, issuer } from '../witness.ts';
import { places } from '../world.ts';

const { border, services } = places;
const { block } = services;

export const dns: readonly Expectation[] = [
  {
    censor: 'dns-nxdomain',
    sees: [
      [ask('x.com'), 'NXDOMAIN'],
      [ask('abs.twimg.com'), 'NXDOMAIN'],
      [ask('x.com', '8.8.8.8'), real],
      [https('x.com'), 'no address'],
      [https('x.com', { at: 'x.com' }), '200'],
      ...bystanders,
    ],
  },
  { censor: 'dns-refused', sees: [[ask('x.com'), 'REFUSED'], [https('x.com'), 'no address'], ...bystanders] },
  {
    censor: 'dns-servfail',
    sees: [[ask('x.com'), 'SERVFAIL'], [ask('t.co'), 'SERVFAIL'], [https('x.com'), 'no address'], ...bystanders],
  },
  { censor: 'dns-no-answer', sees: [[ask('x.com'), 'empty'], [https('x.com'), 'no address'], ...bystanders] },
  { censor: 'dns-timeout', sees: [[ask('x.com'), 'timeout'], [ask('x.com', '9.9.9.9'), real], ...bystanders] },
  { censor: 'dns-bogon', sees: [[ask('x.com'), '10.10.34.35'], [ask('x.com', '8.8.8.8'), real], ...bystanders] },
  {
    censor: 'dns-blockpage',
    sees: [
      [ask('x.com'), block.ip4],
      [http('clear.x.com'), '200'],
      [https('x.com'), 'bad certificate'],
      [issuer('x.com'), 'Internet Service Provider'],
      ...bystanders,
    ],
  },
  {
    censor: 'dns-localhost',
    sees: [
      [ask('x.com'), '127.0.0.1'],
      [ask('x.com', '8.8.8.8'), '127.0.0.1'],
      [ask('x.com', '1.1.1.1', '+https'), real],
      ...bystanders,
    ],
  },
  {
    censor: 'dns-interception',
    sees: [
      [ask('whoami.akamai.net', '8.8.8.8'), border.isp.ip4],
      [ask('x.com', '8.8.8.8'), real],
      [https('x.com'), '200'],
    ],
  },
  {
    censor: 'dns-race',
    sees: [
      [allAnswers('x.com', '8.8.8.8'), /^31\.13\.94\.41\+\d+ 104\.244\.42\.1,104\.244\.42\.2\+\d+$/],
      [ask('x.com'), '31.13.94.41'],
      [allAnswers('www.ripe.net', '8.8.8.8'), /^[\d.,]+\+\d+$/],
    ],
  },
  {
    censor: 'dns-ghost',
    sees: [
      [ask('gone.x.com'), block.ip4],
      [ask('gone.x.com', '8.8.8.8'), 'NXDOMAIN'],
      [ask('x.com'), real],
      ...bystanders,
    ],
  },
];
