/** getaddrinfo, as the C library does it: ask the first configured resolver, take the first answer that comes. */
import type { Looked } from './messages.ts';
import type { Policy } from './policy.ts';
import type { Resolvers } from './resolver.ts';

/** glibc's default: five seconds a try, two tries (resolv.conf(5), `timeout` and `attempts`). */
const patience = 10_000;

/** The result and after how many milliseconds it is known. */
export function lookup(
  { name, protocol, servers }: { name: string; protocol: 'ip4' | 'ip6'; servers: readonly string[] },
  policy: Policy,
  resolvers: Resolvers,
): { looked: Looked; after_ms: number } {
  const server = servers[0] ?? '';
  const lost = policy.datagram(server, 53);
  if (lost !== undefined && lost.kind !== 'lose')
    return { looked: { code: 'EAI_AGAIN' }, after_ms: lost.kind === 'drop' ? patience : 0 };
  const [first] = resolvers.ask(server, name.toLowerCase(), protocol === 'ip4' ? 'A' : 'AAAA', 'cleartext') ?? [];
  if (first === undefined) return { looked: { code: 'EAI_AGAIN' }, after_ms: patience };
  const { rcode, addresses, after_ms } = first;
  if (rcode === 'SERVFAIL' || rcode === 'REFUSED') return { looked: { code: 'EAI_AGAIN' }, after_ms };
  return { looked: addresses.length > 0 ? { addresses } : { code: 'ENOTFOUND' }, after_ms };
}
