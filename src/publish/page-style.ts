/** The page's style sheet and icon, served as files of their own so that the policy needs no exception. */

export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #16202c; --soft: #55606e; --line: #dde2e8; --link: #0b5cad;
  --good: #17663a; --good-ground: #e2f4e8; --warn: #7a4b00; --warn-ground: #fdf0d5;
  --bad: #a01722; --bad-ground: #fde6e7; --dim: #4a5563; --dim-ground: #e9edf2; --odd: #6b2a86; --odd-ground: #f5e8fa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151c; --card: #18202a; --ink: #e8edf3; --soft: #a3afbd; --line: #2b3643; --link: #7fb8f5;
    --good: #8fe0ad; --good-ground: #143324; --warn: #f4c877; --warn-ground: #3a2b0d;
    --bad: #ffa9ae; --bad-ground: #451a1f; --dim: #b6c1cd; --dim-ground: #26303c; --odd: #dcaef0; --odd-ground: #36213f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
footer { margin-top: 1.5rem; padding-bottom: 2.5rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1rem; font-weight: 600; margin: 0; color: var(--soft); letter-spacing: .02em; }
h2 { font-size: 1.0625rem; margin: 2rem 0 .75rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
.headline { font-size: 1.5rem; line-height: 1.25; font-weight: 650; margin: .5rem 0 .25rem; text-wrap: balance; }
.headline::before { content: ""; display: block; width: 3rem; height: .3rem; border-radius: .15rem; background: var(--dim); margin-bottom: .625rem; }
.headline.good::before { background: var(--good); }
.headline.warn::before { background: var(--warn); }
.headline.bad::before { background: var(--bad); }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.banner { border-left: .3rem solid var(--bad); background: var(--bad-ground); padding: .75rem 1rem; border-radius: .25rem; margin: 1rem 0; }
blockquote.banner { margin-left: 0; margin-right: 0; font-size: 1.0625rem; }
.banner.warn { border-color: var(--warn); background: var(--warn-ground); }
.cards { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; min-width: 0; }
.card h3 { margin: 0; font-size: 1.125rem; display: flex; justify-content: space-between; align-items: center; gap: .5rem; flex-wrap: wrap; }
.card p { margin: .375rem 0 0; }
.pill { font-size: .9375rem; font-weight: 650; padding: .125rem .625rem; border-radius: 1rem; white-space: nowrap; color: var(--dim); background: var(--dim-ground); }
.pill.reachable, .pill.refused, .pill.ok { color: var(--good); background: var(--good-ground); }
.pill.degraded { color: var(--warn); background: var(--warn-ground); }
.pill.throttled, .pill.blocked, .pill.failed { color: var(--bad); background: var(--bad-ground); }
.pill.unreachable { color: var(--odd); background: var(--odd-ground); }
details { margin-top: .75rem; }
details table { margin-top: .375rem; }
summary { cursor: pointer; color: var(--soft); font-size: .9375rem; }
summary:focus-visible, a:focus-visible { outline: .15rem solid var(--link); outline-offset: .15rem; border-radius: .2rem; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.plain { list-style: none; padding: 0; margin: .5rem 0 0; display: flex; flex-wrap: wrap; gap: .375rem .5rem; }
.plain .pill { font-weight: 500; font-size: .875rem; white-space: normal; }
.incidents { list-style: none; padding: 0; margin: 0; display: grid; gap: .5rem; }
.incidents .card { padding: .75rem 1rem; }
.parts { margin-top: .75rem; gap: .75rem; }
.parts > li { border-top: 1px solid var(--line); padding-top: .75rem; }
.measures { border-top: 1px solid var(--line); padding-top: .625rem; font-variant-numeric: tabular-nums; }
.measures meter { height: .625rem; margin-top: .125rem; display: block; }
.glossary dt { font-weight: 600; margin-top: .5rem; }
.glossary dd { margin: 0; color: var(--soft); }
.facts { margin-top: .625rem; }
.unbroken { white-space: nowrap; }
meter { width: 100%; height: 1rem; margin-top: .5rem; }
@media (max-width: 30rem) {
  .headline { font-size: 1.3125rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dt { margin-top: .5rem; font-size: .875rem; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--line); padding: .375rem 0; }
  .stack tr:last-child { border-bottom: 0; }
  .stack td { border: 0; padding: .05rem 0; }
  .stack td:first-child { font-weight: 600; overflow-wrap: anywhere; }
  .stack td.wide { grid-column: 1 / -1; grid-row: 2; }
}
@media print { body { background: #fff; } details > * { display: block; } }
`;

/** A dot with two arcs: something listens here. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="22" r="4" fill="#0b5cad"/><g fill="none" stroke="#0b5cad" stroke-width="3" stroke-linecap="round"><path d="M9 15a10 10 0 0 1 14 0"/><path d="M4 10a17 17 0 0 1 24 0"/></g></svg>
`;
