/** Compares passwords with bcrypt hashes, in a thread of its own: one comparison is 70 ms of work and more. */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

export interface Question {
  id: number;
  password: string;
  hash: string;
}

/** A hash that cannot be read is nobody's password; throwing would end the thread for everybody who waits. */
function isSame(password: string, hash: string): boolean {
  try {
    return compareSync(password, hash);
  } catch {
    return false;
  }
}

parentPort?.on('message', ({ id, password, hash }: Question) => {
  parentPort?.postMessage({ id, same: isSame(password, hash) });
});
