/** pino to stdout, without a worker: one line a round is no reason for another thread. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config/config.ts';

export function createLogger({ level, format }: Config['log'], stdout: NodeJS.WritableStream): Logger {
  const options = {
    level,
    // The program's name, pid and host say nothing to a volunteer, and a host's name may say who they are.
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return format === 'json'
    ? pino(options, stdout)
    : pino(options, pretty({ destination: stdout, sync: true, translateTime: 'SYS:HH:MM:ss', singleLine: true }));
}
