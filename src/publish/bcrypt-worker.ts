/** Compares passwords with bcrypt hashes, in a thread of its own: one comparison is 70 ms of work and more. */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

export interface Question {
  id: number;
  password: string;
  hash: string;
}

parentPort?.on('message', ({ id, password, hash }: Question) => {
  parentPort?.postMessage({ id, same: compareSync(password, hash) });
});
