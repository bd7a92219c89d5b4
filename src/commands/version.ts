/** `reachd --version`: for a bug report, so with what it runs on and, where that is known, which commit it is. */
import { packageVersion } from '../config/package-root.ts';
import { revision } from '../config/revision.ts';

export function versionLine(): string {
  const commit = revision();
  const of = [
    `node ${process.version}`,
    `${process.platform} ${process.arch}`,
    ...(commit ? [`revision ${commit}`] : []),
  ];
  return `reachd ${packageVersion()} (${of.join(', ')})`;
}
