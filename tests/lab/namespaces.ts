/**
 * Three network namespaces in a row, vantage – isp – inet, with no link to the machine's own network: nothing can leak.
 *
 * Their names carry the pid and the start time of the process that owns them, so that `reap` can tell what a crashed
 * run has left behind from what another run is using.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { must } from './child.ts';
import { places } from './world.ts';

const prefix = 'reachd-lab';
const rooms = ['vantage', 'isp', 'inet'] as const;
export type Room = (typeof rooms)[number];

/** Field 22 of /proc/PID/stat (proc(5)): start time in clock ticks since boot; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]; // the name before it may hold spaces
  } catch {
    return undefined;
  }
}

let labs = 0;

/** A name for one more lab of this process, such as `reachd-lab-4711-90210-1`. */
export const newLabName = () => `${prefix}-${process.pid}-${startOf(process.pid)}-${++labs}`;
export const namespaceOf = (lab: string, room: Room) => `${lab}-${room}`;
export const directoryOf = (lab: string) => `/tmp/${lab}`;
const etcOf = (namespace: string) => `/etc/netns/${namespace}`;

/** The command that runs `argv` in a room. `ip netns exec` replaces itself: the child's pid is the program's. */
export const inRoom = (lab: string, room: Room, argv: readonly string[]) => [
  'ip',
  'netns',
  'exec',
  namespaceOf(lab, room),
  ...argv,
];

/** Settings of every room, made before any interface exists: new interfaces inherit `default`. */
const settings = [
  'net.ipv6.conf.all.accept_dad=0', // else the first IPv6 connect waits 1.75 s for duplicate address detection
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv6.conf.all.disable_ipv6=0',
  'net.ipv6.conf.default.disable_ipv6=0',
  'net.ipv6.conf.all.keep_addr_on_down=1', // a link that goes down and up again is the same link
  'net.ipv6.conf.default.keep_addr_on_down=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.tcp_no_metrics_save=1', // a round must not inherit what an earlier one learned of the path
  'net.ipv4.icmp_ratelimit=0', // a filter's ICMP answers must not be swallowed by the kernel's own politeness
  'net.ipv6.icmp.ratelimit=0',
];

/**
 * BBR, the default of some machines, ignores the losses that a policer makes. Set by route: the sysctl of a namespace
 * refuses what the host has not allowed, and the host's own settings are none of the lab's business.
 */
const cubic = 'congctl cubic';

/** Lets everything out at the packet size of the wire: with offloads a "packet" is 64 KB and policing is nonsense. */
const offloads = ['tso', 'gso', 'gro', 'tx', 'rx', 'sg'].flatMap((name) => [name, 'off']);

/** Builds the rooms, the wires between them and `/etc/netns`. Server addresses come later, from `world.ts`. */
export async function buildRooms(lab: string): Promise<void> {
  mkdirSync(directoryOf(lab), { recursive: true });
  for (const room of rooms) {
    await must(['ip', 'netns', 'add', namespaceOf(lab, room)]);
    const forwards = room === 'vantage' ? [] : ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
    await must(inRoom(lab, room, ['sysctl', '-qw', ...settings, ...forwards]));
  }
  const { vantage, isp, border } = places;
  // All in one batch per room: each `ip` process costs milliseconds.
  await batch(lab, 'isp', [
    'link set lo up',
    `link add name lan type veth peer name eth0 netns ${namespaceOf(lab, 'vantage')}`,
    `link add name wan type veth peer name isp netns ${namespaceOf(lab, 'inet')}`,
    `addr add ${isp.ip4}/24 dev lan`,
    `addr add ${isp.ip6}/64 dev lan`,
    `addr add ${border.isp.ip4}/30 dev wan`,
    `addr add ${border.isp.ip6}/64 dev wan`,
    'link set lan up',
    'link set wan up',
    ...Object.values(places.services).flatMap(({ ip4, ip6 }) => [
      `addr add ${ip4}/32 dev lo`,
      `addr add ${ip6}/128 dev lo`,
    ]),
    `route add default via ${border.inet.ip4}`,
    `route add ::/0 via ${border.inet.ip6}`,
  ]);
  await batch(lab, 'vantage', [
    'link set lo up',
    'link set eth0 up',
    `addr add ${vantage.ip4}/24 dev eth0`,
    `addr add ${vantage.ip6}/64 dev eth0`,
    `route add default via ${isp.ip4} ${cubic}`,
    `route add ::/0 via ${isp.ip6} ${cubic}`,
  ]);
  await batch(lab, 'inet', [
    'link set lo up',
    'link set isp up',
    `addr add ${border.inet.ip4}/30 dev isp`,
    `addr add ${border.inet.ip6}/64 dev isp`,
    `route add ${places.customers.ip4} via ${border.isp.ip4} ${cubic}`,
    `route add ${places.customers.ip6} via ${border.isp.ip6} ${cubic}`,
    // The rest of the world does not exist: what would have to travel on is refused by a rule of `lab.ts`. (The kernel
    // itself answers for unreachable routes only once a second.)
    `route add 0.0.0.0/0 via ${border.isp.ip4}`,
    `route add ::/0 via ${border.isp.ip6}`,
  ]);
  const wires: [Room, string][] = [
    ['vantage', 'eth0'],
    ['isp', 'lan'],
    ['isp', 'wan'],
    ['inet', 'isp'],
  ];
  for (const [room, device] of wires) await must(inRoom(lab, room, ['ethtool', '-K', device, ...offloads]));
  setResolver(lab, 'vantage', places.services.resolver.ip4);
  setResolver(lab, 'inet', '9.9.9.9');
}

/** Runs `ip -batch` in a room. */
export const batch = (lab: string, room: Room, lines: readonly string[]) =>
  must(inRoom(lab, room, ['ip', '-batch', '-']), { input: `${lines.join('\n')}\n` });

/** Writes the resolv.conf that programs started in a room from now on will see. */
export function setResolver(lab: string, room: Room, ...servers: readonly string[]): void {
  const directory = etcOf(namespaceOf(lab, room));
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/resolv.conf`, servers.map((server) => `nameserver ${server}\n`).join(''));
}

/** Removes one lab: every process in its rooms (only its own can be there), the rooms, its files. Never throws. */
export async function removeLab(lab: string): Promise<void> {
  for (const room of rooms) {
    const namespace = namespaceOf(lab, room);
    if (existsSync(`/run/netns/${namespace}`)) {
      const pids = await must(['ip', 'netns', 'pids', namespace]).catch(() => '');
      for (const pid of pids.split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // it has gone by itself
        }
      }
      await must(['ip', 'netns', 'del', namespace]).catch(() => {});
    }
    rmSync(etcOf(namespace), { recursive: true, force: true });
  }
  rmSync(directoryOf(lab), { recursive: true, force: true });
}

/** Removes the labs whose owner is dead. Resolves with their names. */
export async function reap(): Promise<string[]> {
  const names = ['/run/netns', '/etc/netns', '/tmp'].flatMap((place) => (existsSync(place) ? readdirSync(place) : []));
  const labs = new Set(
    names.map((name) => /^(reachd-lab-\d+-\d+-\d+)/.exec(name)?.[1]).filter((lab) => lab !== undefined),
  );
  const dead = [...labs].filter((lab) => {
    const [, pid, start] = /-(\d+)-(\d+)-\d+$/.exec(lab)!;
    return startOf(Number(pid)) !== start;
  });
  for (const lab of dead) await removeLab(lab);
  return dead;
}
