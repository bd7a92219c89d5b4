/**
 * podman with a storage of its own, so that nobody's images and containers are touched, and the image under test built
 * with it. No image can be pulled where tests run: the base of the Dockerfile is made here, from Debian's packages and
 * the Node that runs this.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { revision } from '../../src/config/revision.ts';
import { type Ended, finish, must } from './child.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** The base image as a tarball, kept between runs (ignored by git): making it anew costs seconds, not a download. */
const cache = path.join(import.meta.dirname, '.cache');
/** Kept between runs too: podman's layers, so that only what changed is built. Not on a tmpfs. */
const storage = '/var/tmp/reachd-lab-containers';

export const image = 'localhost/reachd';
const base = 'docker.io/library/node:26-slim';

/** crun fails on kernels with the first version of cgroups; without systemd podman must keep the cgroups itself. */
const settings = `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=4096:20000", "nproc=4096:4096"]
`;

/** podman says this of every container with a HEALTHCHECK where no systemd runs; nothing is lost but its timer. */
const noise = /^time=.*systemd connection to (add|start) healthchecks.*\n?/gm;

/** Runs podman to its end. Never throws. */
export async function podman(args: readonly string[], options: Parameters<typeof finish>[1] = {}): Promise<Ended> {
  mkdirSync(storage, { recursive: true, mode: 0o700 });
  const conf = `${storage}/containers.conf`;
  if (!existsSync(conf)) writeFileSync(conf, settings);
  const places = ['--root', `${storage}/root`, '--runroot', `${storage}/run`];
  const ended = await finish(['podman', ...places, ...args], {
    timeout_ms: 60_000,
    ...options,
    env: { ...process.env, ...options.env, CONTAINERS_CONF: conf },
  });
  return { ...ended, stderr: ended.stderr.replace(noise, '') };
}

/** As `podman`, but what fails is an error that quotes it. Resolves with its standard output. */
export async function mustPodman(args: readonly string[], options: Parameters<typeof finish>[1] = {}): Promise<string> {
  const { code, stdout, stderr } = await podman(args, options);
  if (code === 0) return stdout;
  throw new Error(`podman ${args.join(' ')}: exit ${code}: ${`${stdout}${stderr}`.trim().slice(-3000)}`);
}

const places = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin'];
export const has = (program: string) => places.some((place) => existsSync(`${place}/${program}`));

/** Installs what is missing of these (program: Debian package), where that is possible; resolves with what still is. */
export async function install(
  packages: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<string[]> {
  const missing = () => Object.entries(packages).filter(([program]) => !has(program));
  const names = missing().map(([, name]) => name);
  if (names.length > 0 && process.getuid?.() === 0 && has('apt-get')) {
    say(`container: installing ${names.join(' ')} with apt-get`);
    const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, timeout_ms: 300_000 };
    await finish(['apt-get', '-q', '-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10', 'update'], quiet);
    await finish(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...names], quiet);
  }
  return missing().map(([program]) => program);
}

/** Installs what is missing; resolves with the reason why no container can be run here, or with nothing. */
export async function whyNoPodman(say: (line: string) => void): Promise<string | undefined> {
  const missing = await install({ podman: 'podman', runc: 'runc', 'dpkg-deb': 'dpkg', npm: 'npm' }, say);
  if (missing.length > 0) return `no ${missing.join(' ')}, and apt-get could not install it`;
  const { code, stderr } = await podman(['info', '--format', '{{.Store.GraphDriverName}}']);
  return code === 0 ? undefined : `podman does not work here: ${stderr.trim().split('\n').at(-1)}`;
}

/**
 * What the Dockerfile's steps and the health check run, with everything below it. Unpacked, not installed: no script of
 * theirs has to run, and it takes seconds where debootstrap takes minutes.
 */
const inside = ['bash', 'coreutils', 'dash', 'findutils', 'grep', 'sed', 'base-files', 'libstdc++6', 'libatomic1'];

async function makeBase(tarball: string): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'reachd-base-'));
  try {
    const rootfs = `${work}/root`;
    for (const place of ['usr/local/bin', 'usr/local/lib/node_modules'])
      mkdirSync(`${rootfs}/${place}`, { recursive: true });
    const options = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
      (what) => `--no-${what}`,
    );
    const closure = await must(['apt-cache', 'depends', '--recurse', ...options, ...inside]);
    // Names at the beginning of a line are packages that exist; <…> are virtual. debconf serves install scripts only.
    const names = closure
      .split('\n')
      .filter((name) => /^[a-z0-9][a-z0-9.+-]*$/.test(name) && !/debconf|^perl/.test(name));
    await must(['sh', '-c', `cd ${work} && apt-get -q download ${[...new Set(names)].join(' ')}`], {
      timeout_ms: 120_000,
    });
    await must(['sh', '-c', `for deb in ${work}/*.deb; do dpkg-deb -x "$deb" ${rootfs}; done`], {
      timeout_ms: 120_000,
    });
    // What an install script would have written: npm looks for its settings in the home of root.
    writeFileSync(`${rootfs}/etc/passwd`, 'root:x:0:0:root:/root:/bin/bash\n');
    await must(['cp', process.execPath, `${rootfs}/usr/local/bin/node`]);
    // The npm that is found first: …/npm/bin/npm-cli.js, behind links.
    const npm = path.resolve((await must(['sh', '-c', 'readlink -f "$(command -v npm)"'])).trim(), '../..');
    await must(['cp', '-rL', npm, `${rootfs}/usr/local/lib/node_modules/npm`]);
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', `${rootfs}/usr/local/bin/npm`);
    mkdirSync(cache, { recursive: true });
    const skipped = ['doc', 'man', 'locale', 'info'].map((name) => `--exclude=./usr/share/${name}`);
    await must(['tar', '-C', rootfs, '-czf', `${tarball}.part`, ...skipped, '.'], { timeout_ms: 120_000 });
    await must(['mv', `${tarball}.part`, tarball]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Makes sure that the Dockerfile's FROM is in the storage. Resolves with what had to be done. */
export async function haveBase(): Promise<string> {
  const tarball = path.join(cache, `node-${process.versions.node}-slim.tar.gz`);
  const tag = `${base}-${process.versions.node}`;
  if ((await podman(['image', 'exists', tag])).code === 0) {
    await mustPodman(['tag', tag, base]);
    return 'there';
  }
  const fresh = !existsSync(tarball);
  // An index that is missing or old names packages that are not there any more: a second try with a new one.
  if (fresh)
    await makeBase(tarball).catch(() =>
      finish(['apt-get', '-q', 'update'], { timeout_ms: 120_000 }).then(() => makeBase(tarball)),
    );
  const env = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  await mustPodman(['import', '--change', env, tarball, base], { timeout_ms: 120_000 });
  await mustPodman(['tag', base, tag]);
  return fresh ? 'made' : 'imported';
}

/** Unnamed images that are kept to build upon. */
const mostLayers = 20;

/** npm's words for a registry that cannot be asked: no fault of the Dockerfile. */
const unreachable = /\b(ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/;

/** Whether this is why an image could not be built. */
export const isOffline = (error: unknown) => error instanceof Error && unreachable.test(error.message);

/**
 * Builds the Dockerfile as it is, of the tree as it is; resolves with the commit that it was built of (`revision`). npm inside takes what it can from this machine's cache, and the
 * rest from the registry that npm uses here, trusting whom Node trusts here: handed in as a secret, it is in no layer.
 */
export async function buildImage(context: string = root): Promise<string> {
  const commit = revision(context);
  const setting = async (name: string) => (await finish(['npm', 'config', 'get', name])).stdout.trim();
  const [npmCache, registry] = await Promise.all([setting('cache'), setting('registry')]);
  const authority = process.env['NODE_EXTRA_CA_CERTS'];
  mkdirSync(npmCache, { recursive: true });
  const npmrc = `${storage}/npmrc`;
  writeFileSync(
    npmrc,
    ['cache=/npm/cache', 'prefer-offline=true', `registry=${registry}`, ...(authority ? ['cafile=/npm/ca.pem'] : [])]
      .map((line) => `${line}\n`)
      .join(''),
  );
  await mustPodman(
    [
      ...['build', '--isolation=chroot', '--pull=never', '--network', 'host', '--format', 'docker', '--timestamp', '0'],
      ...['--secret', `id=npmrc,src=${npmrc}`, '-v', `${npmCache}:/npm/cache:rw`],
      ...(authority ? ['-v', `${authority}:/npm/ca.pem:ro`] : []),
      ...['--build-arg', 'VERSION=lab', '-t', image, '-f', `${context}/docker/Dockerfile`, context],
    ],
    { timeout_ms: 300_000 },
  );
  // What runs that were killed have left, and layers of past trees: some 60 MB each, kept because most builds need the last.
  await podman(['container', 'prune', '--force', '--filter', 'until=1h']);
  const { stdout } = await podman(['images', '--quiet', '--filter', 'dangling=true']);
  if (stdout.split('\n').length > mostLayers) await podman(['image', 'prune', '--force']);
  return commit;
}
