/** Same-round contrasts in speed: the platform's name against another name, at the same time on the same way. */
import type { ExperimentFact, Observation, Round } from '../model/round.ts';
import { sameAddress } from './attempt.ts';
import type { Case } from './case.ts';
import type { Slowdown } from './memory.ts';
import { amount, entries, object, own, text } from './reading.ts';

/** Below this ratio a contrast is not even reported: path changes reach 2× once in a thousand (docs/methodology.md). */
const reportedRatio = 2;

/**
 * A handshake that is slower by less than this (ms) is not called slow, whatever the ratio: at a round trip of 10 ms
 * a busy server or one lost segment (RFC 6298: a retransmission takes 200 ms on Linux) would do.
 */
const handshakeFloorMs = 200;

/**
 * An alert is seven bytes, a certificate flight some 4,500: a bucket that empties for the address whatever the name delays
 * the second alone. From this difference on (ms) such a bucket would have to run at 18 kbit/s, and nothing at all worked.
 */
const flightMs = 2000;

/** Whether the contrast is the name's: one address served both, and bytes do not explain it. */
export function isOfTheName({ against, unlike }: Slowdown): boolean {
  return against !== 'sibling' && unlike !== true;
}

function rateOf(fact: Pick<Observation | ExperimentFact, 'goodput_bps' | 'transfer'>): number | undefined {
  return amount(fact.goodput_bps) ?? amount(object(fact.transfer)?.plateau_bps);
}

function handshakeContrasts(one: Case, siblings: readonly Observation[]): Slowdown[] {
  const first = one.attempts[0];
  const slow = first?.ok ? first.tls_ms : undefined;
  if (first === undefined || slow === undefined) return [];
  const found: Slowdown[] = [];
  for (const neutral of one.neutrals) {
    // A residually slowed address hides the contrast and can never make one: it slows the neutral name, not ours.
    if (!neutral.answered || !neutral.tls_ms || !sameAddress(first, neutral)) continue;
    if (slow - neutral.tls_ms < handshakeFloorMs) continue;
    const unlike = neutral.alert && slow - neutral.tls_ms < flightMs;
    const contrast: Slowdown = {
      target: one.target,
      ratio: slow / neutral.tls_ms,
      against: 'neutral',
      of: 'handshake',
    };
    found.push(unlike ? { ...contrast, unlike } : contrast);
  }
  for (const sibling of siblings) {
    const phases = object(sibling.phases);
    const tls = amount(phases?.tls);
    const connect = amount(phases?.connect);
    if (sibling.outcome !== 'ok' || !tls || !connect || !first.connect_ms || slow - tls < handshakeFloorMs) continue;
    // Another address has another round trip: the smaller of both readings counts.
    const ratio = Math.min(slow / tls, slow / first.connect_ms / (tls / connect));
    found.push({ target: one.target, ratio, against: 'sibling', of: 'handshake' });
  }
  return found;
}

function goodputContrasts(one: Case, siblings: readonly Observation[]): Slowdown[] {
  const found: Slowdown[] = [];
  const rate = rateOf(one.observation);
  if (rate) {
    for (const sibling of siblings) {
      const other = rateOf(sibling);
      if (other) found.push({ target: one.target, ratio: other / rate, against: 'sibling', of: 'goodput' });
    }
  }
  const beacon = entries(one.observation.experiments).filter(
    ({ kind, outcome }) => kind === 'beacon' && outcome !== 'skipped',
  );
  const named = beacon.filter(({ host }) => text(host) !== undefined && text(host) === one.host);
  const neutral = beacon.filter(({ host }) => text(host) !== undefined && text(host) !== one.host);
  for (const a of named) {
    for (const b of neutral) {
      const [slow, quick] = [rateOf(a), rateOf(b)];
      if (
        !slow ||
        !quick ||
        !sameAddress({ address_id: a.address_id, network: a.network }, { address_id: b.address_id, network: b.network })
      )
        continue;
      found.push({ target: one.target, ratio: quick / slow, against: 'beacon', of: 'goodput' });
    }
  }
  return found;
}

/** The strongest contrast of one target, or undefined when there is none of at least 2×. */
export function contrastOf(one: Case, round: Round): Slowdown | undefined {
  const siblings = entries(own(object(round.siblings), one.platform));
  return strongest([...handshakeContrasts(one, siblings), ...goodputContrasts(one, siblings)]);
}

/** A contrast at the same address beats one at the same network; then the larger one wins. */
export function strongest(contrasts: readonly Slowdown[]): Slowdown | undefined {
  const rank = ({ against }: Slowdown) => (against === 'sibling' ? 0 : 1);
  return contrasts
    .filter(({ ratio }) => Number.isFinite(ratio) && ratio >= reportedRatio)
    .reduce<Slowdown | undefined>((best, one) => {
      if (best === undefined) return one;
      const order = rank(one) - rank(best) || one.ratio - best.ratio;
      return order > 0 || (order === 0 && one.target < best.target) ? one : best;
    }, undefined);
}
