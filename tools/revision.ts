/**
 * Writes the commit of this tree into the file given, for a place that will have no `.git`; no file where nobody knows. The
 * variable REVISION, a commit of 12 digits or more, stands over what git's files say.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { isCommit, revision } from '../src/config/revision.ts';

const [file] = process.argv.slice(2);
const given = process.env['REVISION'] ?? '';
if (file === undefined || (given !== '' && !isCommit(given))) {
  console.error(
    file === undefined
      ? 'usage: revision.ts FILE'
      : `REVISION: expected the 12 or more digits of a commit, got "${given}"`,
  );
  process.exit(2);
}
const commit = given === '' ? revision() : given;
if (commit === '') rmSync(file, { force: true });
else writeFileSync(file, `${commit}\n`);
