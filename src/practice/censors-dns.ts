/** Interference with names: the provider's resolver lies, or something on the way answers in a resolver's stead. */
import type { Censor, QueryAction, Via } from './censor.ts';
import { blockpageAddress, bogonAddress, trustedAddresses, xNames } from './names.ts';

/** The commonest shape: one answer to every question for the names, from whoever sits on this way. */
function lying(name: string, says: string, act: QueryAction, via: Via = 'configured'): Censor {
  return { name, says, rules: [{ on: 'query', names: xNames, via, do: act }] };
}

const nxdomain: QueryAction = { kind: 'answer', rcode: 'NXDOMAIN' };

export const dnsCensors: readonly Censor[] = [
  lying('dns-nxdomain', "the provider's resolver says that X does not exist", nxdomain),
  lying('dns-servfail', "the provider's resolver fails for X only", { kind: 'answer', rcode: 'SERVFAIL' }),
  lying('dns-refused', "the provider's resolver refuses X only", { kind: 'answer', rcode: 'REFUSED' }),
  lying('dns-no-answer', "the provider's resolver answers X without addresses", { kind: 'answer' }),
  lying('dns-timeout', "the provider's resolver is silent about X only", { kind: 'mute' }),
  lying('dns-bogon', "the provider's resolver answers X with 10.10.34.35", { kind: 'answer', ip4: [bogonAddress] }),
  lying(
    'dns-localhost',
    'every clear-text answer for X is forged to 127.0.0.1',
    { kind: 'answer', ip4: ['127.0.0.1'], ip6: ['::1'] },
    'cleartext',
  ),
  lying('dns-blockpage', "the provider's resolver answers X with its block page", {
    kind: 'answer',
    ip4: [blockpageAddress],
  }),
  // The Chinese pattern (Anonymous, FOCI 2014): an injector on the way answers first, the true answer follows.
  lying(
    'dns-race',
    'a forged answer for X overtakes the true one',
    { kind: 'race', ip4: ['199.59.148.102'] },
    'cleartext',
  ),
  {
    name: 'dns-interception',
    says: "questions to public resolvers are answered by the provider's, honestly",
    rules: [{ on: 'query', names: [], via: 'public', do: { kind: 'intercept' } }],
  },
  {
    name: 'dns-ghost',
    says: 'x.com exists nowhere, yet the provider answers it with its block page',
    rules: [
      { on: 'zone', names: xNames, do: { kind: 'nxdomain' } },
      { on: 'query', names: xNames, via: 'cleartext', do: { kind: 'answer', ip4: [blockpageAddress] } },
    ],
  },
  {
    name: 'dns-nxdomain-and-doh-dropped',
    says: "the provider's resolver says that X does not exist, and resolvers over HTTPS are cut off",
    rules: [
      { on: 'query', names: xNames, via: 'configured', do: nxdomain },
      { on: 'syn', to: { addresses: trustedAddresses, ports: [443] }, do: { kind: 'drop' } },
    ],
  },
  {
    name: 'dns-plus-sni',
    says: 'X is answered with a foreign address, and connections that carry its name are reset',
    rules: [
      { on: 'query', names: xNames, via: 'configured', do: { kind: 'answer', ip4: ['93.184.215.14'] } },
      { on: 'hello', names: xNames, do: { kind: 'reset' } },
    ],
  },
];
