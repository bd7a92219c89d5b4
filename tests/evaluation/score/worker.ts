/** Worker thread of the evaluation: one vantage a message. */
import { parentPort } from 'node:worker_threads';
import { runJob } from './job.ts';
import type { Job } from './pool.ts';

parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(job)));
