/**
 * A gate before getaddrinfo. libuv runs few at a time and cannot abort them: three mute names made a healthy one wait
 * 10 s. So one runs at a time, and while one has gone unanswered nobody else starts: the raw query beside it is the
 * measurement, getaddrinfo only corroborates.
 */
import type { IpProtocol } from '../model/vocabulary.ts';
import { raceSignal } from './deadline.ts';
import type { Network } from './network.ts';

/**
 * After this a lookup counts as unanswered and whoever waits behind it gives up. Above the retransmission of common
 * stubs (systemd-resolved 0.8 s), far below glibc's 5 s (resolv.conf(5)).
 */
const unanswered_after_ms = 1000;

export type Lookup = { busy: true } | { busy: false; addresses: string[]; ms: number };

export interface LookupGate {
  /**
   * getaddrinfo, one at a time. `busy`: it was not asked, because an earlier lookup is still unanswered.
   * Rejects with the system's error, or with `signal.reason`; the system's own lookup then runs on behind the gate.
   */
  lookup(name: string, protocol: IpProtocol, signal: AbortSignal): Promise<Lookup>;
}

export function createLookupGate(network: Pick<Network, 'systemLookup' | 'monotonic'>): LookupGate {
  /** Set while a lookup runs: resolves when it has ended, whatever became of it. */
  let running: { ended: Promise<void>; started_ms: number } | undefined;

  return {
    async lookup(name, protocol, signal) {
      signal.throwIfAborted();
      // No await between the last look at `running` and taking the turn: two would slip through together.
      while (running) {
        const patience_ms = running.started_ms + unanswered_after_ms - network.monotonic();
        if (patience_ms <= 0) return { busy: true };
        await waitFor(running.ended, patience_ms, signal);
        signal.throwIfAborted();
      }
      const started_ms = network.monotonic();
      const asked = network.systemLookup(name, protocol);
      const release = () => {
        if (running === mine) running = undefined;
      };
      const mine = { started_ms, ended: asked.then(release, release) };
      running = mine;
      const addresses = await raceSignal(asked, signal);
      return { busy: false, addresses, ms: network.monotonic() - started_ms };
    },
  };
}

function waitFor(ended: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    ended.then(done);
  });
}
