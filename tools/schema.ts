/** Writes config/reachd.schema.json from the configuration's own schema. `--check` only compares and exits 1 if it differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { editorSchema } from '../src/config/editor-schema.ts';

const path = new URL('../config/reachd.schema.json', import.meta.url);
const text = `${JSON.stringify(editorSchema(), null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  process.stderr.write('config/reachd.schema.json is not current: npm run schema\n');
  process.exitCode = 1;
}
