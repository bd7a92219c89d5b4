/** Nothing wrong with the platform's path: its own faults, the household, the line, the border. */
import { addressesOf, type Censor, closedBorder, divert, resolverLies, serversInMood } from '../interference.ts';
import { places, resolvers } from '../world.ts';

const resolverIps = resolvers.flatMap(({ ip4, ip6 }) => [
  { ip: ip4, family: 'ip4' as const },
  { ip: ip6, family: 'ip6' as const },
]);

const bits = { ip4: 32, ip6: 128 } as const;

/** Nothing reaches the resolver's port, over either protocol. */
const mute = ['iptables', 'ip6tables'].flatMap((program) =>
  ['udp', 'tcp'].map((protocol) => [program, `-i lan -p ${protocol} --dport 53 -j DROP`] as const),
);

export const line = {
  // ---- nothing wrong with the platform's path
  'server-wall-429': {
    why: 'the server itself refuses this probe: every crawler meets this, and it is no block',
    play: (scene) => ({ rules: serversInMood(scene, 'wall_429') }),
  },
  'captcha-https': {
    why: 'a challenge page over valid TLS',
    play: (scene) => ({ rules: serversInMood(scene, 'challenge_403') }),
  },
  'legal-451': {
    why: 'the platform obeys a court and says so (RFC 7725)',
    play: (scene) => ({ rules: serversInMood(scene, 'legal_451') }),
  },
  'cert-expired-for-all': {
    why: 'the platform forgot to renew its certificate',
    play: (scene) => ({ rules: serversInMood(scene, 'expired') }),
  },
  'cert-unknown-ca-for-all': {
    why: 'the platform itself shows a chain that nobody trusts',
    play: (scene) => ({ rules: serversInMood(scene, 'unknown_ca') }),
  },
  'withdrawn-route': {
    why: "the platform's routes are gone for everybody (Meta, 4 October 2021): a router far away says host unreachable",
    play: (scene) => ({
      commands: {
        on: addressesOf(scene).map(({ ip, family }) => ['inet', `ip addr del ${ip}/${bits[family]} dev lo`]),
        off: addressesOf(scene).map(({ ip, family }) => ['inet', `ip addr add ${ip}/${bits[family]} dev lo`]),
      },
    }),
  },
  pihole: {
    why: 'the household has a resolver of its own that denies advertisements and this platform',
    play: () => ({ nameservers: [places.services.house.ip4] }),
  },
  'doh-blocked-only': {
    why: 'only the trusted resolvers are dropped (Iran, Russia since 2021); the platforms are not',
    play: () => ({
      rules: resolverIps.map(({ ip, family }) => ({
        at: 'filter',
        family,
        rule: `-d ${ip} -p tcp --dport 443 -j DROP`,
      })),
    }),
  },
  'isp-cache': {
    why: "no censor: the address lies in the ISP's own network, an embedded cache with the platform's certificate",
    play: (scene) =>
      resolverLies(scene, 'redirect', [`A ${places.services.cache.ip4}`, `AAAA ${places.services.cache.ip6}`]),
  },
  'broken-ipv6': {
    why: 'no IPv6 route at all: most homes',
    play: () => ({
      commands: {
        on: [['vantage', 'ip -6 route del default']],
        off: [['vantage', `ip -6 route replace default via ${places.isp.ip6} congctl cubic`]],
      },
    }),
  },
  'loss-1': {
    why: '1 % random loss on everything, both ways',
    play: () => ({ rules: [{ at: 'filter', rule: '-m statistic --mode random --probability 0.01 -j DROP' }] }),
  },

  // ---- the line, the household, the border
  offline: {
    why: 'link down',
    play: () => ({
      commands: {
        on: [['vantage', 'ip link set eth0 down']],
        off: [
          ['vantage', 'ip link set eth0 up'],
          ['vantage', `ip route replace default via ${places.isp.ip4} congctl cubic`],
          ['vantage', `ip -6 route replace default via ${places.isp.ip6} congctl cubic`],
        ],
      },
    }),
  },
  'upstream-dead': {
    why: 'the ISP lives, everything behind it is gone, in-country servers too',
    play: () => ({ rules: [{ at: 'filter', rule: '-j DROP' }] }),
  },
  isolated: {
    why: 'the border is closed (Iran 2019, Bangladesh July 2024): in-country servers answer, foreign ones are gone',
    play: () => ({ rules: closedBorder }),
  },
  'whole-line-slow': {
    why: 'the line carries 200 kbit/s for everything',
    play: () => ({
      commands: {
        on: [
          ['isp', 'tc qdisc add dev lan root handle 1: htb default 10'],
          ['isp', 'tc class add dev lan parent 1: classid 1:10 htb rate 200kbit'],
          ['isp', 'tc qdisc add dev lan parent 1:10 handle 10: bfifo limit 32kb'],
        ],
        off: [['isp', 'tc qdisc del dev lan root']],
      },
    }),
  },
  'captive-portal': {
    why: 'a hotel sends all web traffic to its login page',
    play: () => ({ rules: divert('80,443', 'portal') }),
  },
  'tls-intercepted': {
    why: "a company's or an antivirus's root signs everything again",
    play: () => ({ rules: divert('443', 'evil') }),
  },
  'resolver-dead': {
    why: 'the configured resolver is mute for every name',
    play: () => ({
      commands: {
        on: mute.map((rule) => ['isp', `${rule[0]} -I INPUT ${rule[1]}`]),
        off: mute.map((rule) => ['isp', `${rule[0]} -D INPUT ${rule[1]}`]),
      },
    }),
  },
} satisfies Record<string, Censor>;
