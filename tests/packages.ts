/**
 * The programs that the tests are run against for real, and the Debian packages they come in.
 *
 * Installed only as root and only when missing; what cannot be had is said loudly and the tests that need it are
 * counted as skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Program that must be found, and the package that has it. */
const needed: readonly { program: string; package: string }[] = [
  { program: '/usr/bin/promtool', package: 'prometheus' },
  { program: '/usr/bin/amtool', package: 'prometheus-alertmanager' },
  { program: '/usr/bin/chromium', package: 'chromium' },
  { program: '/usr/sbin/ip', package: 'iproute2' },
  { program: '/usr/sbin/iptables', package: 'iptables' },
  { program: '/usr/sbin/nft', package: 'nftables' },
  { program: '/usr/sbin/ethtool', package: 'ethtool' },
  { program: '/usr/sbin/conntrack', package: 'conntrack' },
  { program: '/usr/sbin/unbound', package: 'unbound' },
  { program: '/usr/sbin/nginx', package: 'nginx-light' },
  { program: '/usr/bin/curl', package: 'curl' },
  { program: '/usr/bin/dig', package: 'bind9-dnsutils' },
  { program: '/usr/bin/openssl', package: 'openssl' },
  { program: '/usr/bin/gcc', package: 'gcc' },
];

const missing = () => needed.filter(({ program }) => !existsSync(program)).map((entry) => entry.package);

/** Installs what is missing where that is possible; returns the packages that are still missing. */
export function installPackages(): string[] {
  const wanted = missing();
  if (wanted.length === 0) return [];
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return wanted;
  console.log(`installing Debian packages: ${wanted.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...wanted);
  return missing();
}
