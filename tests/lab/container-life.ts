/** What a person meets who starts the container: the text, a volume that cannot be written, health, and the end. */
import { chownSync, mkdirSync } from 'node:fs';
import { riskVersion } from '../../src/commands/consent.ts';
import { runToEnd } from './container-probe.ts';
import type { Report } from './report.ts';

/** The image's user. */
export const uid = 10_001;

/** A data directory as a volunteer would make it for a bind mount. */
export function dataDirectory(parent: string, name: string): string {
  const directory = `${parent}/${name}`;
  mkdirSync(directory, { mode: 0o700 });
  chownSync(directory, uid, uid);
  return directory;
}

/** Starts that end by themselves: no network is needed for them. `scratch` is a directory of ours. */
export async function checkRefusals(scratch: string, report: Report): Promise<void> {
  const silent = await runToEnd({ data: dataDirectory(scratch, 'no-consent') });
  const asks = silent.output.includes('Your Internet provider can tell') && silent.output.includes(riskVersion);
  report(
    'container: no consent',
    'exit 2 and the text',
    `exit ${silent.code}, ${silent.output.split('\n').length} lines`,
    silent.code === 2 && asks,
    [silent.output],
  );

  const yes = await runToEnd({ data: dataDirectory(scratch, 'yes'), env: { REACHD_ACCEPT_RISK: 'yes' } });
  report('container: "yes" is no consent', 'exit 2', `exit ${yes.code}`, yes.code === 2, [yes.output]);

  // A directory that Docker has made for a bind mount belongs to root.
  const foreign = `${scratch}/roots-own`;
  mkdirSync(foreign, { mode: 0o755 });
  const refused = await runToEnd({ data: foreign, env: { REACHD_ACCEPT_RISK: riskVersion } });
  const line = refused.output.trim();
  const clear = /^reachd: cannot write to data directory \/var\/lib\/reachd \(permission denied\).*$/.test(line);
  report(
    'container: volume not writable',
    'exit 2 and one line',
    `exit ${refused.code}: ${line}`,
    refused.code === 2 && clear,
  );

  const version = await runToEnd({ data: dataDirectory(scratch, 'version'), command: ['--version'] });
  const said = version.output.trim();
  report(
    'container: --version',
    'reachd … (node v26…)',
    said,
    version.code === 0 && /^reachd \d.* \(node v2[6-9]/.test(said),
  );
}
