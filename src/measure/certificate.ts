/** What a certificate says of itself, as evidence. Its texts come from whoever answered: bounded and made printable. */
import { createHash } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsEvidence } from '../model/round.ts';
import { plainText } from './text.ts';
import type { Trust } from './trust.ts';

/** Longer chains are not sent by anybody honest. */
const most_certificates = 10;
/** Enough for a distinguished name that a person can recognise. */
const most_characters = 200;

/** Certificates whose chain has been looked at once; beyond them all are looked at anew. A daemon meets some thirty. */
const most_remembered = 1000;
const remembered = new WeakMap<Trust, Map<string, boolean>>();

/** A chain of issuers, bounded and without cycles. */
function follow<T>(leaf: T, issuerOf: (certificate: T) => T | undefined): T[] {
  const chain: T[] = [];
  let next: T | undefined = leaf;
  while (next !== undefined && !chain.includes(next) && chain.length < most_certificates) {
    chain.push(next);
    next = issuerOf(next);
  }
  return chain;
}

/** DER of the chain with its root: only the old interface looks into the trust store for the issuer that was not sent. */
function wholeChain(socket: TLSSocket): Buffer[] {
  const leaf: DetailedPeerCertificate = socket.getPeerCertificate(true);
  return follow(leaf, ({ issuerCertificate }) => issuerCertificate).flatMap(({ raw }) => (raw ? [raw] : []));
}

/**
 * Whether only the operator's own anchors vouch for this leaf. Asked once a certificate: putting a chain together takes a
 * tenth of the whole check.
 */
function restsOnExtra(socket: TLSSocket, fingerprint: string, trust: Trust): boolean {
  const known = remembered.get(trust) ?? new Map<string, boolean>();
  remembered.set(trust, known);
  const before = known.get(fingerprint);
  if (before !== undefined) return before;
  const extra = trust.isExtra(() => wholeChain(socket));
  if (known.size >= most_remembered) known.clear();
  known.set(fingerprint, extra);
  return extra;
}

const oneLine = (name: string) => plainText(name.split('\n').join(', '), most_characters);

/** Evidence from a completed handshake; `verified`: the chain verified for the name. Fields that cannot be read are absent. */
export function certificateEvidence(socket: TLSSocket, verified: boolean, trust: Trust): TlsEvidence {
  const evidence: TlsEvidence = {};
  const version = socket.getProtocol();
  if (version) evidence.version = version;
  if (typeof socket.alpnProtocol === 'string') evidence.alpn = plainText(socket.alpnProtocol, 16);
  try {
    const leaf = socket.getPeerX509Certificate();
    if (!leaf) return evidence;
    evidence.issuer = oneLine(leaf.issuer ?? '');
    evidence.subject = oneLine(leaf.subject ?? '');
    evidence.fingerprint = leaf.fingerprint256.replaceAll(':', '').toLowerCase();
    const ends = follow(leaf, ({ issuerCertificate }) => issuerCertificate)
      .map(({ validTo }) => Date.parse(validTo))
      .filter(Number.isFinite);
    if (ends.length > 0) evidence.not_after = new Date(Math.min(...ends)).toISOString();
    if (verified && restsOnExtra(socket, evidence.fingerprint, trust)) evidence.extra_trust = true;
  } catch {
    // A certificate that OpenSSL took and Node cannot print: the fields read so far stand.
  }
  return evidence;
}

/** Whether the other side has proved to hold the key with this SPKI hash, base64 (RFC 7469 2.4). */
export function holdsKey(socket: TLSSocket, spki: string): boolean {
  try {
    const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
    return key !== undefined && createHash('sha256').update(key).digest('base64') === spki;
  } catch {
    // A key of a kind that cannot be written down: not ours.
    return false;
  }
}
