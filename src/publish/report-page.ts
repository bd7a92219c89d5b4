/** The report as one HTML file: no script, nothing loaded from anywhere, the data inside. */
import { html } from './html.ts';
import type { Report } from './report.ts';
import { dataOf, verifyCommand } from './report-csv.ts';
import { facts, findingsTable, method, othersList } from './report-facts.ts';
import { charts, timelines } from './report-figures.ts';
import { reportStyle } from './report-style.ts';
import { clockOf, leadOf, notShown, titleOf } from './report-words.ts';

export interface ReportFile {
  html: string;
  /** Of the CSV in it. */
  sha256: string;
  /** The command that recomputes it. */
  verify: string;
}

/**
 * Nothing but inline styles may run or load: should a label smuggle in markup in spite of the escaping, it does nothing.
 * `style-src` must allow inline styles, since the sheet is in the file.
 */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The whole file. `name`: how the file will be called, for the command that checks the data. */
export function reportFile(report: Report, { name, version }: { name: string; version: string }): ReportFile {
  const data = dataOf(report);
  const verify = verifyCommand(name);
  const clock = clockOf(report.timezone);
  const { axis } = report;
  const title = titleOf(report);
  const day = (ms: number) => `${clock.date(ms)}, ${clock.time(ms)}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ markup: reportStyle }}</style>
</head>
<body>
<main>
<p class="kicker">reachd report · ${day(axis.since_ms)} to ${day(axis.until_ms)} (${clock.zone(axis.until_ms)})</p>
<h1>${title}</h1>
<p class="lead${report.findings.length === 0 && ' calm'}">${leadOf(report)}</p>
${report.remarks.map((remark) => html`<p class="soft">${remark}</p>`)}
${facts(report)}
${timelines(report)}
${charts(report)}
${findingsTable(report)}
${othersList(report)}
<h2>What this does not show</h2>
<ul>${notShown(report).map((line) => html`<li>${line}</li>`)}</ul>
<h2>How it was measured</h2>
${method(report)}
<h2>The data</h2>
<p><a download="${name.replace(/\.html?$/i, '').replace(/[^\w.-]/g, '_')}.csv" href="data:text/csv;base64,${Buffer.from(data.csv).toString('base64')}">Download the data as CSV</a> (${data.rows.toLocaleString('en')} rows, inside this file): everything that the pictures are drawn from, times in UTC.</p>
<p>SHA-256 of that CSV: <code>${data.sha256}</code>. To compute it from this file:</p>
<pre><code>${verify}</code></pre>
<p class="soft">The hash shows that a copy is the same as the original, not who made it: keep it somewhere else than the file.</p>
<footer>Made by reachd ${version} on ${day(report.generated_ms)} (${clock.zone(report.generated_ms)}). ${report.source}.</footer>
</main>
</body>
</html>
`;
  return { html: page.markup, sha256: data.sha256, verify };
}
