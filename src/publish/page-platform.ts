/** One platform on the page: the answer first, then what it is judged by, then the single looks for those who ask. */
import { type Html, html } from './html.ts';
import { moment } from './page-time.ts';
import type { Look, PlatformStatus } from './status.ts';
import { basisWords, duration, mechanismWords, noteWords, phaseWords, stateWords } from './words.ts';

export interface CardContext {
  /** Milliseconds since the epoch. */
  now: number;
  /** IANA name. */
  timezone: string;
  /** Evidence at which an incident opens, natural logarithm. */
  threshold?: number | undefined;
}

/** The card. It speaks of the held state: a verdict that says otherwise must not explain it. */
export function platformCard(platform: PlatformStatus, { now, timezone, threshold }: CardContext): Html {
  const { title, state, since, verdict, incident, suspect, targets } = platform;
  const agreeing = verdict?.state === state ? verdict : undefined;
  const mechanism = incident?.mechanism ?? agreeing?.mechanism;
  const confidence = incident?.confidence ?? agreeing?.confidence;
  const bad = state !== 'reachable' && state !== 'refused' && state !== 'inconclusive';
  // Slowness shows against history only: that a single look finds the platform reachable says nothing else.
  const differs = verdict !== undefined && verdict.state !== state && state !== 'throttled' && state !== 'degraded';
  const notes = (verdict?.notes ?? []).filter((note) => note !== 'extra_trust');
  return html`<section class="card">
<h3>${title} <span class="pill ${state}">${stateWords[state].sign} ${state}</span></h3>
<p>${stateWords[state].sentence}${since !== undefined && html` <span class="soft">Since ${moment(since, timezone)} <span class="unbroken">(for ${duration(now - Date.parse(since))})</span>.</span>`}</p>
${mechanism !== undefined && html`<p>How: ${mechanismWords[mechanism]} <code class="soft small">${mechanism}</code></p>`}
${bad && confidence !== undefined && html`<p class="soft">Confidence ${confidence}${agreeing?.basis !== undefined && `: ${basisWords[agreeing.basis]}`}.</p>`}
${differs && html`<p class="soft">The last look alone shows: ${verdict.state}.</p>`}
${!bad && suspect === true && html`<p><strong>Something is odd:</strong> it is being looked at more closely.</p>`}
${notes.length > 0 && html`<p class="soft">Note: ${notes.map((note) => noteWords[note]).join('; ')}.</p>`}
${state !== 'inconclusive' && measures(platform, threshold)}
${
  targets.length > 0 &&
  html`<details><summary>${summary(targets)}</summary><table class="stack">
<thead><tr><th>Name</th><th>Answer</th><th class="number">When</th></tr></thead>
<tbody>${targets.map((look) => lookRow(look, now))}</tbody></table>${
    verdict?.notes.includes('extra_trust') === true && html`<p class="soft small">Note: ${noteWords.extra_trust}.</p>`
  }</details>`
}
</section>
`;
}

/** What it is judged by: speed now and normally, and the evidence against the bound that opens an incident. */
function measures({ targets, normal, evidence, baseline_ready }: PlatformStatus, threshold: number | undefined): Html {
  const download = newest(targets, ({ plateau_bps }) => plateau_bps);
  const handshake = newest(targets, ({ outcome, phases }) => (outcome === 'ok' ? phases.tls : undefined));
  const usual = normal?.bytes_per_second;
  const rows = [
    measure('Download', 'Mbit/s', megabits(download), megabits(usual === undefined ? undefined : usual * 8)),
    measure('Encrypted handshake', 'ms', whole(handshake), whole(milliseconds(normal?.tls_seconds))),
    evidence !== undefined && threshold !== undefined && evidenceRow(evidence.log, threshold),
  ].filter((row) => row !== false);
  return html`${rows.length > 0 && html`<dl class="facts measures">${rows}</dl>`}${
    baseline_ready === false &&
    html`<p class="soft small">What is normal here is still being learned: that takes a day.</p>`
  }`;
}

const measure = (title: string, unit: string, now: string | undefined, usual: string | undefined): Html | false =>
  now !== undefined &&
  html`<dt>${title}</dt><dd>${now} ${unit}${usual !== undefined && html`<span class="soft">, normal ${usual}</span>`}</dd>`;

/** Share of the bound from which the bar is amber: suspicion is at 8 of 15 (docs/methodology.md). */
const suspicion = 8 / 15;

function evidenceRow(log: number, threshold: number): Html {
  const shown = Math.max(0, log).toFixed(1);
  const bound = threshold.toFixed(1);
  const most = (1.25 * threshold).toFixed(1);
  return html`<dt>Evidence of trouble</dt><dd>${shown}<span class="soft">, an incident from ${bound}</span>
<meter min="0" max="${most}" low="${(suspicion * threshold).toFixed(1)}" high="${bound}" optimum="0" value="${Math.min(Number(most), Number(shown))}">${shown} of ${bound}</meter></dd>`;
}

function newest(looks: readonly Look[], of: (look: Look) => number | undefined): number | undefined {
  const known = looks.filter((look) => of(look) !== undefined).sort((a, b) => b.at.localeCompare(a.at));
  return known[0] && of(known[0]);
}

const megabits = (bps: number | undefined): string | undefined =>
  bps === undefined ? undefined : (bps / 1e6).toFixed(bps < 1e6 ? 2 : 1);
const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;
const whole = (value: number | undefined): string | undefined => (value === undefined ? undefined : value.toFixed(0));

const summary = (looks: readonly Look[]): string => {
  const answered = looks.filter(({ outcome }) => outcome === 'ok').length;
  return `Last checks: ${answered} of ${looks.length} answered`;
};

function lookRow(look: Look, now: number): Html {
  const { target, ip_protocol, outcome, failure, status, phases, goodput_bps, at } = look;
  const times = Object.entries(phases).filter((entry): entry is [string, number] => entry[1] !== undefined);
  const how =
    outcome === 'ok' ? `✓ ${status ?? 'answered'}` : failure === undefined ? '✕ no answer' : `✕ ${failure.reason}`;
  return html`<tr><td>${target} <span class="soft">${ip_protocol === 'ip6' ? 'IPv6' : 'IPv4'}</span></td><td class="wide">${how}${
    failure && html`<br><span class="soft">while ${phaseWords[failure.phase]}</span>`
  }${goodput_bps !== undefined && `, ${(goodput_bps / 1e6).toFixed(1)} Mbit/s`}${
    times.length > 0 &&
    html`<br><span class="soft">${times.map(([phase, ms]) => `${phase}\u00a0${Math.round(ms)}`).join(', ')}\u00a0ms</span>`
  }</td><td class="number soft">${ago(at, now)}</td></tr>
`;
}

/** `12 min ago` */
export const ago = (at: string, now: number): Html =>
  html`<time datetime="${at}">${duration(now - Date.parse(at))} ago</time>`;
