/** The thread in which the practice Internet lives. */
import { parentPort, workerData } from 'node:worker_threads';
import { distances } from './distance.ts';
import { openDoors } from './doors.ts';
import { lookup } from './lookup.ts';
import type { Answer, FromWorker, Question, ToWorker, WorkerOptions } from './messages.ts';
import { createPolicy } from './policy.ts';
import { seededRandom } from './random.ts';
import { createResolvers } from './resolver.ts';
import { openTcpGate } from './tcp-gate.ts';
import { openUdpGate } from './udp-gate.ts';
import { worldClock } from './world-clock.ts';
import { createZone } from './zone.ts';

if (parentPort === null) throw new Error('the practice Internet runs in a worker thread');
const seam = parentPort;
const options = workerData as WorkerOptions;

const ways = distances(options.rtt_ms);
const policy = createPolicy();
const resolvers = createResolvers(policy, createZone(policy), ways);
const clock = worldClock();
const doors = await openDoors(policy, resolvers, clock);
const around = { policy, distances: ways, doors, random: seededRandom(options.seed), line_bps: options.line_bps };
const gate = await openTcpGate(around);
const datagrams = await openUdpGate(around, resolvers);
const pending = new Set<NodeJS.Timeout>();

const say = (message: FromWorker) => seam.postMessage(message);
const later = (ms: number, answer: Answer) => {
  const timer = setTimeout(() => {
    pending.delete(timer);
    say(answer);
  }, ms);
  pending.add(timer);
};

function answer(id: number, question: Question): void {
  switch (question.kind) {
    case 'rules':
      policy.replace(question.rules);
      gate.reconsider();
      say({ id });
      return;
    case 'connect':
      say({ id, fate: gate.fate(question.ip, question.port) });
      return;
    case 'lookup': {
      const { looked, after_ms } = lookup(question, policy, resolvers);
      later(after_ms, { id, looked });
      return;
    }
    case 'time':
      clock.set(question.offset_ms);
      say({ id });
      return;
    case 'count':
      say({ id, count: { flows: gate.count() } });
      return;
    case 'close':
      for (const timer of pending) clearTimeout(timer);
      gate.close();
      datagrams.close();
      doors.close();
      say({ id });
      return;
  }
}

seam.on('message', (message: ToWorker) => {
  if ('claim' in message) gate.claim(message.claim);
  else answer(message.id, message.question);
});
say({ ready: { tcp_port: gate.port, udp_port: datagrams.port } });
