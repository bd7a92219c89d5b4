/** What a person meets who starts the container: the text, a volume that cannot be written, health, and the end. */
import { chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { riskVersion } from '../../src/commands/consent.ts';
import { runToEnd, startProbe } from './container-probe.ts';
import { value } from './product.ts';
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

/** HEALTHCHECK where the page is served over TLS with a password: it is the loop that is asked, not the certificate. */
export async function checkHealthOverTls(scratch: string, report: Report): Promise<void> {
  const web = `${scratch}/web.yaml`;
  const tls = { cert_file: '/etc/reachd/cert.pem', key_file: '/etc/reachd/key.pem' };
  writeFileSync(web, JSON.stringify({ tls_server_config: tls }));
  const pki = (file: string) => fileURLToPath(new URL(`../../src/practice/pki/${file}`, import.meta.url));
  // The key is readable by the image's user only.
  const key = `${scratch}/key.pem`;
  copyFileSync(pki('leaf.key'), key);
  chownSync(key, uid, uid);
  const probe = await startProbe({
    data: dataDirectory(scratch, 'tls'),
    mounts: { '/etc/reachd/web.yaml': web, '/etc/reachd/cert.pem': pki('leaf.pem'), '/etc/reachd/key.pem': key },
    env: { REACHD_ACCEPT_RISK: riskVersion, REACHD_WEB_CONFIG_FILE: '/etc/reachd/web.yaml' },
  });
  try {
    let health = 1;
    for (let attempt = 0; health !== 0 && attempt < 10; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      health = await probe.healthy();
    }
    const said = await probe.logs();
    const secure = said.includes('https://');
    report('container: health over TLS', 'exit 0', `exit ${health}${secure ? ', https' : ''}`, health === 0 && secure, [
      said,
    ]);
  } finally {
    await probe.remove();
  }
}

/** The demonstration: no consent, no network at all, and a round. `commit`: what the image was built of. */
export async function checkDemo(scratch: string, commit: string, report: Report): Promise<void> {
  const probe = await startProbe({ data: dataDirectory(scratch, 'demo'), command: ['demo'] });
  const ask = `fetch('http://127.0.0.1:7322/metrics').then((answer) => answer.text()).then(console.log)`;
  try {
    let rounds = 0;
    let metrics = '';
    for (let attempt = 0; rounds < 1 && attempt < 30; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      metrics = (await probe.exec('node', '-e', ask)).output;
      rounds = value(metrics, 'reachd_rounds_total') ?? 0;
    }
    // Between two releases a version alone does not say which code it is.
    const [, said] = /^reachd_build_info\{[^}]*revision="(\w*)"/m.exec(metrics) ?? [];
    report('container: its commit', `revision "${commit}"`, `revision "${said}"`, said === commit, [metrics]);
    const { code, ms } = await probe.stop();
    report(
      'container: demo, without a network',
      'a round, exit 0 within 5 s',
      `${rounds} rounds, exit ${code} after ${ms} ms`,
      rounds >= 1 && code === 0 && ms <= 5000,
      [await probe.logs()],
    );
  } finally {
    await probe.remove();
  }
}
