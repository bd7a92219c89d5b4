/**
 * The kernel lab: a vantage, its ISP and a small Internet in three network namespaces, with real servers, real packets
 * and censors that are switched on and off while it runs.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CensorName, censors } from './censors.ts';
import { issueLeaf } from './certificate.ts';
import { type Ended, finish, must, type Server, serve } from './child.ts';
import type { Interference, Rule } from './interference.ts';
import { marks } from './interference.ts';
import { buildRooms, directoryOf, inRoom, newLabName, type Room, reap, removeLab, setResolver } from './namespaces.ts';
import { filterConfig, internetConfig, rootFile, startNginx, writeObjects } from './nginx.ts';
import { control, startHouseResolver, startIspResolver, startPublicResolvers } from './unbound.ts';
import { makeWorld, places, type World } from './world.ts';

export interface Lab {
  name: string;
  world: World;
  /** Files of this lab, gone with it. */
  directory: string;
  /** PEM file of the authority that signs the lab's servers. */
  rootFile: string;
  /** Runs a program to its end where the user sits. */
  exec(argv: readonly string[], options?: Parameters<typeof finish>[1]): Promise<Ended>;
  /** Runs a program to its end in any room. */
  execIn(room: Room, argv: readonly string[]): Promise<Ended>;
  /** Starts a program where the user sits, or in another room; `close` stops it if the caller has not. */
  spawn(argv: readonly string[], options?: Parameters<typeof serve>[1], room?: Room): Server;
  /** Round-trip time between the ISP and the Internet, in ms. */
  setRtt(ms: number): Promise<void>;
  /** Switches a censor on, for these platforms; resolves once it is in force. */
  on(censor: CensorName, platforms?: readonly string[]): Promise<void>;
  /** Switches every censor off; resolves once nothing of them is left. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const source = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Chains of our own in which censors write; the kernel's chains jump there for good. */
const frame = (room: 'isp' | 'inet', family: 'ip4' | 'ip6'): string => {
  const nat = '*nat\n:censor - [0:0]\n-A PREROUTING -j censor\nCOMMIT\n';
  if (room === 'inet') {
    // a router far away answers for addresses that nobody has; a server's mood concerns the Internet's own clients too
    const nobody = family === 'ip4' ? 'icmp-host-unreachable' : 'icmp6-addr-unreachable';
    return `*filter\n-A FORWARD -j REJECT --reject-with ${nobody}\nCOMMIT\n${nat.replace('COMMIT', '-A OUTPUT -j censor\nCOMMIT')}`;
  }
  // Neighbour discovery is no traffic: delayed, it would be paid for by the first connection.
  const discovery = (chain: string) =>
    family === 'ip4'
      ? ''
      : [135, 136].map((type) => `-A ${chain} -p icmpv6 -m icmp6 --icmpv6-type ${type} -j ACCEPT\n`).join('');
  // The delay sits behind the filter: the censor is near the client, the servers are far away. What comes in waits
  // before connection tracking sees it, or counters would run ahead of the packets that they decide about.
  return `*raw
${discovery('PREROUTING')}-A PREROUTING -i wan -j NFQUEUE --queue-num 1 --queue-bypass
COMMIT
*filter
:censor - [0:0]
-A FORWARD -j censor
COMMIT
${nat}*mangle
:censor - [0:0]
-A FORWARD -j censor
${discovery('POSTROUTING')}-A POSTROUTING -o wan -m connmark --mark ${marks.slow} -j NFQUEUE --queue-num 2 --queue-bypass
-A POSTROUTING -o wan -j NFQUEUE --queue-num 0 --queue-bypass
COMMIT
`;
};

const families = [
  ['ip4', 'iptables-restore'],
  ['ip6', 'ip6tables-restore'],
] as const;

/** The rules in force, as input of iptables-restore --noflush: naming a chain empties it first. */
function tables(rules: readonly Rule[], room: 'isp' | 'inet', family: 'ip4' | 'ip6'): string {
  const of = (...at: Rule['at'][]) =>
    rules
      .filter((rule) => at.includes(rule.at) && (rule.family ?? family) === family)
      .map(({ rule }) => `-A censor ${rule}\n`)
      .join('');
  const table = (name: string, lines: string) => `*${name}\n:censor - [0:0]\n${lines}COMMIT\n`;
  if (room === 'inet') return table('nat', of('server'));
  return table('filter', of('filter')) + table('mangle', of('mangle')) + table('nat', of('nat'));
}

async function compile(directory: string, program: 'delay' | 'forge'): Promise<string> {
  const binary = `${directory}/${program}`;
  await must(['gcc', '-O2', '-Wall', '-o', binary, source(`${program}.c`)], { timeout_ms: 60_000 });
  return binary;
}

/** Builds a lab. Removes what crashed runs have left behind first. Throws when the machine cannot carry one. */
export async function startLab({ rtt_ms = 40 }: { rtt_ms?: number } = {}): Promise<Lab> {
  await reap();
  const name = newLabName();
  const directory = directoryOf(name);
  const world = makeWorld();
  const servers: Server[] = [];
  const atExit = () => {
    // the process ends without close(): children must not outlive it (their namespaces are reaped by the next run)
    for (const { pid } of servers) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {}
    }
  };
  process.on('exit', atExit);
  const close = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await removeLab(name);
    process.off('exit', atExit).off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  const onSignal = () => void close().finally(() => process.exit(130)); // 128 + SIGINT, as shells count
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    mkdirSync(directory, { recursive: true });
    const [delay, forge] = await Promise.all([
      compile(directory, 'delay'),
      compile(directory, 'forge'),
      buildRooms(name),
    ]);
    writeObjects(world, directory);
    const names = [...world.hosts, ...world.resolvers].map((host) => host.name);
    await issueLeaf(
      directory,
      names,
      world.resolvers.flatMap(({ ip4, ip6 }) => [ip4, ip6]),
    );
    await must(inRoom(name, 'inet', ['ip', '-batch', '-']), {
      input: [
        ...world.hosts.flatMap(({ ip4, ip6 }) => [...ip4, ...ip6]),
        ...world.resolvers.flatMap(({ ip4, ip6 }) => [ip4, ip6]),
      ]
        .map((ip) => `addr add ${ip}/${ip.includes(':') ? 128 : 32} dev lo\n`)
        .join(''),
    });
    for (const [family, restore] of families)
      for (const room of ['isp', 'inet'] as const)
        await must(inRoom(name, room, [restore, '--noflush']), { input: frame(room, family) });
    const delayer = serve(inRoom(name, 'isp', [delay]));
    servers.push(delayer);
    await delayer.hear((line) => line === 'ready');
    const started = await Promise.all([
      startNginx(name, 'inet', directory, internetConfig(world, directory), world.host('example.org').ip4[0]!),
      startNginx(name, 'isp', directory, filterConfig(directory), places.services.block.ip4),
      startPublicResolvers(name, directory, world),
    ]);
    servers.push(...started, await startIspResolver(name, directory, world));
    servers.push(await startHouseResolver(name, directory, world));
    const rtt = { ms: rtt_ms };
    const censorship = censorsOf({
      name,
      directory,
      world,
      forge,
      servers,
      slow: (ms) => setDelays(delayer, rtt.ms, ms),
    });
    const lab: Lab = {
      name,
      world,
      directory,
      rootFile,
      exec: (argv, options) => finish(inRoom(name, 'vantage', argv), options),
      execIn: (room, argv) => finish(inRoom(name, room, argv)),
      spawn(argv, options, room = 'vantage') {
        const server = serve(inRoom(name, room, argv), options);
        servers.push(server);
        return server;
      },
      async setRtt(ms) {
        rtt.ms = ms;
        await setDelays(delayer, ms, ms);
      },
      ...censorship,
      close,
    };
    await lab.setRtt(rtt_ms);
    return lab;
  } catch (error) {
    await close();
    throw error;
  }
}

/** The delay helper's queues: towards the Internet, back from it, and towards it for connections with the mark `slow`. */
const queues = { out: 0, back: 1, slow: 2 } as const;

/** Half of the round trip for each direction; slow connections have all of their surplus on the way out. */
async function setDelays(delayer: Server, rtt_ms: number, slow_rtt_ms: number): Promise<void> {
  const back = rtt_ms / 2;
  for (const [queue, ms] of [
    [queues.out, rtt_ms - back],
    [queues.back, back],
    [queues.slow, Math.max(0, slow_rtt_ms - back)],
  ] as const) {
    const answer = delayer.hear((line) => line === 'ok');
    delayer.tell(`${queue} ${Math.round(ms * 1000)}`);
    await answer;
  }
}

interface Workshop {
  name: string;
  directory: string;
  world: World;
  forge: string;
  servers: Server[];
  /** Sets the round-trip time of marked connections. */
  slow(ms: number): Promise<void>;
}

/** The switchboard: puts interferences into force and takes them away again. */
function censorsOf({ name, directory, world, forge, servers, slow }: Workshop): Pick<Lab, 'on' | 'clear'> {
  const active: Interference[] = [];
  const helpers: Server[] = [];

  const refresh = async () => {
    const rules = active.flatMap((interference) => interference.rules ?? []);
    for (const [family, restore] of families)
      for (const room of ['isp', 'inet'] as const)
        await must(inRoom(name, room, [restore, '--noflush']), { input: tables(rules, room, family) });
    // what a mark or an address translation has decided would otherwise outlive its rule
    for (const room of ['isp', 'inet'] as const) await must(inRoom(name, room, ['conntrack', '-F']));
  };
  const helper = async (argv: readonly string[]) => {
    const server = serve(inRoom(name, 'isp', argv));
    servers.push(server);
    helpers.push(server);
    await server.hear((line) => line === 'ready');
  };
  /** Starts the proxy and returns the rules that lead the customer's connections into it. */
  const proxy = async ({ port, ips, names, to }: NonNullable<Interference['proxy']>): Promise<Rule[]> => {
    const first = 20_000 + port;
    const listen = Object.fromEntries(ips.map((ip, index) => [first + index + 1, ip]));
    await helper([process.execPath, source('middlebox.ts'), JSON.stringify({ names, to, port, listen })]);
    return Object.entries(listen).map(([at, ip]) => {
      const [family, self] = ip.includes(':')
        ? (['ip6', `[${places.isp.ip6}]`] as const)
        : (['ip4', places.isp.ip4] as const);
      return {
        at: 'nat',
        family,
        rule: `-i lan -d ${ip} -p tcp --dport ${port} -j DNAT --to-destination ${self}:${at}`,
      };
    });
  };

  return {
    async on(censor, platforms = ['x']) {
      const interference: Interference = censors[censor].play({ world, platforms });
      const rules = [...(interference.rules ?? [])];
      for (const argv of interference.forge ?? []) await helper([forge, ...argv]);
      if (interference.proxy) rules.push(...(await proxy(interference.proxy)));
      if (interference.slow_rtt_ms !== undefined) await slow(interference.slow_rtt_ms);
      for (const command of interference.resolver?.on ?? []) await control(directory, 'isp', command);
      for (const [room, argv] of interference.commands?.on ?? []) await must(inRoom(name, room, argv.split(' ')));
      if (interference.nameservers) setResolver(name, 'vantage', ...interference.nameservers);
      active.push({ ...interference, rules });
      await refresh();
    },
    async clear() {
      const past = active.splice(0);
      await Promise.all(helpers.splice(0).map((server) => server.stop()));
      for (const { resolver, commands } of past) {
        for (const command of resolver?.off ?? []) await control(directory, 'isp', command);
        for (const [room, argv] of commands?.off ?? []) await must(inRoom(name, room, argv.split(' ')));
      }
      setResolver(name, 'vantage', places.services.resolver.ip4);
      await refresh();
    },
  };
}
