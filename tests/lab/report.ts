/** Lines of a table: what was expected, what came, and a count at the end. */

/** One line; `details` follow where something is wrong. */
export type Report = (name: string, expected: string, got: string, fine: boolean, details?: readonly string[]) => void;

/** Collects lines; `end` prints `N passed, N failed` and sets the exit status. */
export function createScore(): { report: Report; end(): void } {
  let passed = 0;
  let failed = 0;
  return {
    report(name, expected, got, fine, details = []) {
      if (fine) passed++;
      else failed++;
      console.log(`${fine ? 'ok  ' : 'FAIL'} ${name.padEnd(26)} ${expected.padEnd(44)} ${got}`);
      if (!fine) for (const detail of details) console.log(`     ${detail}`);
    },
    end() {
      console.log(`${passed} passed, ${failed} failed`);
      process.exitCode = failed > 0 ? 1 : 0;
    },
  };
}

/** How far milliseconds may be off in a lab: timers of virtual machines fire about 1 % late. */
export const tolerance = (ms: number) => Math.max(3, 0.03 * ms);
