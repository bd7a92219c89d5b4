/** One round of the demo in one line: what is held, and the figures that a person can follow. */
import type { RoundOutcome } from '../model/outcome.ts';
import { list } from '../publish/words.ts';

/** `X and YouTube throttled · downloads 0.2 Mbit/s (normal 2.4) · handshakes 318 ms (normal 59) · evidence 9.7 of 15.0 · …` */
export function roundLine({ round, detail }: RoundOutcome, titles: ReadonlyMap<string, string>): string {
  const looks = Object.values(round.platforms).flat();
  const details = Object.values(detail?.platforms ?? {});
  const parts = [
    statesLine(round, titles),
    figure(
      'downloads',
      middle(looks.map(({ transfer }) => transfer?.plateau_bps)),
      middle(details.map(({ baseline_bytes_per_second: bytes }) => bytes && bytes * 8)),
      (bps) => (bps / 1e6).toFixed(1),
      'Mbit/s',
    ),
    figure(
      'handshakes',
      middle(looks.map(({ phases }) => phases?.tls)),
      middle(details.map(({ baseline_seconds }) => baseline_seconds?.tls && baseline_seconds.tls * 1000)),
      (ms) => ms.toFixed(0),
      'ms',
    ),
    evidenceLine(
      details.flatMap(({ log_evidence = {} }) => Object.values(log_evidence)),
      detail?.log_threshold,
    ),
    `control sites ${round.controls.filter(({ outcome }) => outcome === 'ok').length} of ${round.controls.length}`,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** Platforms in the order of the configuration, by state. */
function statesLine({ states = {}, vantage }: RoundOutcome['round'], titles: ReadonlyMap<string, string>): string {
  const by = Map.groupBy(
    [...titles].filter(([name]) => states[name] !== undefined),
    ([name]) => states[name]?.state,
  );
  const words = [...by].map(([state, names]) => `${list(names.map(([, title]) => title))} ${state}`);
  return `${words.join(', ')}${vantage.state === 'online' ? '' : ` (the line: ${vantage.state})`}`;
}

/** What was measured beside what is normal; absent where nothing was. */
function figure(
  what: string,
  now: number | undefined,
  normal: number | undefined,
  show: (value: number) => string,
  unit: string,
): string | undefined {
  if (now === undefined) return undefined;
  return `${what} ${show(now)} ${unit}${normal === undefined ? '' : ` (normal ${show(normal)})`}`;
}

function evidenceLine(values: readonly (number | undefined)[], threshold: number | undefined): string | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 || threshold === undefined) return undefined;
  return `evidence ${Math.max(0, ...known).toFixed(1)} of ${threshold.toFixed(1)}`;
}

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)];
}
