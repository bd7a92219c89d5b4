/** The line to the worker thread: questions out, answers back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Answer, Claim, FromWorker, Question, Ready, Request, WorkerOptions } from './messages.ts';

/** A worker that has not said within this time that its servers are closed is ended all the same, ms. */
const closingPatience = 1000;

export interface Link {
  ports: Ready['ready'];
  ask(question: Question): Promise<Answer>;
  claim(claim: Claim['claim']): void;
  close(): Promise<void>;
}

/** Starts the worker and waits until its gates are open; rejects with whatever kept it from starting. */
export async function openLink(options: WorkerOptions): Promise<Link> {
  // Compiled code lies beside a compiled worker: the extension is this file's own.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), { workerData: options });
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  let last = 0;
  let closed: Promise<void> | undefined;
  let dead: Error | undefined;

  const fail = (error: Error) => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ready = new Promise<Ready['ready']>((resolve, reject) => {
    worker.on('error', (error) => {
      const reason = error instanceof Error ? error : new Error(String(error));
      reject(reason);
      fail(reason);
    });
    worker.on('exit', () => {
      const reason = new Error('the practice Internet has been closed');
      reject(reason);
      fail(reason);
    });
    worker.on('message', (message: FromWorker) => {
      if ('ready' in message) return resolve(message.ready);
      waiting.get(message.id)?.resolve(message);
      waiting.delete(message.id);
    });
  });

  const ask = (question: Question) =>
    new Promise<Answer>((resolve, reject) => {
      if (dead !== undefined) return reject(dead);
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, question } satisfies Request);
    });

  const ports = await ready;
  return {
    ports,
    ask,
    claim: (claim) => worker.postMessage({ claim } satisfies Claim),
    close() {
      closed ??= (async () => {
        // A worker that has died of an error has nothing left to close.
        const patience = new AbortController();
        const closing = dead === undefined ? ask({ kind: 'close' }).catch(() => undefined) : undefined;
        await Promise.race([closing, sleep(closingPatience, undefined, patience).catch(() => undefined)]);
        patience.abort();
        await worker.terminate();
      })();
      return closed;
    },
  };
}
