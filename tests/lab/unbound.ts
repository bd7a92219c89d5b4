/** The resolvers: the ISP's, whose answers a censor may change, and the public ones with DNS over HTTPS. */
import { writeFileSync } from 'node:fs';
import { finish, must, type Server, serve } from './child.ts';
import { inRoom } from './namespaces.ts';
import { until } from './nginx.ts';
import { places, type World } from './world.ts';

/** Names that answer with the address of the resolver that asked. */
const whoami = ['whoami.akamai.net', 'whoami.ipv4.akahelp.net'];

/** Every ad list carries these: a resolver that falsifies them is a household's filter, not a censor. */
const advertisers = ['doubleclick.net', 'www.doubleclick.net', 'ad.doubleclick.net', 'googleadservices.com'];

/** Names that exist and have no address. */
const barren = ['barren.x.com'];

type Pair = { ip4: string; ip6: string };

/** What the whoami names say to a resolver whose queries come from these addresses. */
function whoamiData({ ip4, ip6 }: Pair): string[] {
  const records = [
    ...whoami.flatMap((name) => [`${name}. 0 IN A ${ip4}`, `${name}. 0 IN AAAA ${ip6}`]),
    `whoami.ds.akahelp.net. 0 IN TXT "ns" "${ip4}"`,
    `o-o.myaddr.l.google.com. 0 IN TXT "${ip4}"`,
  ];
  return records.map((record) => `local-data: '${record}'`);
}

/** Every name of the world as local data; what is not here does not exist. */
function zone(world: World): string[] {
  const lines = [
    'local-zone: "." static',
    'local-data: ". 60 IN SOA a.root-servers.net. hostmaster.lab. 1 60 60 60 60"',
  ];
  const add = (name: string, { ip4, ip6 }: { ip4: string[]; ip6: string[] }) => {
    for (const ip of ip4) lines.push(`local-data: '${name}. 3600 IN A ${ip}'`);
    for (const ip of ip6) lines.push(`local-data: '${name}. 3600 IN AAAA ${ip}'`);
  };
  for (const host of world.hosts) add(host.name, host);
  for (const { name, ip4, ip6 } of world.resolvers) add(name, { ip4: [ip4], ip6: [ip6] });
  for (const name of advertisers) add(name, { ip4: ['142.250.185.200'], ip6: ['2a00:1450:4001::c8'] });
  for (const name of barren) lines.push(`local-data: '${name}. 3600 IN TXT "nobody lives here"'`);
  const { portal } = places.services;
  add('login.isp.test', { ip4: [portal.ip4], ip6: [portal.ip6] });
  return lines;
}

function config(
  name: string,
  directory: string,
  interfaces: readonly string[],
  extra: readonly string[],
  data: readonly string[],
): string {
  return `server:
  username: ""
  chroot: ""
  directory: "${directory}"
  pidfile: "${directory}/${name}.pid"
  do-daemonize: no
  use-syslog: no
  num-threads: 1
  module-config: "iterator"
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  do-not-query-localhost: no
  # A censor's SERVFAIL is made by forwarding to nobody: these keep the wait for it within a second or two.
  outbound-msg-retry: 2
  infra-cache-max-rtt: 600
  infra-cache-min-rtt: 50
  unknown-server-time-limit: 300
${[...interfaces.map((at) => `interface: ${at}`), ...extra, ...data].map((line) => `  ${line}`).join('\n')}
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "${directory}/${name}.sock"
`;
}

const controlArgv = (directory: string, name: string, rest: readonly string[]) => [
  'unbound-control',
  '-c',
  `${directory}/${name}.conf`,
  ...rest,
];

/** One command to a running unbound, such as `local_zone x.com always_nxdomain`. The socket is a file: no room needed. */
export const control = (directory: string, name: 'isp' | 'public', command: string) =>
  must(controlArgv(directory, name, command.split(' ')));

async function start(
  lab: string,
  room: 'isp' | 'inet',
  directory: string,
  name: string,
  text: string,
): Promise<Server> {
  writeFileSync(`${directory}/${name}.conf`, text);
  const server = serve(inRoom(lab, room, ['unbound', '-d', '-c', `${directory}/${name}.conf`]));
  await until(async () => (await finish(controlArgv(directory, name, ['status']))).code === 0, server, 'unbound');
  return server;
}

/**
 * The ISP's resolver, in `isp`: it asks 9.9.9.9 and remembers, so that a lie laid over a name and taken away again leaves
 * the honest answer. (Local data of its own would not do: unbound 1.17 loses a local zone "." when zones are added.)
 */
export async function startIspResolver(lab: string, directory: string, world: World): Promise<Server> {
  const { resolver } = places.services;
  const upstream = world.resolvers.find(({ name }) => name === 'dns.quad9.net')!;
  const text = config('isp', directory, [resolver.ip4, resolver.ip6], [], []);
  const server = await start(
    lab,
    'isp',
    directory,
    'isp',
    `${text}forward-zone:\n  name: "."\n  forward-addr: ${upstream.ip4}\n`,
  );
  // a resolver of a million customers has popular names in its cache
  const names = world.hosts.flatMap(({ name }) => [name, 'A', name, 'AAAA']);
  await must(inRoom(lab, 'isp', ['dig', `@${resolver.ip4}`, '+noall', ...names]));
  return server;
}

/** A Pi-hole: asks the ISP's resolver, but denies what its lists carry, advertisements and here a platform too. */
export function startHouseResolver(lab: string, directory: string, world: World): Promise<Server> {
  const { house, resolver } = places.services;
  const denied = [...advertisers, ...world.platform('x').map(({ name }) => name)];
  const data = denied.map((name) => `local-zone: "${name}" always_null`);
  const text = config('house', directory, [house.ip4, house.ip6], [], data);
  return start(lab, 'isp', directory, 'house', `${text}forward-zone:\n  name: "."\n  forward-addr: ${resolver.ip4}\n`);
}

/** 8.8.8.8, 1.1.1.1 and 9.9.9.9 in `inet`, in clear text and as DNS over HTTPS (HTTP/2 only: unbound speaks no other). */
export function startPublicResolvers(lab: string, directory: string, world: World): Promise<Server> {
  const ips = world.resolvers.flatMap(({ ip4, ip6 }) => [ip4, ip6]);
  const extra = [
    'https-port: 443',
    'http-endpoint: "/dns-query"',
    `tls-service-key: "${directory}/leaf.key"`,
    `tls-service-pem: "${directory}/leaf.pem"`,
  ];
  // Queries leave a public resolver by another address than the one that clients ask (Google's documented ranges). An
  // ISP's resolver that asks here gets the authority's answer: its own address.
  const egress = { ip4: '74.125.18.1', ip6: '2a00:1450:4001:c00::101' };
  const { isp } = places.border;
  const data = [...zone(world), ...whoamiData(egress), `access-control-view: ${isp.ip4}/32 isp`];
  const view = ['view:', '  name: isp', '  view-first: yes', ...whoamiData(isp).map((line) => `  ${line}`)].join('\n');
  const text = config('public', directory, [...ips, ...ips.map((ip) => `${ip}@443`)], extra, data);
  return start(lab, 'inet', directory, 'public', `${text}${view}\n`);
}
