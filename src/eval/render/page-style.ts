/**
 * The page's only style: nothing is fetched. Series colours follow Okabe and Ito (https://jfly.uni-koeln.de/color/), darkened for white and
 * lightened for black until each has a contrast of 3 : 1 or more.
 */
const light = `
  --page: #f6f7f9; --surface: #ffffff; --text: #1a1f26; --muted: #57616d; --line: #d9dee5; --quiet: #7b8794;
  --better: #0068a8; --worse: #b84a00; --passed: #0f6b4f; --failed: #a83200; --tint: #eef2f6;
  --series-0: #4b5563; --series-1: #0072b2; --series-2: #c24e00; --series-3: #00805f; --series-4: #a64d87; --series-5: #8a6d00;`;
const dark = `
  --page: #0e1217; --surface: #161b22; --text: #e6eaef; --muted: #9ba6b2; --line: #2f3842; --quiet: #8390a0;
  --better: #5cb3ec; --worse: #ff9a57; --passed: #4fd0a5; --failed: #ff9a75; --tint: #1f262f;
  --series-0: #b4bdc8; --series-1: #56b4e9; --series-2: #ff9350; --series-3: #36c79c; --series-4: #e493c6; --series-5: #e6c63c;`;

export const pageStyle = `
:root { color-scheme: light dark;${light} }
@media (prefers-color-scheme: dark) { :root {${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
h4 { font-size: .9375rem; margin: 1rem 0 .25rem; }
p { margin: 0 0 .75rem; max-width: 46rem; }
a { color: inherit; text-underline-offset: .2em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--better); outline-offset: 2px; }
code, pre { font: .875em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--tint); border-radius: 6px; padding: .75rem 1rem; overflow-x: auto; margin: .5rem 0 1rem; }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.35rem 1.5rem; margin-top: 1.25rem; }
.muted, figcaption span { color: var(--muted); }
.small { font-size: .875rem; }
.verdicts { list-style: none; margin: 1.25rem 0 0; padding: 0; display: grid; gap: .6rem; }
.verdicts li { display: grid; grid-template-columns: 1.6rem 1fr; background: var(--surface); border: 1px solid var(--line); border-left: 5px solid var(--quiet); border-radius: 8px; padding: .7rem 1rem; }
.verdicts p { margin: 0; max-width: none; }
.verdicts .claim { font-size: 1.1rem; }
.verdicts .helps { border-left-color: var(--better); }
.verdicts .hurts { border-left-color: var(--worse); }
.sign { font-weight: 700; }
.helps > .sign { color: var(--better); }
.hurts > .sign { color: var(--worse); }
.gates { list-style: none; margin: 0; padding: 0; }
.gates li { padding: .3rem 0; }
.gates .passed { color: var(--passed); font-weight: 700; }
.gates .failed { color: var(--failed); font-weight: 700; }
.scroll { overflow-x: auto; margin: 0 -.25rem 1rem; padding: 0 .25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; color: var(--muted); font-size: .875rem; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-size: .8125rem; font-weight: 600; vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 600; }
tbody:last-child > tr:last-child > * { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.number small { display: block; color: var(--muted); font-size: .8125rem; }
.group th { padding-top: 1rem; }
.name { min-width: 8rem; max-width: 18rem; overflow-wrap: break-word; }
.verdict { min-width: 11rem; }
.verdict p { margin: .25rem 0 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
td.forest { vertical-align: top; padding-top: .2rem; padding-bottom: 0; }
th.forest { padding-bottom: .25rem; }
.forest svg, .key svg { display: block; }
.key { display: inline-block; vertical-align: -.15em; margin-right: .35rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem 2rem; }
figure { margin: 0; min-width: 0; max-width: 36rem; display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: subgrid; grid-row: span 3; row-gap: .5rem; align-content: start; }
figure.wide { grid-column: 1 / -1; max-width: none; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); grid-template-rows: none; grid-row: auto; column-gap: 2rem; }
figure.wide figcaption { grid-column: 1 / -1; }
figure .scroll { margin-bottom: 0; }
figcaption strong, figcaption span { display: block; }
figcaption span { font-size: .875rem; }
figure svg { display: block; width: 100%; height: auto; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow: visible; }
.forest svg { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow: visible; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .35rem 0 0; padding: 0; font-size: .875rem; }
.query { width: 34%; overflow-wrap: anywhere; }
.moves { list-style: none; margin: 0; padding: 0; font-size: .875rem; }
.moves b { font-variant-numeric: tabular-nums; }
details { margin-top: .75rem; }
summary { cursor: pointer; font-weight: 600; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1.5rem; margin: 0 0 1rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.notes { margin: 0; padding-left: 1.2rem; }
.notes li { margin-bottom: .4rem; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  main { padding: 1.25rem .75rem 2.5rem; }
  h1 { font-size: 1.4rem; }
  section { padding: 1rem .9rem; border-radius: 8px; }
  .name { min-width: 6.5rem; max-width: 38vw; }
  .scroll th[scope="row"] { position: sticky; left: -.25rem; background: var(--surface); }
  .changes thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .changes tbody { display: block; }
  .changes tr { display: grid; grid-template-columns: 1fr auto; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .changes tbody > tr > * { border-bottom: 0; padding-top: 0; padding-bottom: .25rem; }
  .changes td:last-child { grid-column: 1 / -1; }
  .changes .query { width: auto; position: static; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
  figure svg { font-size: 15px; }
}
@media print {
  :root {${light} --page: #ffffff; color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin-top: 1.5rem; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  .number small, thead th, .moves { font-size: 7.5pt; }
  th, td { padding: .3rem .5rem .3rem 0; }
  .name { min-width: 6rem; }
  .verdict { min-width: 8rem; }
  h2, h3 { break-after: avoid; }
  figure, tr, .verdicts li { break-inside: avoid; }
  details:not([open])::details-content { content-visibility: visible; block-size: auto; }
}
`;
