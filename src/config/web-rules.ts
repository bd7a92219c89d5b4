/** What must hold between the keys of `web.config_file`, one rule each. A rule skips what could not be read. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Report } from './rules.ts';
import { tlsVersions, type WebFile, type WebFileTls } from './web-schema.ts';

/** PEM texts, from the file itself or from the files that it names; absent where not given or not readable. */
export interface Material {
  cert?: string | undefined;
  key?: string | undefined;
  client_ca?: string | undefined;
}

/** Where the remark points: the key that the text came from. */
export type Place = (what: keyof Material) => readonly PropertyKey[];

interface Draft {
  file: Partial<WebFile>;
  tls: WebFileTls | undefined;
  material: Material;
  place: Place;
}

type Rule = (draft: Draft, report: Report) => void;

/**
 * A bcrypt hash: version, cost, 22 + 31 characters (Provos and Mazières 1999, as OpenBSD writes it). Each cost doubles
 * the work: 16 takes seconds on a PC and most of a minute on a small board, for every first request of a client.
 */
const bcryptHash = /^\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/;

const certificates = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

export const webRules: Readonly<Record<string, Rule>> = {
  certificateComesWithItsKey({ tls }, report) {
    if (!tls) return;
    for (const what of ['cert', 'key', 'client_ca'] as const) {
      const file = `${what}_file` as const;
      if (tls[what] !== undefined && tls[file] !== undefined) {
        report(['tls_server_config', what], `expected either ${what} or ${file}, got both`, true);
      } else if (tls[what] === undefined && tls[file] === undefined && what !== 'client_ca') {
        report(['tls_server_config'], `expected ${what}_file, got nothing`, true);
      }
    }
  },

  certificateIsPem({ material: { cert }, place }, report) {
    if (cert !== undefined && !firstCertificate(cert)) {
      report(place('cert'), 'expected a certificate in PEM, got something else');
    }
  },

  keyIsPem({ material: { key }, place }, report) {
    if (key !== undefined && !privateKey(key)) {
      report(place('key'), 'expected a private key in PEM without a passphrase, got something else');
    }
  },

  keyBelongsToTheCertificate({ material: { cert = '', key = '' }, place }, report) {
    const [certificate, own] = [firstCertificate(cert), privateKey(key)];
    if (certificate && own && !certificate.checkPrivateKey(own)) {
      report(place('key'), 'expected the key of the certificate, got that of another one');
    }
  },

  clientCaIsPem({ material: { client_ca }, place }, report) {
    if (client_ca === undefined) return;
    const found = client_ca.match(certificates) ?? [];
    if (found.length === 0 || found.some((pem) => !firstCertificate(pem))) {
      report(place('client_ca'), 'expected certificates in PEM, got something else');
    }
  },

  clientCaComesWithAPolicy({ tls, place }, report) {
    const { client_auth_type: policy = 'NoClientCert' } = tls ?? {};
    const given = tls?.client_ca !== undefined || tls?.client_ca_file !== undefined;
    if (given && policy === 'NoClientCert') {
      report(place('client_ca'), 'expected a client_auth_type beside it, such as RequireAndVerifyClientCert', true);
    }
    // Go would take the system's roots: everybody with a certificate for a web site would be let in.
    if (!given && policy.includes('Verify')) {
      report(['tls_server_config', 'client_auth_type'], `${policy} needs client_ca_file: who may sign the clients`);
    }
  },

  allowedNamesNeedARequiredCertificate({ tls }, report) {
    const { client_auth_type: policy = 'NoClientCert', client_allowed_sans: names } = tls ?? {};
    if (names !== undefined && !policy.startsWith('Require')) {
      const says = `expected client_auth_type RequireAndVerifyClientCert or RequireAnyClientCert beside it, got ${policy}`;
      report(['tls_server_config', 'client_allowed_sans'], says, true);
    }
  },

  versionsAreInOrder({ tls }, report) {
    const order = Object.keys(tlsVersions);
    if (tls && order.indexOf(tls.min_version) > order.indexOf(tls.max_version)) {
      const says = `expected at least min_version (${tls.min_version}), got ${tls.max_version}`;
      report(['tls_server_config', 'max_version'], says);
    }
  },

  passwordsAreHashed({ file }, report) {
    for (const [name, hash] of Object.entries(file.basic_auth_users ?? {})) {
      if (typeof hash !== 'string' || !bcryptHash.test(hash)) {
        const says = 'expected a bcrypt hash of cost 4 to 16 (htpasswd -nBC 10 ""), got something else';
        report(['basic_auth_users', name], says);
      }
    }
  },

  rateHasABurst({ file }, report) {
    const { interval = 0, burst = 0 } = file.rate_limit ?? {};
    if (interval > 0 && burst === 0) report(['rate_limit'], 'expected a burst of at least 1, or nobody is answered');
  },
};

function firstCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
