/** The status page: one document without scripts that explains itself to whoever runs the probe. */
import { states } from '../model/vocabulary.ts';
import type { StoredIncident } from '../store/read.ts';
import { clockTrouble } from './clock-words.ts';
import { headline } from './headline.ts';
import { type Html, html } from './html.ts';
import { incidentsSection } from './page-incidents.ts';
import { ago, platformCard } from './page-platform.ts';
import type { ControlStatus, Status } from './status.ts';
import { duration, size, stateWords, vantageWords } from './words.ts';

/** Seconds after which a browser loads the page again: no faster than rounds bring news, no slower than a minute. */
const refresh = ({ round, news_every_ms }: Status): number =>
  Math.min(60, Math.max(5, Math.round((news_every_ms ?? round?.interval_ms ?? 10_000) / 1000)));

/** The whole document. `incidents`: the stored ones, the last first. */
export function page(status: Status, incidents: readonly StoredIncident[] = []): string {
  const top = headline(status);
  const now = Date.parse(status.generated_at);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="${refresh(status)}">
<title>${top.text} – reachd</title>
<link rel="stylesheet" href="style.css">
<link rel="icon" href="icon.svg" type="image/svg+xml">
</head>
<body>
<header>
<h1>reachd · what this line can reach</h1>
<p class="headline ${top.tone}">${top.text}</p>
<p class="soft">${lastLook(status, now)}</p>
${banners(status, top.text)}
</header>
<main>
<h2>Platforms</h2>
<div class="cards">${status.platforms.map((one) => platformCard(one, { now, timezone: status.vantage.timezone, threshold: status.evidence_threshold }))}</div>
${incidentsSection(incidents, status)}<h2>This line</h2>
<div class="cards">${lineCard(status)}${dataCard(status)}</div>
${controlsSection(status.controls, status.controls_impaired, now)}
${glossary}
</main>
<footer>
<p>${links}</p>
<p>reachd ${status.build.version}, running for ${duration(now - Date.parse(status.started_at))}. This page loads again by itself every ${refresh(status)} seconds. It never shows your address.</p>
</footer>
</body>
</html>
`.markup;
}

function lastLook({ round }: Status, now: number): Html {
  if (round === undefined) return html`Every platform and control site is being looked at for the first time.`;
  const age = now - Date.parse(round.started_at);
  return html`Last look ${ago(round.started_at, now)}, one every ${duration(round.interval_ms)}.${
    age > 3 * round.interval_ms && html` <strong>That is longer ago than it should be.</strong>`
  }`;
}

/** What must not be overlooked, unless the headline has said it already. */
function banners({ statement, vantage, store_trouble }: Status, said: string): Html {
  const clock = clockTrouble(vantage.clock_skew_s);
  const line = vantage.state === undefined || vantage.state === 'online' ? undefined : vantageWords[vantage.state];
  return html`${statement !== undefined && html`<blockquote class="banner">“${statement}”</blockquote>`}${
    line !== undefined && line !== said && html`<p class="banner warn">${line}</p>`
  }${clock !== undefined && html`<p class="banner warn">${clock}</p>`}${store_trouble !== undefined && html`<p class="banner warn">Rounds are not being stored: ${store_trouble}. Measuring goes on.</p>`}`;
}

function lineCard({ vantage, controls }: Status): Html {
  const { state, id, name, country, asn, resolver_scope, clock_skew_s } = vantage;
  const fact = (title: string, value: Html | string | undefined) =>
    value !== undefined && html`<dt>${title}</dt><dd>${value}</dd>`;
  const failing = new Set(controls.filter(({ outcome }) => outcome === 'failed').map(({ target }) => target)).size;
  const all = new Set(controls.map(({ target }) => target)).size;
  return html`<section class="card">
<h3>Condition <span class="pill ${state === 'online' ? 'ok' : state === undefined ? '' : 'degraded'}">${state ?? 'not known yet'}</span></h3>
<p>${state !== undefined && vantageWords[state]}</p>
<dl class="facts">${[
    fact('Control sites', all === 0 ? undefined : `${all - failing} of ${all} answer`),
    fact('Country', country),
    fact('Network', asn),
    fact('Name lookups go to', resolver_scope === undefined ? undefined : resolverWords[resolver_scope]),
    fact(
      'Clock',
      clock_skew_s === undefined || Math.abs(clock_skew_s) < 5 ? undefined : `off by ${Math.round(clock_skew_s)} s`,
    ),
    fact('This probe', name ?? id),
  ]}</dl>
</section>
`;
}

const resolverWords = {
  isp: "the provider's resolver",
  public: 'a public resolver',
  local: 'a resolver in this network',
  unknown: 'an unknown resolver',
} as const;

function dataCard({ bytes }: Status): Html {
  if (bytes === undefined) return html``;
  const { spent, limit, remaining } = bytes;
  const used = limit !== undefined && remaining !== undefined ? limit - remaining : undefined;
  return html`<section class="card">
<h3>Data used</h3>
<p>${size(spent)} since the start.</p>
${
  limit !== undefined &&
  used !== undefined &&
  html`<p>${size(used)} of ${size(limit)} allowed. Near the cap it measures less, at the cap not at all.</p>
<meter min="0" max="${limit}" value="${used}">${Math.round((100 * used) / limit)} %</meter>`
}
</section>
`;
}

function controlsSection(controls: readonly ControlStatus[], impaired: readonly string[], now: number): Html {
  if (controls.length === 0) return html``;
  return html`<h2>Control sites</h2>
<p class="soft">Sites that have nothing to do with the platforms. When they fail too, the trouble is this line.</p>
<ul class="plain">${controls.map(
    ({ target, ip_protocol, outcome, at }) =>
      html`<li class="pill ${outcome}" title="${duration(now - Date.parse(at))} ago">${outcome === 'ok' ? '✓' : '✕'} ${target}${
        ip_protocol === 'ip6' && ' (IPv6)'
      }${impaired.includes(target) && ' – blocked itself'}</li>`,
  )}</ul>
`;
}

const glossary = html`<h2>What the words mean</h2>
<details><summary>States</summary><dl class="glossary">${states.map(
  (state) => html`<dt>${stateWords[state].sign} ${state}</dt><dd>${stateWords[state].sentence}</dd>`,
)}</dl></details>
<details><summary>What this page cannot tell</summary><p>It shows what one line sees. It does not show who is behind it, nor whether others see the same: for that, compare with probes in other networks. A platform that is down everywhere looks unreachable from here too.</p></details>
`;

const links = html`<a href="api/v1/status">This page as data</a> · <a href="api/v1/rounds?since=1h">Measurements of the last hour</a> · <a href="api/v1/incidents">Incidents</a> · <a href="metrics">Metrics</a>`;
