/** `reachd --version`: for a bug report, so with what it runs on. */
import { packageVersion } from '../config/package-root.ts';

export function versionLine(): string {
  return `reachd ${packageVersion()} (node ${process.version}, ${process.platform} ${process.arch})`;
}
