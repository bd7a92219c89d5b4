/** The demo's log: every line says what time it is in the story, and how long we have been telling it. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.ts';

/** `wall`: the story's clock, ms since the epoch. JSON lines carry `time` (the story's) and `real_s`. */
export function createStoryLog(
  { level, format }: Config['log'],
  stdout: NodeJS.WritableStream,
  wall: () => number,
): Logger {
  const start = performance.now();
  const real_s = () => Math.round((performance.now() - start) / 100) / 10;
  const options = { level, base: null, formatters: { level: (label: string) => ({ level: label }) } };
  if (format === 'json') {
    const timestamp = () => `,"time":"${new Date(wall()).toISOString()}","real_s":${real_s()}`;
    return pino({ ...options, timestamp }, stdout);
  }
  // What rounds cost in milliseconds and bytes is for those who read JSON.
  const ignore = 'level,ms,bytes,incident';
  const customPrettifiers = { time: (text: string | object) => String(text) };
  return pino(
    { ...options, timestamp: () => `,"time":"${stamp(wall(), real_s())}"` },
    pretty({ destination: stdout, sync: true, singleLine: true, ignore, customPrettifiers }),
  );
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Karachi',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** `20 Jan, 18:41 | +0:42` */
function stamp(wall_ms: number, real_s: number): string {
  const minutes = Math.floor(real_s / 60);
  const seconds = String(Math.floor(real_s % 60)).padStart(2, '0');
  return `${clock.format(wall_ms)} | +${minutes}:${seconds}`;
}
