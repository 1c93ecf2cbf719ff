import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from './browser.ts';

const samples = join(import.meta.dirname, '..', '..', 'samples', 'films');
const linesOf = (...path: readonly string[]): string[] =>
  readFileSync(join(samples, ...path), 'utf8')
    .trim()
    .split('\n');

/** Gives the server the bundled judgments of the first queries, as a page would. */
export async function judgeFilms(site: Site, count: number): Promise<void> {
  const queries = new Map(
    linesOf('queries.jsonl')
      .slice(0, count)
      .map((line) => JSON.parse(line) as { readonly _id: string; readonly text: string })
      .map(({ _id, text }) => [_id, text]),
  );
  const judgments = linesOf('qrels', 'test.tsv')
    .slice(1)
    .map((line) => line.split('\t') as [string, string, string])
    .filter(([query]) => queries.has(query))
    .map(([query, id, grade]) => ({ query: queries.get(query), id, grade: Math.min(3, Number(grade)) }));
  const answer = await fetch(`${site.server.url}/v1/indexes/films/judgments`, { method: 'PATCH', body: JSON.stringify({ judgments }) });
  if (answer.status !== 200) throw new Error(await answer.text());
}
