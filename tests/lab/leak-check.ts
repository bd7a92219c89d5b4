/** Nothing leads out of a lab, and nothing of one stays behind. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Lab } from './lab.ts';
import { namespaceOf, type Room, reap } from './namespaces.ts';
import type { Report } from './report.ts';
import { https } from './witness.ts';

/** Whatever the rooms hold, no wire and no route leads to the machine's own network. */
export async function nothingLeaks(lab: Lab, report: Report): Promise<void> {
  const wires: string[] = [];
  for (const room of ['vantage', 'isp', 'inet'] satisfies Room[]) {
    const { stdout } = await lab.execIn(room, ['ip', '-o', 'link']);
    for (const line of stdout.split('\n').filter((text) => text && !text.includes(' lo: ')))
      wires.push(/link-netns (\S+)/.exec(line)?.[1] ?? `${room} leads out: ${line}`);
  }
  const inside = new Set((['vantage', 'isp', 'inet'] as const).map((room) => namespaceOf(lab.name, room)));
  report(
    'every wire ends inside the lab',
    '4 ends inside',
    `${wires.length} ends${wires.every((end) => inside.has(end)) ? ' inside' : `: ${wires}`}`,
    wires.length === 4 && wires.every((end) => inside.has(end)),
  );

  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid);
  const outside = [
    ...own.map(({ address }) => address),
    '192.0.2.1',
    '93.184.215.14',
    '185.199.108.153',
    '2606:50c0:8000::153',
  ];
  for (const ip of outside) {
    const host = ip.includes(':') ? `[${ip}]` : ip;
    const { code } = await lab.exec([
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '--noproxy',
      '*',
      '--max-time',
      '2',
      `http://${host}/`,
    ]);
    report(
      `${own.some(({ address }) => address === ip) ? "the machine's own address" : ip} cannot be reached`,
      'curl 7',
      `curl ${code}`,
      code === 7,
    );
  }
}

/** A run that is killed in the middle leaves processes and namespaces; the next one removes exactly those. */
export async function crashesAreReaped(lab: Lab, report: Report): Promise<void> {
  const script = `const { startLab } = await import(${JSON.stringify(new URL('./lab.ts', import.meta.url).href)}); console.log((await startLab()).name); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const left = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', () => reject(new Error('the lab to be killed did not start')));
  });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  const reaped = await reap();
  report('a killed run is reaped', left, reaped.join(' '), reaped.includes(left));
  report('a running lab is left alone', '200', await https('x.com').ask(lab), !reaped.includes(lab.name));
  report(
    'nothing of the killed run is left',
    'nothing',
    leftovers(left).join(' ') || 'nothing',
    leftovers(left).length === 0,
  );
}

/** Namespaces and files of a lab that are still there. */
export const leftovers = (name: string) =>
  ['/run/netns', '/etc/netns', '/tmp']
    .flatMap((place) => (existsSync(place) ? readdirSync(place) : []))
    .filter((entry) => entry.startsWith(name));
