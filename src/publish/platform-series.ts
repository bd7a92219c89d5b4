/** From the judge's opinions and workings to the series of the platforms. */
import type { JudgeDetail, OpenIncident, PlatformDetail, RoundOutcome } from '../model/outcome.ts';
import { streams } from '../model/outcome.ts';
import { anomalyKinds, confidences, phases, states } from '../model/vocabulary.ts';
import type { Families } from './registry.ts';

/** Takes in the states, the workings and the events of a judged round. */
export function observePlatforms({ round, detail, events }: RoundOutcome, families: Families): void {
  for (const platform of Object.keys(round.platforms)) {
    const company = round.companies[platform] ?? platform;
    const held = round.states?.[platform]?.state;
    for (const state of states) {
      families.platformState.set({ platform, company, state }, held === undefined ? undefined : Number(state === held));
    }
    observeDetail(platform, company, detail?.platforms[platform], families);
  }
  for (const { event, platform } of events) {
    // The joint event is `reachd_disruption`; counted here it would count its platforms' incidents twice.
    if (event === 'opened' && platform !== '*') families.incidents.add({ platform });
  }
  observeJudge(detail, families);
}

function observeJudge(detail: JudgeDetail | undefined, families: Families): void {
  families.logThreshold.set({}, detail?.log_threshold);
  families.disruption.set({}, detail && Number(detail.disruption !== undefined));
}

function observeDetail(
  platform: string,
  company: string,
  detail: PlatformDetail | undefined,
  families: Families,
): void {
  const labels = { platform, company };
  families.platformSuspect.set(labels, flag(detail?.suspect));
  families.platformSuspectKind.clear((of) => of.platform === platform && of.kind !== detail?.suspect_kind);
  if (detail?.suspect_kind) families.platformSuspectKind.set({ ...labels, kind: detail.suspect_kind }, 1);
  families.platformBadness.set(labels, detail?.badness);
  families.baselineReady.set(labels, flag(detail?.baseline_ready));
  families.baselineGoodput.set(labels, detail?.baseline_bytes_per_second);
  for (const stream of streams) families.logEvidence.set({ ...labels, stream }, detail?.log_evidence?.[stream]);
  for (const phase of phases) families.baselineSeconds.set({ ...labels, phase }, detail?.baseline_seconds?.[phase]);
  for (const kind of anomalyKinds) {
    families.anomaly.set({ ...labels, kind }, detail && Number(detail.open?.state === kind));
  }
  observeIncident(platform, detail?.open, families);
}

function observeIncident(platform: string, open: OpenIncident | undefined, families: Families): void {
  const mechanisms = new Set([...(open?.mechanisms ?? []), ...(open?.mechanism ? [open.mechanism] : [])]);
  families.anomalyMechanism.clear(
    (labels) => labels.platform === platform && !(mechanisms as Set<string>).has(labels.mechanism),
  );
  for (const mechanism of mechanisms) families.anomalyMechanism.set({ platform, mechanism }, 1);
  families.anomalyConfidence.set({ platform }, open && confidences.indexOf(open.confidence) + 1);
  families.anomalyOnset.set({ platform }, open && Date.parse(open.onset_latest) / 1000);
}

const flag = (value: boolean | undefined): number | undefined => (value === undefined ? undefined : Number(value));
