/** `web.config_file`: one tiny file per rule with the exact lines that it must be told, and good ones beside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWebConfig } from '../../src/config/web-config.ts';
import { webRules } from '../../src/config/web-rules.ts';
import { Complaint } from '../../src/model/errors.ts';

const directory = join(import.meta.dirname, '..', 'fixtures', 'web-config');
const fixtures = readdirSync(directory);
const mark = '# expect ';
const lines = (file: string) => readFileSync(join(directory, file), 'utf8').split('\n');
const expected = (file: string) =>
  lines(file)
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(mark.length));
const read = (file: string) => readWebConfig(join(directory, file));

function complaint(file: string): Complaint {
  try {
    read(file);
  } catch (error) {
    if (error instanceof Complaint) return error;
    throw error;
  }
  throw new Error('no complaint');
}

describe('a bad file', () => {
  test.each(fixtures.filter((file) => !file.startsWith('good-')))('%s', (file) => {
    const { message, exit } = complaint(file);
    expect(message.replaceAll(`${join(directory, file)}:`, '').split('\n')).toEqual(expected(file));
    expect(exit).toBe(2);
    // What stands where a secret belongs may be one, and the message goes to the log.
    for (const secret of ['hunter2', '12345', '$2y$']) expect(message).not.toContain(secret);
  });

  test('every rule has a file of its name', () => {
    const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(Object.keys(webRules).filter((name) => !fixtures.includes(`${kebab(name)}.yaml`))).toEqual([]);
  });
});

describe('a good file', () => {
  test('every key of the toolkit is understood', () => {
    const { tls, ...rest } = read('good-everything.yaml');
    expect(rest).toMatchObject({
      headers: { 'x-frame-options': 'sameorigin', 'strict-transport-security': 'max-age=31536000' },
      rate_limit: { interval_ms: 100, burst: 20 },
    });
    expect([...rest.users.keys()]).toEqual(['prometheus', 'Åsa']);
    expect(tls).toMatchObject({
      client_auth: 'RequireAndVerifyClientCert',
      client_allowed_sans: ['prometheus.example.org', '192.0.2.7'],
      min_version: 'TLSv1.2',
      max_version: 'TLSv1.3',
      cipher_suites: ['ECDHE-ECDSA-AES128-GCM-SHA256'],
      prefer_server_cipher_suites: false,
      curves: ['X25519', 'P-256', 'P-384', 'P-521'],
    });
    expect(tls?.client_ca).toContain('BEGIN CERTIFICATE');
  });

  test('certificate and key may stand in the file itself', () => {
    expect(read('good-inline.yaml').tls).toMatchObject({ ...read('good-certificate.yaml').tls });
  });

  test('an empty one asks for nothing', () => {
    expect(read('good-empty.yaml')).toEqual({ headers: {}, users: new Map(), tls: undefined, rate_limit: undefined });
    expect(read('good-headers-left-blank.yaml').headers).toEqual({});
  });

  test('the defaults are those of the toolkit', () => {
    expect(read('good-certificate.yaml').tls).toMatchObject({
      client_auth: 'NoClientCert',
      min_version: 'TLSv1.2',
      max_version: 'TLSv1.3',
      cipher_suites: [],
      prefer_server_cipher_suites: true,
    });
    expect(read('good-old-name-of-a-policy.yaml').tls?.client_auth).toBe('RequireAnyClientCert');
  });
});

test('a password by mistake is never repeated, whatever it looks like', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9$./]{8,60}$/), (password) => {
      const rule = webRules['passwordsAreHashed'];
      const said: string[] = [];
      rule?.(
        { file: { basic_auth_users: { a: password } }, tls: undefined, material: {}, place: () => [] },
        (_, says) => void said.push(says),
      );
      expect(said.join()).not.toContain(password);
    }),
  );
});
