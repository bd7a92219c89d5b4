/** What every measuring step needs, built once per process by `commands/`. */
import { createDohClients, type DohClients } from './doh.ts';
import { createLagGuard, type LagGuard } from './lag.ts';
import { createLookupGate, type LookupGate } from './lookup-gate.ts';
import type { Network } from './network.ts';
import { createSpacing, type Spacing } from './spacing.ts';
import type { Trust } from './trust.ts';

/** What the caller brings. */
export interface InstrumentParts {
  network: Network;
  trust: Trust;
  /** Sent with every request: honest and configurable. */
  user_agent: string;
  /** The AS number that announces an address; undefined when the table does not know. */
  asnOf(ip: string): number | undefined;
  /** Salted hash of an address, stable within one store. */
  addressId(ip: string): string;
}

export interface Instruments extends InstrumentParts {
  lag: LagGuard;
  /** Keeps connections out of step with each other. */
  spacing: Spacing;
  /** Keeps getaddrinfo from clogging the thread pool. */
  lookups: LookupGate;
  /** Kept-alive connections to the trusted resolvers. */
  doh: DohClients;
  /** Closes what is kept alive; the instruments must not be used afterwards. */
  close(): Promise<void>;
}

export function createInstruments(parts: InstrumentParts): Instruments {
  const { network, trust, user_agent } = parts;
  const doh = createDohClients({ network, trust, user_agent });
  return {
    ...parts,
    lag: createLagGuard(() => network.monotonic()),
    spacing: createSpacing(network),
    lookups: createLookupGate(network),
    doh,
    close: () => doh.close(),
  };
}
