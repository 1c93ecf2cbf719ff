import type { EvalReport } from '../report/report.ts';
import { empty, type Html, html, isolated } from './markup.ts';
import { scrolling } from './sections.ts';
import { headroomTable, headroomTitle, overlapTable, overlapTitle } from './tables.ts';

/** What the order could gain, and how alike the orders are. */
export function ordersOf(report: EvalReport): Html {
  const tables = [tableOf(headroomTitle, headroomTable(report)), tableOf(overlapTitle, overlapTable(report))];
  if (tables.every(({ html: text }) => text === '')) return empty;
  return html`<section aria-labelledby="orders"><h2 id="orders">Orders</h2>
${tables}</section>`;
}

function tableOf(title: string, { heads, rows }: ReturnType<typeof overlapTable>): Html {
  if (rows.length === 0) return empty;
  const head = heads.map((name) => html`<th scope="col" class="number">${isolated(name)}</th>`);
  const body = rows.map(
    ([name = '', ...cells]) =>
      html`<tr><th scope="row" class="name">${isolated(name)}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`,
  );
  return html`<p class="small muted">${title}</p>
${scrolling(title, html`<table><thead><tr><th scope="col">Pipeline</th>${head}</tr></thead><tbody>${body}</tbody></table>`)}`;
}
