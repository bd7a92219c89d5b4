/** Censors of names: what resolvers say, and what is said in their place. */
import { type Censor, namesOf, resolverLies } from '../interference.ts';
import { places, resolvers } from '../world.ts';

const families = ['ip4', 'ip6'] as const;
const resolverIps = resolvers.flatMap(({ ip4, ip6 }) => [
  { ip: ip4, family: 'ip4' as const },
  { ip: ip6, family: 'ip6' as const },
]);

export const dns = {
  // ---- names
  'dns-nxdomain': { why: 'Türkiye, Russia, Pakistan', play: (scene) => resolverLies(scene, 'always_nxdomain') },
  'dns-refused': { why: 'REFUSED for the name only', play: (scene) => resolverLies(scene, 'always_refuse') },
  'dns-no-answer': { why: 'an empty answer for the name only', play: (scene) => resolverLies(scene, 'always_nodata') },
  'dns-timeout': { why: 'no answer for the name only', play: (scene) => resolverLies(scene, 'always_deny') },
  'dns-servfail': {
    why: 'SERVFAIL for the name only: the resolver is made to ask nobody',
    play: (scene) => ({
      resolver: {
        on: namesOf(scene).flatMap((name) => [`forward_add +i ${name} 127.0.0.1@1`, `flush_zone ${name}`]),
        off: namesOf(scene).flatMap((name) => [`forward_remove ${name}`, `flush_zone ${name}`]),
      },
    }),
  },
  'dns-bogon': { why: "Iran's answer since 2009", play: (scene) => resolverLies(scene, 'redirect', ['A 10.10.34.35']) },
  'dns-blockpage': {
    why: 'the resolver gives the address of a block page (Pakistan, Indonesia)',
    play: (scene) =>
      resolverLies(scene, 'redirect', [`A ${places.services.block.ip4}`, `AAAA ${places.services.block.ip6}`]),
  },
  'dns-localhost': {
    why: 'every cleartext answer for the name is spoofed to 127.0.0.1, whoever is asked',
    play: (scene) => ({
      ...resolverLies(scene, 'redirect', ['A 127.0.0.1']),
      rules: families.map((family) => ({
        at: 'nat',
        family,
        rule: `-i lan -p udp --dport 53 -j DNAT --to-destination ${places.services.resolver[family]}`,
      })),
    }),
  },
  'dns-interception': {
    why: "queries to public resolvers are answered by the ISP's, honestly",
    play: () => ({
      rules: resolverIps.map(({ ip, family }) => ({
        at: 'nat',
        family,
        rule: `-i lan -d ${ip} -p udp --dport 53 -j DNAT --to-destination ${places.services.resolver[family]}`,
      })),
    }),
  },
  'dns-ghost': {
    why: 'a name that exists nowhere gets the address of a block page, because it ends like a forbidden one',
    play: () => ({
      resolver: {
        on: ['local_zone gone.x.com redirect', `local_data gone.x.com 60 IN A ${places.services.block.ip4}`],
        off: ['local_zone_remove gone.x.com'],
      },
    }),
  },
  'dns-race': {
    why: 'a forged answer overtakes the real one (China): the public resolver is the configured one here',
    play: (scene) => ({
      nameservers: [resolvers[0]!.ip4],
      // the apex as labels of the wire format; every platform's names end in it
      forge: [...new Set(namesOf(scene).map(wireApex))].map((apex) => ['dns', 'lan', '53', apex, '31.13.94.41']),
    }),
  },
} satisfies Record<string, Censor>;

/** A host's last two labels as they stand in a DNS question (RFC 1035 section 3.1), in hexadecimal. */
function wireApex(host: string): string {
  const labels = host.split('.').slice(-2);
  return `${labels.map((label) => label.length.toString(16).padStart(2, '0') + Buffer.from(label).toString('hex')).join('')}00`;
}
