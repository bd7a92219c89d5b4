/** The shipped image where the user sits in the lab, confined exactly as docker/compose.yaml confines it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { finish } from './child.ts';
import { image, mustPodman, podman } from './container-podman.ts';
import type { Lab } from './lab.ts';
import { namespaceOf } from './namespaces.ts';

const compose = path.resolve(import.meta.dirname, '../../docker/compose.yaml');

interface Service {
  environment: Record<string, string>;
  read_only: boolean;
  tmpfs: string[];
  cap_drop: string[];
  security_opt: string[];
  mem_limit: string;
  pids_limit: number;
}

/** podman's words for what the file says: a limit that is taken out there is gone here too. */
function confinement(): string[] {
  const service = parse(readFileSync(compose, 'utf8')).services.reachd as Service;
  const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value]);
  return [
    // Without podman's own writable places: only those that the file names.
    ...(service.read_only ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...each('--tmpfs', service.tmpfs),
    ...each('--cap-drop', service.cap_drop),
    ...each(
      '--security-opt',
      service.security_opt.map((option) => option.replace(/:true$/, '')),
    ),
    ...['--memory', service.mem_limit, '--pids-limit', `${service.pids_limit}`],
    // Empty where the person who starts it says nothing, as in the file.
    ...each(
      '--env',
      Object.keys(service.environment).map((name) => `${name}=`),
    ),
  ];
}

export interface Start {
  /** Host directory or podman volume that is mounted where the probe keeps its data. */
  data: string;
  /** Further files, read-only: where the container sees them, and where they are. */
  mounts?: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
  /** Arguments behind the image; its own CMD where they are missing. */
  command?: readonly string[];
  /** `vantage` of a lab, or no network at all. */
  lab?: Lab;
  /** Flags of Node instead of the image's own, to compare what they cost. */
  node_flags?: readonly string[];
}

export interface Ended {
  code: number;
  output: string;
}

let started = 0;

function flags({ data, mounts = {}, env = {}, lab, node_flags }: Start): string[] {
  const place = lab
    ? [
        ...['--network', `ns:/run/netns/${namespaceOf(lab.name, 'vantage')}`],
        ...['-v', `/etc/netns/${namespaceOf(lab.name, 'vantage')}/resolv.conf:/etc/resolv.conf:ro`],
        ...['-v', `${lab.rootFile}:/etc/reachd/root.pem:ro`],
      ]
    : ['--network', 'none'];
  return [
    ...confinement(),
    ...place,
    ...['-v', `${data}:/var/lib/reachd`],
    ...Object.entries(mounts).flatMap(([to, from]) => ['-v', `${from}:${to}:ro`]),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...(node_flags ? ['--entrypoint', JSON.stringify(['node', ...node_flags, '/opt/reachd/bin/reachd.js'])] : []),
  ];
}

/** Runs the image to its end. */
export async function runToEnd(start: Start): Promise<Ended> {
  const { code, stdout, stderr } = await podman(['run', '--rm', ...flags(start), image, ...(start.command ?? [])], {
    timeout_ms: 30_000,
  });
  return { code, output: stdout + stderr };
}

export interface Probe {
  name: string;
  /** The exit status of HEALTHCHECK, run now. */
  healthy(): Promise<number>;
  logs(): Promise<string>;
  /** Runs a program inside, as `docker exec` does. */
  exec(...argv: string[]): Promise<Ended>;
  /** Of the program, as the host sees it. */
  pid(): Promise<number>;
  /** Its exit status, and the milliseconds that it took. SIGKILL after ten seconds, as docker stop has it. */
  stop(): Promise<{ code: number; ms: number }>;
  /** Whatever state it is in. */
  remove(): Promise<void>;
}

/** Starts the daemon in the background. */
export async function startProbe(start: Start): Promise<Probe> {
  const name = `${start.lab?.name ?? `reachd-lab-${process.pid}`}-probe-${++started}`;
  await mustPodman(['run', '--detach', '--name', name, ...flags(start), image, ...(start.command ?? [])]);
  const inspect = async (what: string) => (await mustPodman(['inspect', '--format', what, name])).trim();
  // A probe drops what it measured while it waited for the processor: other tests beside this one must not starve it.
  if (start.lab) await finish(['renice', '-n', '-10', '-p', await inspect('{{.State.Pid}}')]);
  return {
    name,
    healthy: async () => (await podman(['healthcheck', 'run', name])).code,
    async logs() {
      const { stdout, stderr } = await podman(['logs', name]);
      return stdout + stderr;
    },
    async exec(...argv) {
      const { code, stdout, stderr } = await podman(['exec', name, ...argv]);
      return { code, output: stdout + stderr };
    },
    pid: async () => Number(await inspect('{{.State.Pid}}')),
    async stop() {
      const before = performance.now();
      await mustPodman(['stop', '--time', '10', name]);
      const ms = Math.round(performance.now() - before);
      return { code: Number(await inspect('{{.State.ExitCode}}')), ms };
    },
    async remove() {
      await podman(['rm', '--force', '--time', '0', name]);
    },
  };
}
