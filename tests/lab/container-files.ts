/** The files that operators start: held against the programs that read them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finish } from './child.ts';
import { has, install } from './container-podman.ts';
import { layOut } from './container-stack.ts';
import type { Report } from './report.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Readers of these files, and the Debian packages they come in. systemd is not installed for a test's sake. */
const readers = { promtool: 'prometheus', amtool: 'prometheus-alertmanager', 'docker-compose': 'docker-compose' };

/** Resolves with the programs that are not there: what they would have checked is skipped. */
export async function checkFiles(scratch: string, report: Report): Promise<string[]> {
  await install(readers, console.log);
  const lacking: string[] = [];
  const check = async (name: string, argv: readonly string[], expected: RegExp) => {
    if (!has(argv[0]!)) {
      lacking.push(`${argv[0]} (${name})`);
      return;
    }
    const { code, stdout, stderr } = await finish(argv, { timeout_ms: 60_000 });
    const said = (stdout + stderr).trim();
    report(name, 'nothing wrong', said.split('\n').at(-1) ?? '', code === 0 && expected.test(said), [said]);
  };
  const mounted = `${scratch}/mounted`;
  for (const service of ['prometheus', 'alertmanager', 'grafana']) layOut(service, mounted, false);
  await check(
    'promtool check config',
    ['promtool', 'check', 'config', `${mounted}/etc/prometheus/prometheus.yaml`],
    /SUCCESS/,
  );
  await check(
    'amtool check-config',
    ['amtool', 'check-config', `${mounted}/etc/alertmanager/alertmanager.yaml`],
    /SUCCESS/,
  );
  const boards = ['live', 'vantage', 'incident'].filter((name) =>
    existsSync(`${mounted}/etc/grafana/dashboards/${name}.json`),
  );
  report('grafana: dashboards where they are provisioned', 'live', boards.join(' '), boards.includes('live'));

  // Debian's docker-compose is of 2021 and does not know the project's `name`; all the rest it must understand.
  mkdirSync(`${scratch}/docker`, { recursive: true });
  for (const file of ['compose.yaml', 'compose.monitoring.yaml'])
    writeFileSync(
      `${scratch}/docker/${file}`,
      readFileSync(`${root}/docker/${file}`, 'utf8').replace(/^name: .*$/m, ''),
    );
  const compose = ['docker-compose', '-f', `${scratch}/docker/compose.yaml`];
  const all = [
    'docker-compose',
    '-f',
    `${scratch}/docker/compose.monitoring.yaml`,
    '--profile',
    'probe',
    '--profile',
    'demo',
  ];
  await check('compose.yaml', [...compose, 'config'], /no-new-privileges/);
  await check('compose.monitoring.yaml', [...all, 'config'], /grafana/);

  const unit = `${root}/config/systemd/reachd.service`;
  await check(
    'systemd-analyze verify',
    ['systemd-analyze', 'verify', '--recursive-errors=no', `${await installed(scratch, unit)}`],
    /^$/,
  );
  await check(
    'systemd-analyze security',
    ['systemd-analyze', 'security', '--offline=true', '--threshold=20', unit],
    /Overall exposure level/,
  );
  return lacking;
}

/** A copy of the unit whose program exists here: the real one is looked for where npm puts it. */
async function installed(scratch: string, unit: string): Promise<string> {
  const copy = `${scratch}/reachd.service`;
  writeFileSync(copy, readFileSync(unit, 'utf8').replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
  return copy;
}
