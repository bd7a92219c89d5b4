/** Which common flags make a difference to which command. All commands take all of them, the help shows these. */
import { type Flag, settings } from '../config/settings.ts';

const store: readonly Flag[] = ['config.file', 'data.path'];
const log: readonly Flag[] = ['log.level', 'log.format'];

/** By command; one that is not here heeds all. */
const heeded: Readonly<Record<string, readonly Flag[]>> = {
  probe: settings.map(({ flag }) => flag).filter((flag) => !flag.startsWith('web.')),
  status: ['config.file', 'web.listen-address', 'web.config.file'],
  replay: ['config.file', 'round.interval'],
  incidents: store,
  export: store,
  report: [...store, 'vantage.country'],
  beacon: [...store, ...log],
  demo: ['config.file', 'web.listen-address', 'web.external-url', 'web.config.file', ...log],
};

export function heeds(command: string, flag: string): boolean {
  const mine: readonly string[] | undefined = heeded[command];
  return mine === undefined || mine.includes(flag);
}
