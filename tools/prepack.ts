/**
 * Before packing: takes `optionalDependencies` out of package.json. They put the Node binary into a checkout, so that
 * npm scripts run on it whatever the host has; a consumer's machine has its own. `--restore`, after packing, puts the
 * file back as it was, and takes the stamp of `tools/revision.ts` away.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stampFile } from '../src/config/revision.ts';

const manifest = fileURLToPath(new URL('../package.json', import.meta.url));
const original = `${manifest}.orig`;

if (process.argv.includes('--restore')) {
  if (existsSync(original)) renameSync(original, manifest);
  rmSync(fileURLToPath(new URL(`../${stampFile}`, import.meta.url)), { force: true });
} else {
  const text = readFileSync(manifest, 'utf8');
  const { optionalDependencies: _, ...published } = JSON.parse(text) as Record<string, unknown>;
  // A pack that was cut short leaves the true original here: it must not be overwritten with the published form.
  if (!existsSync(original)) writeFileSync(original, text);
  writeFileSync(manifest, `${JSON.stringify(published, null, 2)}\n`);
}
