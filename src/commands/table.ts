/** The commands, in the order of the help. Each is imported only when it is called or described. */
import { existsSync } from 'node:fs';
import type { Command } from './command.ts';

const names = ['run', 'probe', 'status', 'check', 'replay', 'incidents', 'export', 'report', 'beacon', 'demo'] as const;

/** Compiled files are `.js`; this one's own name says which kind is running. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));

const place = (name: string) => new URL(`./${name}${extension}`, import.meta.url);

/** Names of the commands that this version has. */
export const commandNames: readonly string[] = names.filter((name) => existsSync(place(name)));

/** Imports one command by a name of `commandNames`. */
export async function importCommand(name: string): Promise<Command> {
  const { command } = (await import(place(name).href)) as { command: Command };
  return command;
}
