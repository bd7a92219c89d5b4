/** The report's style sheet: inside the file, for screens wide and narrow, dark and light, and for paper. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #16202c; --soft: #55606e; --line: #dde2e8; --link: #0b5cad; --lead: #f3f5f8; --plot: #eef1f4;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #10151c; --ink: #e8edf3; --soft: #a3afbd; --line: #2b3643; --link: #7fb8f5; --lead: #18202a; --plot: #1d2631; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.kicker, .soft, figcaption, footer { color: var(--soft); }
.kicker { margin: 0; font-weight: 600; font-size: .9375rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .375rem 0 1rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.1875rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
.lead { background: var(--lead); border-left: .3rem solid #c11f2e; border-radius: .25rem; margin: 0; padding: .875rem 1.125rem; font-size: 1.125rem; overflow-wrap: anywhere; }
.lead.calm { border-color: #2a9d6f; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: .125rem 1.5rem; margin: 1.25rem 0 0; }
.facts div { border-top: 1px solid var(--line); padding: .5rem 0; }
.facts dt { color: var(--soft); font-size: .875rem; }
.facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.facts dd small { display: block; font-weight: 400; color: var(--soft); font-size: .8125rem; line-height: 1.35; }
figure { margin: .75rem 0 0; }
figcaption { font-size: .875rem; margin-top: .5rem; }
.row { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .625rem; align-items: center; }
.row > span { font-size: .8125rem; text-align: right; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row + .row { margin-top: 2px; }
svg { display: block; }
svg text { fill: var(--soft); font-size: 11px; }
.strip, .plot > svg + svg { background: var(--plot); border-radius: 2px; }
.onset { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 2; }
.grid { stroke: var(--line); stroke-width: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: .5rem 0 0; font-size: .8125rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: .375rem; }
.legend svg { flex: none; }
.scroll { overflow-x: auto; }
.meanings { list-style: none; padding: 0; font-size: .875rem; color: var(--soft); columns: 22rem; }
.meanings code { color: var(--ink); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line); }
/* Mechanisms: names with dots, and none to spare. */
.stack td:nth-last-child(2) { overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
ul { padding-left: 1.25rem; }
li { margin: .25rem 0; }
code { font: .8125rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--lead); border-radius: .25rem; padding: .625rem .75rem; white-space: pre-wrap; margin: .5rem 0; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; font-size: .8125rem; }
@media (max-width: 40rem) {
  h1 { font-size: 1.375rem; }
  .lead { font-size: 1rem; }
  .row { grid-template-columns: 4.5rem minmax(0, 1fr); gap: .375rem; }
  .row > span { font-size: .75rem; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .stack td { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .5rem; border: 0; padding: .0625rem 0; }
  .stack td::before { content: attr(data-name); color: var(--soft); }
}
@media print {
  :root { --ground: #fff; --ink: #000; --soft: #444; --line: #bbb; --link: #000; --lead: #f3f5f8; --plot: #eef1f4; color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  table { font-size: 8.5pt; }
  th, td { padding-right: .375rem; }
  .facts { grid-template-columns: repeat(3, 1fr); }
  svg, .lead { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  figure, .facts div, tr, li, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  @page { margin: 16mm 14mm; }
}
`;
