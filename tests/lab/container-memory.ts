/**
 * `node tests/lab/container-memory.ts [ROUNDS]`: what V8's flags buy and what is written to the disk, in the shipped image in
 * the lab, calm, two seconds a round (200 rounds unless said: some seven minutes, two at a time). Root on Linux.
 */
import { readFileSync } from 'node:fs';
import { riskVersion } from '../../src/commands/consent.ts';
import { dataDirectory } from './container-life.ts';
import { buildImage, haveBase, whyNoPodman } from './container-podman.ts';
import { startProbe } from './container-probe.ts';
import { configPlace, writeConfig } from './container-settings.ts';
import { startLab } from './lab.ts';
import { whyNot } from './packages.ts';
import { page, value } from './product.ts';

const rounds = Number(process.argv[2] ?? 200);

/** Each is compared with the one before it. */
const variants: readonly (readonly string[])[] = [
  [],
  ['--max-semi-space-size=1'],
  ['--max-semi-space-size=1', '--max-old-space-size=64'],
  ['--max-semi-space-size=1', '--max-old-space-size=64', '--no-opt', '--no-maglev'],
];

/** A download of each platform every fifth round, as at home; no budget stops it. */
const settings = {
  round: { interval: '2s', timeout: '900ms' },
  transfer: { every: '10s', timeout: '900ms' },
  budget: { daily: '10GB' },
};

const field = (pid: number, file: 'status' | 'io', name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);

/** Clock ticks of user and system time (proc(5), fields 14 and 15), a hundredth of a second each on Linux. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(flags: readonly string[]): Promise<string> {
  const lab = await startLab();
  const probe = await startProbe({
    lab,
    data: dataDirectory(lab.directory, 'memory'),
    mounts: { [configPlace]: writeConfig(lab, 'memory', settings) },
    env: { REACHD_ACCEPT_RISK: riskVersion },
    node_flags: flags,
    command: ['run'],
  });
  try {
    const pid = await probe.pid();
    let done = 0;
    // Twice the time that it should take, on a machine that does other things as well.
    for (const end = performance.now() + rounds * 4000; done < rounds && performance.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      done = value((await page(lab, '/metrics')) ?? '', 'reachd_rounds_total') ?? done;
    }
    const mb = (kib: number) => `${Math.round(kib / 1024)} MiB`;
    const written = field(pid, 'io', 'write_bytes') / done;
    return [
      (flags.join(' ') || '(none)').padEnd(80),
      `${done} rounds`,
      `RSS ${mb(field(pid, 'status', 'VmRSS'))}, at most ${mb(field(pid, 'status', 'VmHWM'))}`,
      `CPU ${((cpuSeconds(pid) / done) * 1000).toFixed(0)} ms a round`,
      `written ${(written / 1000).toFixed(0)} kB a round, ${((written * 1440) / 1e6).toFixed(0)} MB a day of minutes`,
    ].join('   ');
  } finally {
    await probe.remove();
    await lab.close();
  }
}

const reason = (await whyNot(console.log)) ?? (await whyNoPodman(console.log));
if (reason) {
  console.log(`not measured: ${reason}`);
} else {
  await haveBase();
  await buildImage();
  for (let n = 0; n < variants.length; n += 2)
    for (const line of await Promise.all(variants.slice(n, n + 2).map(measure))) console.log(line);
}
