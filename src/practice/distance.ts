/** How far everything is from the probe, as shares of the base round trip. */
import type { Station } from './world.ts';

/** A server abroad is a whole base round trip away; the country's own networks half of one; the provider's, a fifth. */
const shares: Readonly<Record<Station['scope'], number>> = { foreign: 1, in_country: 0.5, isp: 0.2 };
/** The provider's filter: forged packets come back long before honest ones could (Iran, Turkmenistan: a few ms). */
const filterShare = 0.1;
/** A box in the house. */
const houseShare = 0.02;

export interface Distances {
  /** Round trip to a server, ms. */
  to(scope: Station['scope']): number;
  /** Round trip to the filter, ms. */
  filter: number;
  house: number;
}

export function distances(rtt_ms: number): Distances {
  return {
    to: (scope) => rtt_ms * shares[scope],
    filter: rtt_ms * filterShare,
    house: rtt_ms * houseShare,
  };
}
