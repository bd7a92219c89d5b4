/** A certificate for exactly the names of this world, signed by the practice authority whose key is public on purpose. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { must } from './child.ts';

/** A file of the committed practice certificates. */
export const pki = (file: string) => fileURLToPath(new URL(`../../src/practice/pki/${file}`, import.meta.url));

/** Writes `leaf.pem` and `leaf.key` for these names and addresses into the directory. */
export async function issueLeaf(directory: string, names: readonly string[], ips: readonly string[]): Promise<void> {
  const subjects = [...names.map((name) => `DNS:${name}`), ...ips.map((ip) => `IP:${ip}`)].join(',');
  const extensions = `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=${subjects}\n`;
  writeFileSync(`${directory}/leaf.ext`, extensions);
  const key = `${directory}/leaf.key`;
  const request = `${directory}/leaf.csr`;
  await must([
    ...['openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', key, '-subj', '/CN=lab.test', '-out', request],
  ]);
  await must([
    ...['openssl', 'x509', '-req', '-in', request, '-CA', pki('root.pem'), '-CAkey', pki('root.key')],
    ...['-days', '2', '-extfile', `${directory}/leaf.ext`, '-out', `${directory}/leaf.pem`],
  ]);
}
