/** The beacon's key: made once, kept in the data directory, readable by its owner alone. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Complaint } from '../model/errors.ts';

const fileName = 'beacon.key';

/** The key in this directory, made if there is none. Throws a `Complaint` where it cannot be read, used or written. */
export function loadKey(directory: string): KeyObject {
  const path = join(directory, fileName);
  const pem = readIfThere(path);
  return pem === undefined ? makeKey(directory, path) : parse(path, pem);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Complaint('file_unreadable', `${path}: cannot be read: ${message}`);
  }
}

/** A damaged key is not replaced: every probe that pins it would take the new one for an impostor, and nobody would know why. */
function parse(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Said below.
  }
  throw new Complaint(
    'file_unreadable',
    `${path}: is no private key of the kind that this program writes (PEM, P-256); move it away and a new one is made, with another spki`,
  );
}

function makeKey(directory: string, path: string): KeyObject {
  // P-256: what every TLS 1.2 and 1.3 client can verify, with a certificate of 0.4 kB.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  try {
    makeDirectory(directory);
    // Never over a file that came into being meanwhile.
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Complaint('data_path_unwritable', `${path}: cannot be written: ${(error as Error).message}`);
  }
  return privateKey;
}

/** One after the other: where the system makes none, as in /proc, Node's own recursive way tries for ever. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
