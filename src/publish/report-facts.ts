/** The report's facts and tables. */
import { type Html, html } from './html.ts';
import type { Finding, Report } from './report.ts';
import { clockOf, countOf, howOf, percent, plural, range, rangeOn, transportOf, wholeOf } from './report-words.ts';
import { list, mechanismWords } from './words.ts';

/** The facts that a newsroom looks for first, each with what it rests on. */
export function facts(report: Report): Html {
  const { findings, timezone, controls_during, scope, weights, elsewhere, restricted_companies } = report;
  const whole = wholeOf(findings);
  if (whole === undefined) return html``;
  const clock = clockOf(timezone);
  const zone = clock.zone(whole.onset[1]);
  const fact = (name: string, value: string | undefined, more?: string) =>
    value !== undefined &&
    html`<div><dt>${name}</dt><dd>${value}${more !== undefined && html` <small>${more}</small>`}</dd></div>`;
  const how = howOf(findings);
  return html`<dl class="facts">${[
    fact(
      'Began',
      `${range(whole.onset, clock)} (${zone}), ${clock.date(whole.onset[1])}`,
      'between the last good and the first bad samples',
    ),
    fact(
      scope === 'country' && whole.end !== undefined ? 'Recovery confirmed' : 'Ended',
      whole.end === undefined
        ? 'not by the end of this report'
        : `${range(whole.end, clock)} (${zone}), ${clock.date(whole.end[1])}`,
      whole.end === undefined || scope === 'probe'
        ? undefined
        : 'the probes ask for a run of good rounds first: it was back some minutes before',
    ),
    fact('Platforms', list(whole.kinds.flatMap(([, of]) => of.map(({ title }) => title)))),
    fact(
      'Networks',
      scope === 'country' ? `${countOf(whole)} observed` : undefined,
      restricted_companies === undefined
        ? undefined
        : restricted_companies >= 2
          ? `nation-scale by the fleet’s rules: ${restricted_companies} companies restricted at once`
          : restricted_companies === 1
            ? 'one company restricted across the country by the fleet’s rules'
            : 'too few, or too few users, for the fleet’s rules to call it nation-scale',
    ),
    fact(
      'Share of users',
      whole.users === undefined ? undefined : percent(whole.users),
      weights === undefined ? 'of the country, behind the networks hit' : `behind the networks hit; source: ${weights}`,
    ),
    fact(
      'Control sites',
      controls_during === undefined ? undefined : `${percent(controls_during)} answered`,
      'unrelated sites, looked at in the same rounds',
    ),
    fact('Elsewhere', elsewhere === undefined ? undefined : elsewhereWords(elsewhere)),
    fact('How', how === undefined ? 'not known' : how),
    fact('Transport', 'TCP', transportOf(findings).replace(/^[^.]*\. /, '')),
    fact('Confidence', whole.confidence, 'defined by numbers in reachd’s methodology'),
  ]}</dl>`;
}

function elsewhereWords({ networks, hit, countries }: NonNullable<Report['elsewhere']>): string {
  const where = `${plural(networks, 'network')} in ${countries === 1 ? 'another country' : `${countries} other countries`}`;
  return hit === 0 ? `worked as usual on all ${where}` : `also in trouble on ${hit} of ${where}`;
}

/** Platform by platform, in numbers. */
export function findingsTable({ findings, timezone, scope }: Report): Html {
  if (findings.length === 0) return html``;
  const clock = clockOf(timezone);
  const zone = clock.zone(findings[0]!.onset[1]);
  const country = scope === 'country';
  const day = clock.date(findings[0]!.onset[1]);
  const heads = [
    'Platform',
    'State',
    `Began (${zone})`,
    country ? `Recovery confirmed (${zone})` : `Ended (${zone})`,
    ...(country ? ['Networks'] : []),
    'Downloads',
    'Handshakes',
    country ? 'Mechanisms (networks)' : 'Mechanisms',
    'Confidence',
  ];
  const cells = (one: Finding) => [
    one.title,
    one.state,
    rangeOn(one.onset, clock, day),
    one.end === undefined ? 'still open' : rangeOn(one.end, clock, day),
    ...(country ? [`${one.networks?.hit.length ?? 0} of ${one.networks?.observed ?? 0}`] : []),
    one.goodput === undefined ? 'not sampled' : `${percent(one.goodput)} of normal`,
    one.handshake === undefined ? 'not sampled' : `${Number(one.handshake.toPrecision(2))}× usual`,
    one.mechanisms.map(({ mechanism, networks }) => (country ? `${mechanism} (${networks})` : mechanism)).join(', ') ||
      'none known',
    one.confidence,
  ];
  const meanings = [...new Set(findings.flatMap(({ mechanisms }) => mechanisms.map(({ mechanism }) => mechanism)))];
  return html`<h2>What was found</h2>
<div class="scroll"><table class="stack"><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${findings.map(
    (one) => html`<tr>${cells(one).map((cell, index) => html`<td data-name="${heads[index]}">${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>
<ul class="meanings">${meanings.map((mechanism) => html`<li><code>${mechanism}</code> ${mechanismWords[mechanism]}</li>`)}</ul>
`;
}

/** What else happened in the time of the report. */
export function othersList({ others, timezone }: Report): Html {
  if (others.length === 0) return html``;
  const clock = clockOf(timezone);
  const most = 20;
  return html`<h2>Also in this time</h2>
<ul>${others
    .slice(0, most)
    .map(
      ({ span: [from, to], platforms, networks }) =>
        html`<li>${clock.date(from)}, ${clock.time(from)}–${clock.time(to)}: ${list(platforms)} on ${plural(networks, 'network')}</li>`,
    )}</ul>${others.length > most && html`<p class="soft">And ${others.length - most} more, in the data.</p>`}`;
}

/** How the numbers came about, for readers who have never heard of reachd. */
export function method({ scope, probes, networks, weights, findings }: Report): Html {
  return html`<p>${
    scope === 'country'
      ? `${plural(probes, 'probe')} at most on ${plural(networks, 'network')}, small computers in homes and offices, looked at each platform every minute`
      : 'A small computer on this line looked at each platform every minute'
  }: name lookup, connection, encrypted handshake, a small request, and every few minutes a small download; and in the same rounds at control sites that have nothing to do with the platforms. A platform counts as in trouble only against its own past and while the control sites work; <em>throttled</em> and <em>blocked</em> need a proof of their own, by written rules.${
    scope === 'country' &&
    html` Each network has one vote: it is affected when at least half of its probes suspect the platform now and did not for most of the week before; lasting slowness without a sign of intent does not count.${weights !== undefined && html` Shares of users: ${weights}.`}`
  }</p>
<p>Seen over ${transportOf(findings)} Where the data says <code>goodput_of_normal</code>, 1 is ${
    scope === 'country'
      ? 'what the same probe has learned as usual at that hour'
      : 'the middle of the quiet rounds of this report'
  }.</p>`;
}
