import { checkArguments } from '../../wording/check-options.ts';
import { isReport } from '../report/check-report.ts';
import type { EvalReport } from '../report/report.ts';
import { openCanvas } from './canvas.ts';
import { failedOf, queriesOf, settingsOf, warningsOf } from './detail-sections.ts';
import { html, trusted } from './markup.ts';
import { ordersOf } from './order-sections.ts';
import { pageStyle } from './page-style.ts';
import { probabilitiesOf, spreadsOf, tradesOf } from './plot-sections.ts';
import { comparisonsOf, figuresOf, gatesOf, headerOf } from './sections.ts';

/**
 * One page that needs nothing else: no script, no file, no server. Its plots are SVG made here.
 * Throws E_RUNTIME when the packages that draw them are not installed.
 *
 * @example
 * import { writeFile } from 'node:fs/promises';
 * import { readReport, toHtml } from 'finetooth/eval';
 *
 * await writeFile('report.html', await toHtml(await readReport('report.json')));
 */
export async function toHtml(report: EvalReport): Promise<string> {
  checkArguments('toHtml(await evaluate({ data }))', { report: [report, isReport] });
  const canvas = await openCanvas();
  const sections = [
    headerOf(report),
    gatesOf(report),
    figuresOf(report, canvas),
    comparisonsOf(report, canvas),
    ordersOf(report),
    spreadsOf(report, canvas),
    tradesOf(report, canvas),
    probabilitiesOf(report, canvas),
    queriesOf(report),
    warningsOf(report),
    failedOf(report),
    settingsOf(report),
  ].filter((section) => section.html !== '');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Evaluation by ${report.primary}, ${report.at.slice(0, 10)}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<main>
${sections.map((section) => html`${section}\n`)}</main>
</body>
</html>
`.html;
  return renumbered(page);
}

/** Plot counts its markers over the whole life of a process; a page counts its own, so that one report makes one page. */
function renumbered(page: string): string {
  const numbers = new Map<string, number>();
  return page.replace(/\bplot-marker-\d+/g, (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return `plot-marker-${numbers.get(id)}`;
  });
}
