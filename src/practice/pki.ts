/** The committed certificates of the practice Internet; `pki/make.sh` says how they were made. */
import { existsSync, readFileSync } from 'node:fs';

/** Beside this file in a checkout; beside the sources when this is compiled code in a checkout's `dist`. */
const places = ['./pki/', '../../src/practice/pki/'];

export function practicePem(file: string): string {
  for (const place of places) {
    const url = new URL(place + file, import.meta.url);
    if (existsSync(url)) return readFileSync(url, 'utf8');
  }
  throw new Error(`the practice certificate ${file} is not installed`);
}

/** The root under which every practice server's certificate verifies: hand it to the trust store as extra anchor. */
export function practiceRootPem(): string {
  return practicePem('root.pem');
}
