/** From a round's controls and vantage facts to the series of the vantage. */
import type { RoundOutcome } from '../model/outcome.ts';
import type { Round } from '../model/round.ts';
import { vantageStates } from '../model/vocabulary.ts';
import type { Families } from './registry.ts';

/** Takes in the controls, the vantage's state and what the probe reports of itself. */
export function observeVantage({ round, detail, dropped, inconclusive_cause }: RoundOutcome, families: Families): void {
  for (const [control, success] of controlOutcomes(round)) families.controlSuccess.set({ control }, Number(success));
  families.controlsHealthy.set(
    {},
    detail?.controls_healthy === undefined ? undefined : Number(detail.controls_healthy),
  );
  const { id, country, asn, state, resolver_scope, clock_skew_s } = round.vantage;
  for (const one of vantageStates) families.vantageState.set({ state: one }, state && Number(one === state));
  const info = {
    reported_vantage: id ?? '',
    reported_country: country ?? '',
    reported_asn: asn ?? '',
    resolver_scope: resolver_scope ?? 'unknown',
  };
  families.vantageInfo.clear((labels) => JSON.stringify(labels) !== JSON.stringify(info));
  families.vantageInfo.set(info, 1);
  if (clock_skew_s !== undefined) families.clockSkew.set({}, clock_skew_s);
  if (inconclusive_cause !== undefined) families.roundsInconclusive.add({ cause: inconclusive_cause });
  for (const [cause, total] of Object.entries(dropped)) {
    if (total > 0) families.samplesDropped.follow({ cause }, total);
  }
}

/** Controls looked at in this round; over two IP protocols the better of both, as a browser would have it. */
function controlOutcomes({ controls }: Round): Map<string, boolean> {
  const seen = new Map<string, boolean>();
  for (const { target, outcome } of controls) {
    if (outcome !== 'skipped') seen.set(target, (seen.get(target) ?? false) || outcome === 'ok');
  }
  return seen;
}
