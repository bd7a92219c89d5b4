/** The certificate as other people's programs read it: openssl takes it apart, verifies it, and finds the same key. */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned, spkiHash } from '../../src/beacon/certificate.ts';
import { integer, objectId, octetString, time } from '../../src/beacon/der.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-beacon-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const openssl = (args: readonly string[], input?: string | Buffer) =>
  execFileSync('openssl', args, { input, encoding: 'utf8', timeout: 10_000 });
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

test('openssl reads it, verifies its own signature, and names its limits', () => {
  const pem = selfSigned(newKey());
  const file = join(directory, 'beacon.pem');
  writeFileSync(file, pem);
  // The self-signature is otherwise taken on trust.
  expect(openssl(['verify', '-check_ss_sig', '-CAfile', file, file])).toContain('OK');
  const text = openssl(['x509', '-noout', '-text', '-in', file]);
  for (const line of [
    'Version: 3 (0x2)',
    'Signature Algorithm: ecdsa-with-SHA256',
    'Not Before: Jan  1 00:00:00 2000 GMT',
    'Not After : Dec 31 23:59:59 9999 GMT',
    'CN = beacon',
    'CA:FALSE',
  ])
    expect(text.replaceAll('CN=beacon', 'CN = beacon')).toContain(line);
});

test('the hash to pin is that of the key, as openssl computes it, whatever the certificate', () => {
  const key = newKey();
  const [one, other] = [selfSigned(key), selfSigned(key)];
  expect(one).not.toBe(other);
  const publicKey = openssl(['x509', '-pubkey', '-noout'], one);
  const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: publicKey, timeout: 10_000 });
  expect(spkiHash(key)).toBe(createHash('sha256').update(der).digest('base64'));
  for (const pem of [one, other]) expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true);
});

test('twenty certificates: serial numbers differ, are positive and at most 20 octets', () => {
  const serials = Array.from({ length: 20 }, () => new X509Certificate(selfSigned(newKey())).serialNumber);
  expect(new Set(serials).size).toBe(20);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
});

/** One DER item: its tag, its contents, and nothing after it. */
function read(der: Buffer): { tag: number; contents: Buffer } {
  const first = der[1]!;
  const of = first < 0x80 ? 0 : first & 0x7f;
  const length = of === 0 ? first : der.readUIntBE(2, of);
  expect(der.length).toBe(2 + of + length);
  return { tag: der[0]!, contents: der.subarray(2 + of) };
}

test('numbers come back, in the fewest bytes, never negative', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }), fc.integer({ min: 0, max: 3 }), (number, zeros) => {
      const hex = number.toString(16);
      const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2) + 2 * zeros, '0'), 'hex');
      const { tag, contents } = read(integer(bytes));
      expect(tag).toBe(2);
      expect(BigInt(`0x${contents.toString('hex')}`)).toBe(number);
      expect(contents[0]! & 0x80).toBe(0);
      expect(contents.length === 1 || contents[0] !== 0 || (contents[1]! & 0x80) !== 0).toBe(true);
    }),
  );
});

test('contents of any length come back', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    expect(read(octetString(Buffer.alloc(length, 7))).contents).toEqual(Buffer.alloc(length, 7));
  }
});

test.each([
  ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ['2.5.4.3', '0603550403'],
  ['2.5.29.19', '0603551d13'],
])('%s as RFC 5280 and 5480 print it', (dotted, hex) => expect(objectId(dotted).toString('hex')).toBe(hex));

test.each([
  ['2049-12-31T23:59:59Z', '170d3439313233313233353935395a'],
  ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
])('%s: two digits of the year until 2049', (text, hex) => expect(time(new Date(text)).toString('hex')).toBe(hex));
