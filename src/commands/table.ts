/** The commands, in the order of the help. Each is imported only when it is called or described. */
import type { Command } from './command.ts';

const imports: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  run: () => import('./run.ts'),
  probe: () => import('./probe.ts'),
  status: () => import('./status.ts'),
  check: () => import('./check.ts'),
  replay: () => import('./replay.ts'),
  incidents: () => import('./incidents.ts'),
  export: () => import('./export.ts'),
  report: () => import('./report.ts'),
  beacon: () => import('./beacon.ts'),
  demo: () => import('./demo.ts'),
};

export const commandNames: readonly string[] = Object.keys(imports);

/** Imports one command by a name of `commandNames`. */
export async function importCommand(name: string): Promise<Command> {
  const { command } = await imports[name]!();
  return command;
}
