import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { createTrust } from '../../src/measure/trust.ts';
import { Complaint } from '../../src/model/errors.ts';
import { pem } from './loopback.ts';

const der = (text: string) => new X509Certificate(text).raw;

test('a chain that ends in the operator’s own anchor is marked, one that ends in a bundled root is not', () => {
  const trust = createTrust({ ca_pem: pem('root.pem') });
  expect(trust.isExtra(() => [der(pem('leaf.pem')), der(pem('root.pem'))])).toBe(true);
  expect(trust.isExtra(() => [der(pem('leaf.pem')), der(rootCertificates[0]!)])).toBe(false);
  expect(trust.isExtra(() => [der(pem('evil.pem')), der(pem('evil-root.pem'))])).toBe(false);
});

test('an anchor that is bundled anyway is no extra one', () => {
  const trust = createTrust({ ca_pem: rootCertificates[0] });
  expect(trust.isExtra(() => [der(rootCertificates[0]!)])).toBe(false);
});

test('without a file nothing is extra, and the chain is not even put together', () => {
  const trust = createTrust();
  expect(
    trust.isExtra(() => {
      throw new Error('costly');
    }),
  ).toBe(false);
});

test.each([
  ['', 'tls.ca_file: expected PEM certificates, found none'],
  [pem('leaf.key'), 'tls.ca_file: expected PEM certificates, found none'],
  [
    `${pem('root.pem')}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    'tls.ca_file: certificate 2 of 2 cannot be read',
  ],
])('a file that is none is one clear complaint', (ca_pem, message) => {
  expect(() => createTrust({ ca_pem })).toThrow(Complaint);
  expect(() => createTrust({ ca_pem })).toThrow(message);
});
