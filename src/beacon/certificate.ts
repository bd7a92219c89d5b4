/**
 * A self-signed certificate around a key of our own. Nobody is to trust it: clients know the key, by its SPKI hash, and look
 * at nothing else. node:crypto makes keys and signatures but no certificates, and TLS wants one.
 *
 * Written by hand because it is a page of DER (RFC 5280) for one fixed shape; the libraries that do it bring an ASN.1
 * schema compiler and a dependency injector into a program that is exposed to the Internet.
 */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bitString, explicit, integer, objectId, octetString, sequence, set, time, utf8String, yes } from './der.ts';

/** ecdsa-with-SHA256 (RFC 5758 3.2): no parameters. */
const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
/** commonName (RFC 5280, appendix A). */
const commonName = '2.5.4.3';
/** basicConstraints with the empty sequence: no certification authority. Critical (RFC 5280 4.2.1.9). */
const noAuthority = sequence(objectId('2.5.29.19'), yes, octetString(sequence()));

/** "No well-defined expiration" (RFC 5280 4.1.2.5): what is pinned is the key, and a clock that is wrong must not matter. */
const never = new Date('9999-12-31T23:59:59Z');
const always = new Date('2000-01-01T00:00:00Z');

/** PEM of a certificate for a P-256 key. It names nobody: what it says of itself can be read by anybody on the way. */
export function selfSigned(key: KeyObject): string {
  const name = sequence(set(sequence(objectId(commonName), utf8String('beacon'))));
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    ecdsaWithSha256,
    name,
    sequence(time(always), time(never)),
    name,
    spkiOf(key),
    explicit(3, sequence(noAuthority)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, key)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** At most 20 octets, positive, and not guessable (RFC 5280 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}

const spkiOf = (key: KeyObject): Buffer =>
  (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' });

/** What clients pin, of a private or public key: SHA-256 of the SubjectPublicKeyInfo, base64 (RFC 7469 2.4). */
export const spkiHash = (key: KeyObject): string => createHash('sha256').update(spkiOf(key)).digest('base64');
