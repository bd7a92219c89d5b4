/** Puts the tables together into the text that the command prints. */
import type { GateResult, Real } from './gates.ts';
import { arms, type DetectorSummary } from './summary.ts';
import { gatesTable, perClass, realTable, rivalsPerClass, sideBySide, troublesTable } from './table.ts';
import type { VantageScore } from './vantage-run.ts';

export interface ReportInput {
  summaries: readonly DetectorSummary[];
  real: Real;
  results: readonly GateResult[];
  scores: readonly VantageScore[];
  seconds: number;
  first: number;
  /** The summaries are one judge at several thresholds. */
  curve: boolean;
}

export function report({ summaries, real, results, scores, seconds, first, curve }: ReportInput): string {
  const judge = summaries[0]!;
  const months = scores.reduce((sum, score) => sum + score.months, 0);
  const rounds = scores.reduce((sum, score) => sum + score.rounds, 0);
  const occupied = scores.reduce((sum, score) => sum + (score.occupied[judge.name] ?? 0), 0);
  const unseen = scores.reduce((sum, score) => sum + score.unseen, 0);
  const slow = scores.reduce((sum, score) => sum + score.slowMinutes, 0);
  const intro = [
    `Seeds ${first} to ${first + scores.length - 1}, ${months.toFixed(1)} quiet probe-months (${rounds} rounds), ${seconds.toFixed(0)} s.`,
    `A platform's path was really slow, nobody meaning it, in ${((100 * slow) / (months * 43_200 * 4 + scores.length * 1440 * 4)).toFixed(1)} % of all platform-minutes.`,
    `${occupied} events could not be scored because an alarm was open already, ${unseen} because the probe was off or without a line.`,
  ].join(' ');
  const parts = [
    '## Side by side',
    intro,
    'Delay in recorded rounds from the onset (median), and recall where it is not 100 %.',
    sideBySide(summaries),
  ];
  if (!curve) {
    for (const arm of arms) {
      if (!judge.events[arm]?.length) continue;
      parts.push(`## ${judge.name} by class: ${arm}`, perClass(judge, arm));
      if (summaries.length > 1) parts.push(`Rivals on the same events:`, rivalsPerClass(summaries, arm));
    }
    if (judge.troubles.length > 0) parts.push('## Troubles without interference', troublesTable(summaries));
    const { quiet } = judge;
    parts.push(
      `Joint events without a cause: ${quiet.joint.count}. Alarms of the quiet months that were ever called throttled or blocked: ${quiet.misnamed.count}.`,
    );
  }
  parts.push('## Real data', realTable(real), '## Gates', gatesTable(results));
  return parts.join('\n\n');
}
