/**
 * reachd as Prometheus meets it: the real judge over the rounds of a life, the real metrics sink and web server on a
 * loopback port. Measuring is left out; the rounds come at once instead of a minute apart.
 */
import { onTestFinished } from 'vitest';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import { startWeb, type Web, type WebOptions } from '../../src/publish/web.ts';
import { type Change, Life, warm } from '../judge/life.ts';
import { board } from '../publish/board.ts';
import { metrics } from '../publish/scope.ts';

let past: Life | undefined;

export interface Reachd {
  web: Web;
  /** `host:port`, as a target file has it. */
  address: string;
  /** So many more rounds, `change` being what happens in them. Resolves when the last one is published. */
  rounds(count: number, change?: Change): Promise<void>;
  held(platform: string): string | undefined;
}

/** A probe that has learned for two days what is usual, and is closed when the test is over. */
export async function startReachd(options: Partial<Omit<WebOptions, 'sources'>> = {}): Promise<Reachd> {
  past ??= warm();
  const life = new Life();
  life.state = structuredClone(past.state);
  life.minute = past.minute;
  const sink = metrics({ wall: () => Date.now(), started_ms: Date.now() });
  const web = await startWeb({
    listen_address: '127.0.0.1:0',
    allowed_hosts: [],
    onError: (error) => {
      throw error;
    },
    ...options,
    sources: { board: board(), metrics: sink, notReady: () => undefined, wall: () => Date.now() },
  });
  onTestFinished(() => web.close());
  return {
    web,
    address: new URL(web.url).host,
    held: (platform) => life.held(platform),
    async rounds(count, change) {
      for (let n = 0; n < count; n++) {
        const round = life.round();
        change?.(round, life.minute);
        const { verdicts, states, vantage, events, detail } = life.feed(round);
        const outcome: RoundOutcome = {
          // The life's minutes pass in milliseconds: what is published of a round is that it was just now.
          round: {
            ...round,
            started_at: new Date().toISOString(),
            vantage: { ...round.vantage, state: vantage },
            verdicts,
            states,
          },
          events,
          duration_ms: 2000,
          overruns: 0,
          dropped: {},
          detail,
        };
        await sink.accept(outcome);
      }
    },
  };
}
