/** A board and a web server over the test rounds. */
import { onTestFinished } from 'vitest';
import { type Board, type BoardOptions, type BoardScope, createBoard } from '../../src/publish/board.ts';
import type { Sources } from '../../src/publish/routes.ts';
import { startWeb, type Web, type WebOptions } from '../../src/publish/web.ts';
import { companies, startedAt } from './outcomes.ts';
import { metrics, scope } from './scope.ts';

const titles: Record<string, string> = { x: 'X', facebook: 'Facebook', instagram: 'Instagram', youtube: 'YouTube' };

export const boardScope = (without: Parameters<typeof scope>[0] = {}): BoardScope => {
  const { platforms, controls } = scope(without);
  return {
    controls,
    platforms: platforms.map((one) => ({ ...one, title: titles[one.name]!, company: companies[one.name]! })),
  };
};

/** 42 s after the test rounds began. */
export const now = Date.parse(startedAt) + 42_000;

export const board = (options: Partial<BoardOptions> = {}): Board =>
  createBoard({
    scope: boardScope(),
    build: { version: '0.1.0', revision: 'abc1234', node: 'v26.10.0' },
    wall: () => now,
    started_ms: now - 3 * 3600_000,
    ...options,
  });

/** A server on a free port of loopback, closed when the test is over. */
export async function serve(
  sources: Partial<Sources> = {},
  options: Partial<Omit<WebOptions, 'sources'>> = {},
): Promise<Web & { errors: unknown[] }> {
  const errors: unknown[] = [];
  const web = await startWeb({
    listen_address: '127.0.0.1:0',
    allowed_hosts: [],
    onError: (error) => errors.push(error),
    ...options,
    sources: { board: board(), metrics: metrics(), notReady: () => undefined, wall: () => now, ...sources },
  });
  onTestFinished(() => web.close());
  return { ...web, errors };
}
