/**
 * `npm test`: everything that this machine can run, part by part, with its wall time; says what it skipped and why.
 *
 * The last line reads `N passed, N failed` (`, N skipped` may follow), and the exit status is 1 if anything failed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installPackages } from './packages.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface Part {
  name: string;
  /** Absent: runs. Else the reason why it cannot run here. */
  impossible?: string | undefined;
  run: () => Promise<Count>;
}

const root = path.resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(path.join(tmpdir(), 'reachd-test-'));
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);
const one = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** Runs a program, showing its output as it comes; resolves with its exit status and what it printed to stdout. */
function run(program: string, args: string[]): Promise<{ status: number; stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve({ status: 127, stdout });
    });
    child.on('close', (status) => resolve({ status: status ?? 1, stdout }));
  });
}

/** A program that passes or fails as a whole. */
const whole =
  (program: string, ...args: string[]) =>
  async () =>
    one((await run(program, args)).status === 0);

/** What failed, each with the beginning of its message: told again at the very end, where a long log is read first. */
const failures: string[] = [];

interface VitestReport {
  testResults: {
    name: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

function failuresOf(report: VitestReport): string[] {
  const beginning = (text: string) => text.split('\n').slice(0, 6).join('\n    ');
  return report.testResults.flatMap((file) => {
    const name = path.relative(root, file.name);
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && file.message) return [`${name}\n    ${beginning(file.message)}`];
    return failed.map((test) => `${name} > ${test.fullName}\n    ${beginning(test.failureMessages?.join('\n') ?? '')}`);
  });
}

/** Vitest on some folders: its own counts, and a failure more if it ended badly without saying which test. */
const vitest =
  (...args: string[]) =>
  async (): Promise<Count> => {
    const report = path.join(scratch, `vitest-${args.join('-').replaceAll(/[^a-z-]/g, '')}.json`);
    const { status } = await run(process.execPath, [
      bin('vitest'),
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    try {
      const json = JSON.parse(readFileSync(report, 'utf8'));
      failures.push(...failuresOf(json));
      const failed = json.numFailedTests || (status === 0 ? 0 : 1);
      return { passed: json.numPassedTests, failed, skipped: json.numPendingTests + json.numTodoTests };
    } catch {
      return one(false);
    }
  };

/** One of our own tables, whose last line is the count. */
const table =
  (...args: string[]) =>
  async (): Promise<Count> => {
    const { status, stdout } = await run(process.execPath, args);
    const match = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(stdout);
    failures.push(...stdout.split('\n').filter((line) => /^FAIL/i.test(line)));
    if (!match) return one(false);
    const failed = Number(match[2]) || (status === 0 ? 0 : 1);
    return { passed: Number(match[1]), failed, skipped: Number(match[3] ?? 0) };
  };

const stillMissing = installPackages();
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
if (stillMissing.length > 0) {
  console.log(
    `MISSING: ${stillMissing.join(' ')}: the tests that need them are skipped (apt-get install them as root)`,
  );
}

const parts: Part[] = [
  { name: 'types', run: whole(bin('tsc'), '--noEmit') },
  { name: 'lint', run: whole(bin('biome'), 'ci', '--error-on-warnings', '.') },
  { name: 'build', run: whole(bin('tsc'), '-p', 'tsconfig.build.json', '--outDir', path.join(scratch, 'dist')) },
  {
    name: 'unit',
    run: vitest('--exclude=tests/acceptance/**', '--exclude=tests/cli/**', '--exclude=tests/publish/browser.test.ts'),
  },
  { name: 'command line', run: vitest('tests/cli') },
  { name: 'browser', run: vitest('tests/publish/browser.test.ts') },
  { name: 'acceptance', run: vitest('tests/acceptance') },
  {
    name: 'kernel lab',
    impossible: isRoot ? undefined : 'needs root on Linux (network namespaces)',
    run: table('tests/lab/table.ts', '--quick'),
  },
  {
    name: 'container',
    impossible: isRoot ? undefined : 'needs root on Linux (podman, network namespaces)',
    run: table('tests/lab/container.ts'),
  },
];

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const summary: string[] = [];
for (const part of parts) {
  if (part.impossible) {
    total.skipped += 1;
    summary.push(`${part.name.padEnd(14)} SKIPPED: ${part.impossible}`);
    continue;
  }
  console.log(`\n=== ${part.name}`);
  const start = performance.now();
  const count = await part.run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  summary.push(
    `${part.name.padEnd(14)} ${`${seconds} s`.padStart(8)}   ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`,
  );
}
rmSync(scratch, { recursive: true, force: true });
for (const failure of failures) console.log(`\nfailed: ${failure}`);
console.log(`\n${summary.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
