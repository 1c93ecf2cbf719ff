import type { JudgmentSet } from '../../eval/judgment-file.ts';
import { RequestError } from '../problem.ts';
import type { ExportFormat } from './judged-forms.ts';

export interface Exported {
  readonly type: string;
  /** For a download. */
  readonly file: string;
  readonly text: string;
}

/** Judgments as files that others read. Throws a RequestError for ids that a format cannot hold. */
export const exportsOf: Readonly<Record<Exclude<ExportFormat, 'json'>, (set: JudgmentSet) => Exported>> = {
  /** TREC's four columns. */
  trec: ({ judgments }) => ({
    type: 'text/plain; charset=utf-8',
    file: 'qrels.txt',
    text: linesOf(judgments, (query, id, grade) => `${oneWord(query)} 0 ${oneWord(id)} ${grade}`),
  }),
  /** A line a query, which `finetooth eval --data` reads as it is. */
  jsonl: ({ queries, judgments }) => ({
    type: 'application/x-ndjson; charset=utf-8',
    file: 'judgments.jsonl',
    text: [...judgments]
      .map(([id, grades]) => `${JSON.stringify({ _id: id, query: queries.get(id), relevant: Object.fromEntries(grades) })}\n`)
      .join(''),
  }),
  /** The two files of a collection, as BEIR has them. */
  qrels: ({ judgments }) => ({
    type: 'text/tab-separated-values; charset=utf-8',
    file: 'qrels.tsv',
    text: `query-id\tcorpus-id\tscore\n${linesOf(judgments, (query, id, grade) => `${query}\t${id}\t${grade}`)}`,
  }),
  queries: ({ queries, judgments }) => ({
    type: 'application/x-ndjson; charset=utf-8',
    file: 'queries.jsonl',
    text: [...judgments.keys()].map((id) => `${JSON.stringify({ _id: id, text: queries.get(id) })}\n`).join(''),
  }),
};

const linesOf = (judgments: JudgmentSet['judgments'], line: (query: string, id: string, grade: number) => string): string =>
  [...judgments].flatMap(([query, grades]) => [...grades].map(([id, grade]) => `${line(query, id, grade)}\n`)).join('');

function oneWord(id: string): string {
  if (!/\s/.test(id)) return id;
  throw new RequestError('invalid', `the id "${id}" has a space, which TREC's columns cannot hold; take format=qrels or jsonl`, {
    param: 'format',
  });
}
