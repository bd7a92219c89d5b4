/** Certificates made by openssl for one test: two authorities, a server, clients with different names. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Certificates {
  directory: string;
  /** Path of `NAME.pem` or `NAME.key`. */
  file(name: string): string;
  text(name: string): string;
  /** A certificate `NAME` with these subject alternative names (openssl's notation), signed by `authority`. */
  issue(name: string, authority: string, names: string): void;
  remove(): void;
}

/** Makes the authorities `ca` and `other-ca`, and the server's certificate `server` for loopback, signed by `ca`. */
export function createCertificates(): Certificates {
  const directory = mkdtempSync(path.join(tmpdir(), 'reachd-certificates-'));
  const file = (name: string) => path.join(directory, name);
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8', cwd: directory, timeout: 30_000 });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    );
  const issue = (name: string, by: string, names: string) => {
    openssl('req', '-new', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), `subjectAltName=${names}\n`);
    const signer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '2'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signer, '-extfile', `${name}.ext`);
  };
  authority('ca');
  authority('other-ca');
  issue('server', 'ca', 'DNS:localhost,IP:127.0.0.1');
  return {
    directory,
    file,
    text: (name) => readFileSync(file(name), 'utf8'),
    issue,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
