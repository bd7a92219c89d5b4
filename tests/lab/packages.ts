/** The programs that the lab drives, and the Debian packages that they come from. */
import { existsSync } from 'node:fs';
import { finish } from './child.ts';

const packageOf: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  iptables: 'iptables',
  ethtool: 'ethtool',
  conntrack: 'conntrack',
  unbound: 'unbound',
  nginx: 'nginx-light',
  gcc: 'gcc libc6-dev',
  openssl: 'openssl',
  // The independent witnesses of the self-test, and the linter of the metrics.
  curl: 'curl ca-certificates',
  dig: 'bind9-dnsutils',
  promtool: 'prometheus',
};

const places = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin', '/usr/local/sbin'];
const missing = () =>
  Object.entries(packageOf).filter(([program]) => !places.some((place) => existsSync(`${place}/${program}`)));

/**
 * Makes sure that every program is there: installs what is missing with apt-get and says so through `say`.
 * Resolves with the reason why the lab cannot run on this machine, or with nothing.
 */
export async function whyNot(say: (line: string) => void): Promise<string | undefined> {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root (network namespaces)';
  if (missing().length === 0) return whyNoNamespaces();
  const packages = [...new Set(missing().flatMap(([, names]) => names.split(' ')))];
  say(`lab: installing ${packages.join(' ')} with apt-get`);
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout_ms: 300_000 };
  // An index that cannot be refreshed may still be good enough to install from: its failure alone decides nothing.
  await finish(['apt-get', '-q', '-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10', 'update'], quiet);
  // nothing may start by itself: a daemon on the host's own addresses is not what the user asked for
  const installed = await finish(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages], {
    ...quiet,
    env: { ...quiet.env, RUNLEVEL: '1' },
  });
  const still = missing().map(([program]) => program);
  if (still.length === 0) return whyNoNamespaces();
  return `missing ${still.join(', ')}; apt-get said: ${installed.stderr.trim().split('\n').at(-1) ?? ''}`;
}

/** Root inside an ordinary container may not make network namespaces. */
async function whyNoNamespaces(): Promise<string | undefined> {
  const name = `reachd-lab-try-${process.pid}`;
  const added = await finish(['ip', 'netns', 'add', name]);
  const entered = added.code === 0 ? await finish(['ip', 'netns', 'exec', name, 'true']) : added;
  await finish(['ip', 'netns', 'del', name]);
  return entered.code === 0 ? undefined : `may not make network namespaces: ${entered.stderr.trim()}`;
}
