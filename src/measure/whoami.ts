/** Names that are asked for what the answer says about the resolver, not about a site. */
import type { DnsFact } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import { networkOf, protocolOf } from './address.ts';
import { type AskInstruments, annotate, askServer, askTrusted } from './ask.ts';
import type { DnsType } from './dns-message.ts';

/** Answer with the address from which the question reached them: whose resolver it was (Akamai's and Google's own tools). */
const whoamis: readonly { name: string; type: DnsType }[] = [
  { name: 'whoami.akamai.net', type: 'A' },
  { name: 'o-o.myaddr.l.google.com', type: 'TXT' },
];

/** On every list of advertisement servers (EasyList, StevenBlack, Pi-hole's default): a filter in the house gives itself away. */
export const ad_list_name = 'doubleclick.net';

export interface WhoamiInput {
  configured: readonly string[];
  public: readonly string[];
  trusted: readonly TrustedResolver[];
  timeout_ms: number;
}

/**
 * Asks the configured resolvers, and public ones, who they are; the configured ones also for an advertisement name,
 * with a trusted resolver's answer to it beside. Never throws; silences are facts.
 *
 * A recursive resolver in the house answers with the household's own address: only its /24 or /48 is kept.
 */
export async function whoami(input: WhoamiInput, instruments: AskInstruments, signal: AbortSignal): Promise<DnsFact[]> {
  const { timeout_ms } = input;
  const ask = (
    via: 'configured' | 'public',
    question: { name: string; type: DnsType },
    purpose: 'whoami' | 'ad_list',
  ) =>
    input[via].map(async (server, index) => {
      const asked = askServer({ via, server, question, timeout_ms, query: index }, instruments, signal);
      return (await asked.facts).map((fact): DnsFact => ({ ...fact, name: question.name, purpose }));
    });
  const adName = { name: ad_list_name, type: 'A' } as const;
  const jobs = [
    ...whoamis.flatMap((question) => ask('configured', question, 'whoami')),
    ...ask('public', whoamis[0]!, 'whoami'),
    ...ask('configured', adName, 'ad_list'),
    ...input.trusted.slice(0, 1).map(async (resolver) => {
      const facts = await askTrusted({ resolver, question: adName, timeout_ms }, instruments, signal).facts;
      return facts.map((fact): DnsFact => ({ ...fact, name: ad_list_name, purpose: 'ad_list' }));
    }),
  ];
  const facts = (await Promise.all(jobs)).flat();
  return facts.map((fact) => (fact.purpose === 'whoami' ? coarse(fact, instruments) : fact));
}

function coarse(fact: DnsFact, instruments: AskInstruments): DnsFact {
  const ips = fact.answers.filter(({ ip }) => protocolOf(ip)).map(({ ip }) => networkOf(ip).replace(/\/\d+$/, ''));
  return { ...fact, answers: annotate([...new Set(ips)], instruments) };
}

/** Letters of a random label: 26^12 names, of which none exists. */
const random_letters = 12;

/**
 * Asks the configured resolvers for a name beside `host` that cannot exist: the same last label, the others random.
 * An answer means that they answer whatever is asked.
 */
export async function askRandomSibling(
  { host, configured, timeout_ms }: { host: string; configured: readonly string[]; timeout_ms: number },
  instruments: AskInstruments,
  signal: AbortSignal,
): Promise<DnsFact[]> {
  const letter = () => String.fromCharCode(97 + Math.floor(instruments.network.random() * 26));
  const label = Array.from({ length: random_letters }, letter).join('');
  const name = `${label}.${host.split('.').at(-1)}`;
  const question = { name, type: 'A' } as const;
  const asked = configured.map((server, query) =>
    askServer({ via: 'configured', server, question, timeout_ms, query }, instruments, signal),
  );
  const facts = (await Promise.all(asked.map((one) => one.facts))).flat();
  return facts.map((fact): DnsFact => ({ ...fact, name, purpose: 'random_sibling' }));
}
