/** Independent witnesses: what curl and dig, run where the user sits, say of a name. Nothing of reachd is in here. */
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';

/** A question to the lab, and what it is called in a table. The answer is one short line. */
export interface Question {
  label: string;
  ask(lab: Lab): Promise<string>;
}

interface Look {
  /** Dial this host's first address instead of asking DNS. */
  at?: string;
  family?: 4 | 6;
  path?: string;
  scheme?: 'https' | 'http';
  max_s?: number;
  /** More of curl's arguments. */
  args?: string[];
}

export interface Curl {
  exit: number;
  status: number;
  /** Milliseconds; 0 when it did not happen. */
  connect: number;
  tls: number;
  first_byte: number;
  bytes: number;
  total: number;
  talk: string;
}

const format =
  '%{exitcode} %{http_code} %{time_namelookup} %{time_connect} %{time_appconnect} %{time_pretransfer} %{time_starttransfer} %{size_download} %{time_total}';

/** One fetch by curl with its own account of the phases. */
export async function curl(lab: Lab, name: string, look: Look = {}): Promise<Curl> {
  const { at, family = 4, path = '/robots.txt', scheme = 'https', max_s = 3, args = [] } = look;
  const port = scheme === 'https' ? 443 : 80;
  const ip = at === undefined ? undefined : lab.world.host(at)[family === 4 ? 'ip4' : 'ip6'][0]!;
  const pinned = ip === undefined ? [] : ['--connect-to', `${name}:${port}:${family === 6 ? `[${ip}]` : ip}:${port}`];
  const { stdout, stderr } = await lab.exec(
    [
      ...[
        'curl',
        '-sv',
        '-o',
        '/dev/null',
        `-${family}`,
        '--noproxy',
        '*',
        '--cacert',
        lab.rootFile,
        '--max-time',
        `${max_s}`,
      ],
      ...['-w', format, ...pinned, ...args, `${scheme}://${name}${path}`],
    ],
    { timeout_ms: max_s * 1000 + 5000 },
  );
  const [exit, status, lookup, connect, app, pre, first, bytes, total] = stdout.trim().split(' ').map(Number);
  const ms = (from: number | undefined, to: number | undefined) => (to ? Math.max(0, (to - (from ?? 0)) * 1000) : 0);
  return {
    exit: exit ?? -1,
    status: status ?? 0,
    connect: ms(lookup, connect),
    tls: ms(connect, app),
    first_byte: ms(pre, first),
    bytes: bytes ?? 0,
    total: ms(0, total),
    talk: stderr,
  };
}

/** curl(1)'s exit codes and libcurl's own words, as the phase and reason that they stand for. */
function verdictOf({ exit, status, tls, talk }: Curl, scheme: 'https' | 'http'): string {
  const phase = !/^\* Connected to/m.test(talk) ? 'connect' : scheme === 'https' && tls === 0 ? 'tls' : 'http';
  if (exit === 0) return `${status}`;
  if (exit === 6) return 'no address';
  if (exit === 28) return `timeout in ${phase}`;
  if (exit === 60) return `bad certificate`;
  const alert = /SSL routines::(?:tlsv1|sslv3|tlsv13) (?:alert )?([a-z ]+)/.exec(talk)?.[1];
  if (exit === 35 && alert) return `alert ${alert.trim()}`;
  if (/reset by peer|errno 104/i.test(talk)) return `reset in ${phase}`;
  if (/refused/i.test(talk)) return `refused in ${phase}`;
  if (/No route to host/i.test(talk)) return `no route to host`;
  if (/Network is unreachable|Immediate connect fail/i.test(talk)) return 'network unreachable';
  if (exit === 52 || /unexpected eof|SSL_ERROR_SYSCALL/i.test(talk)) return `eof in ${phase}`;
  return `curl ${exit}`;
}

const suffix = ({ at, family }: Look) => `${at ? ` at ${at}` : ''}${family === 6 ? ' over IPv6' : ''}`;

export const https = (name: string, look: Look = {}): Question => ({
  label: `https ${name}${look.path ?? ''}${suffix(look)}`,
  ask: async (lab) => verdictOf(await curl(lab, name, look), 'https'),
});

export const http = (name: string, look: Look = {}): Question => ({
  label: `http ${name}${suffix(look)}`,
  ask: async (lab) => verdictOf(await curl(lab, name, { ...look, scheme: 'http' }), 'http'),
});

/** What the server at the other end shows as its certificate's issuer (organisation). */
export const issuer = (name: string, look: Look = {}): Question => ({
  label: `issuer of ${name}${suffix(look)}`,
  ask: async (lab) =>
    /issuer: .*?O=([^;\n]+)/.exec((await curl(lab, name, { ...look, args: ['-k'] })).talk)?.[1] ?? 'none',
});

/** rcode or addresses, from the configured resolver or from the one named. */
export const dns = (name: string, server = '', ...args: string[]): Question => ({
  label: `dns ${name}${server ? ` from ${server}` : ''}${args.length > 0 ? ` ${args.join(' ')}` : ''}`,
  async ask(lab) {
    const { stdout } = await lab.exec(['dig', ...(server ? [`@${server}`] : []), '+time=2', '+tries=1', ...args, name]);
    const status = /status: ([A-Z]+)/.exec(stdout)?.[1];
    if (!status) return 'timeout';
    if (status !== 'NOERROR') return status;
    const answers = [...stdout.matchAll(/^[^;\s]\S*\s+\d+\s+IN\s+(?:A|AAAA)\s+(\S+)$/gm)].map((match) => match[1]);
    return answers.length > 0 ? answers.sort().join(' ') : 'empty';
  },
});

/** Every datagram that answers one query, in order of arrival: rcode or addresses. */
export const allAnswers = (name: string, server: string): Question => ({
  label: `all answers for ${name} from ${server}`,
  async ask(lab) {
    const script = fileURLToPath(new URL('./answers.ts', import.meta.url));
    return (await lab.exec([process.execPath, script, name, server])).stdout.trim();
  },
});

/** What a ClientHello of one segment, or of two, is answered with. */
export const hello = (name: string, size: 'small' | 'large'): Question => ({
  label: `${size} hello to ${name}`,
  async ask(lab) {
    const script = fileURLToPath(new URL('./hello.ts', import.meta.url));
    const groups = size === 'large' ? 'X25519MLKEM768:X25519' : 'X25519';
    return (await lab.exec([process.execPath, script, lab.world.host(name).ip4[0]!, name, groups])).stdout.trim();
  },
});

/** What a datagram to port 443 of a host, which serves no QUIC here, is answered with. */
export const datagram = (name: string, family: 4 | 6 = 4): Question => ({
  label: `datagram to ${name}${suffix({ family })}`,
  async ask(lab) {
    const script = fileURLToPath(new URL('./datagram.ts', import.meta.url));
    const ip = lab.world.host(name)[family === 4 ? 'ip4' : 'ip6'][0]!;
    return (await lab.exec([process.execPath, script, ip])).stdout.trim();
  },
});

/** Kilobits a second of a download from its first byte on, stopped after some seconds. */
export const goodput = (name: string, max_s = 6): Question => ({
  label: `goodput of ${name}`,
  async ask(lab) {
    const { bytes, total, connect, tls, first_byte } = await curl(lab, name, { path: '/sample/1m', max_s, at: name });
    return bytes < 20_480
      ? `${bytes} bytes`
      : `${Math.round((bytes * 8) / (total - connect - tls - first_byte))} kbit/s`;
  },
});

/** Milliseconds of one phase of a fetch. */
export const milliseconds = (phase: 'connect' | 'tls' | 'first_byte', name: string, max_s = 12): Question => ({
  label: `${phase} of ${name}`,
  ask: async (lab) => `${Math.round((await curl(lab, name, { at: name, max_s }))[phase])} ms`,
});
