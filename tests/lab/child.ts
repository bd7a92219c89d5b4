/** Runs the system's own programs (ip, iptables, curl, …): to their end, or as long-lived children with known pids. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** No program that is awaited here needs longer, except where the caller says so: a hung one must not hang the lab. */
const patience_ms = 20_000;

/** Runs a program to its end. Never throws: a program that cannot be started or is killed ends with code 127 or 137. */
export function finish(
  argv: readonly string[],
  options: { input?: string; timeout_ms?: number; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout_ms ?? patience_ms);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}); // a program that does not read its input is not a failure of ours
  child.stdin.end(options.input ?? '');
  child.on('error', (error) => {
    clearTimeout(timer);
    resolve({ code: 127, stdout, stderr: stderr + error.message });
  });
  child.on('close', (code) => {
    clearTimeout(timer);
    resolve({ code: code ?? 137, stdout, stderr });
  });
  return promise;
}

/** As `finish`, but a program that fails is an error that quotes it. Resolves with its standard output. */
export async function must(argv: readonly string[], options: { input?: string; timeout_ms?: number } = {}) {
  const ended = await finish(argv, options);
  if (ended.code === 0) return ended.stdout;
  throw new Error(`${argv.join(' ')}: exit ${ended.code}: ${(ended.stderr || ended.stdout).trim()}`);
}

/** A child that serves until it is stopped. `log()` is what it has printed so far, for error messages. */
export interface Server {
  pid: number;
  log(): string;
  /** Sends one line to its standard input. */
  tell(line: string): void;
  /** Resolves with the first line of its output that `wanted` accepts and that came after the call. */
  hear(wanted: (line: string) => boolean, timeout_ms?: number): Promise<string>;
  /** SIGTERM, after five seconds SIGKILL; resolves when it has gone. */
  stop(): Promise<void>;
  /** Exit status; null while it runs and when a signal ended it. */
  ended(): number | null;
}

export function serve(argv: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): Server {
  const child: ChildProcess = spawn(argv[0]!, argv.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.env ? { env: options.env } : {}),
  });
  let log = '';
  let partial = '';
  const listeners = new Set<(line: string) => void>();
  const read = (text: string) => {
    log = (log + text).slice(-200_000); // enough to explain a failure, bounded for a server that talks all day
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) for (const listener of listeners) listener(line);
  };
  child.stdout?.setEncoding('utf8').on('data', read);
  child.stderr?.setEncoding('utf8').on('data', read);
  child.stdin?.on('error', () => {});
  const gone = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', (error) => {
      log += error.message;
      resolve();
    });
  });
  return {
    pid: child.pid ?? -1,
    log: () => log,
    tell: (line) => child.stdin?.write(`${line}\n`),
    hear(wanted, timeout_ms = patience_ms) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const listener = (line: string) => {
        if (wanted(line)) done(() => resolve(line));
      };
      const timer = setTimeout(
        () => done(() => reject(new Error(`${argv.join(' ')}: silent for ${timeout_ms} ms\n${log}`))),
        timeout_ms,
      );
      const done = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(listener);
        settle();
      };
      listeners.add(listener);
      void gone.then(() => done(() => reject(new Error(`${argv.join(' ')} ended\n${log}`))));
      return promise;
    },
    ended: () => child.exitCode,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(timer);
    },
  };
}
