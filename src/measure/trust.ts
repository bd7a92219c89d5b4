/**
 * Whom we believe: the Mozilla roots bundled with Node, plus the operator's own file. Never the system store nor
 * NODE_EXTRA_CA_CERTS: a root installed nation-wide would turn an interception into proof of reachability.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Complaint } from '../model/errors.ts';

/**
 * Key shares offered. X25519 alone keeps the ClientHello within one TCP segment; with ML-KEM-768 (1184 bytes of key
 * share, draft-ietf-tls-ecdhe-mlkem) it spans two, which some filters treat differently.
 */
const small_groups = 'X25519:P-256:P-384';
const large_groups = 'X25519MLKEM768:X25519:P-256:P-384';

export interface Trust {
  /** For every handshake; the hello fits one segment. */
  readonly context: SecureContext;
  /** The same trust with a hello that spans two segments. */
  largeContext(): SecureContext;
  /**
   * Whether a verified chain ends only in the operator's own anchors. `chain` gives it as DER certificates, root
   * included; it is costly to put together and only asked for where there are such anchors.
   */
  isExtra(chain: () => readonly Uint8Array[]): boolean;
}

const sha256 = (der: Uint8Array) => createHash('sha256').update(der).digest('hex');
const fingerprints = (pems: readonly string[]) =>
  new Set(pems.map((pem) => sha256(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'))));

/** Splits `pem` into certificates; throws a `Complaint` when there is none or one cannot be read. */
function readAnchors(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Complaint('config', 'tls.ca_file: expected PEM certificates, found none');
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw new Complaint('config', `tls.ca_file: certificate ${index + 1} of ${blocks.length} cannot be read`, {
        cause,
      });
    }
  }
  return blocks;
}

/** Builds the trust once per process (some 6 ms). `ca_pem`: extra trust anchors, PEM. */
export function createTrust({ ca_pem }: { ca_pem?: string | undefined } = {}): Trust {
  const extra = ca_pem === undefined ? [] : readAnchors(ca_pem);
  const ca = [...rootCertificates, ...extra];
  const bundled = extra.length > 0 ? fingerprints(rootCertificates) : new Set<string>();
  const extraPrints = new Set([...fingerprints(extra)].filter((print) => !bundled.has(print)));
  let large: SecureContext | undefined;
  return {
    context: createSecureContext({ ca, ecdhCurve: small_groups }),
    largeContext() {
      large ??= createSecureContext({ ca, ecdhCurve: large_groups });
      return large;
    },
    isExtra(chain) {
      if (extraPrints.size === 0) return false;
      const prints = chain().map(sha256);
      return prints.some((print) => extraPrints.has(print)) && !prints.some((print) => bundled.has(print));
    },
  };
}
