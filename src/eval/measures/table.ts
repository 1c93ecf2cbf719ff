import { FinetoothError } from '../../errors.ts';
import { type ReadOptions, readChecks, readLineBatches } from '../../read/read.ts';
import type { OptionChecks } from '../../wording/check-options.ts';
import { listedNames } from '../../wording/listed-names.ts';

export type TableKind = 'run' | 'judgments';
export type TableOptions = Pick<ReadOptions, 'signal' | 'stdin' | 'where'>;
export const tableChecks: OptionChecks<TableOptions> = { signal: readChecks.signal, stdin: readChecks.stdin, where: readChecks.where };

/**
 * One line: `value` is the score of a run, the grade of a judgment, as it was written; `rank` is there under a header that names it.
 * Says whether to read on.
 */
export type OnRow = (query: string, id: string, value: string, line: number, rank?: string) => boolean;

/** Names that a header may have for each column, the first as BEIR writes it. */
const columnNames = {
  query: ['query-id', 'query_id', 'queryid', 'qid', 'q_id', 'query', 'topic'],
  document: ['corpus-id', 'corpus_id', 'corpusid', 'doc-id', 'doc_id', 'docid', 'docno', 'pid', 'document', 'document-id', 'document_id'],
  value: {
    run: ['score', 'sim', 'similarity', 'relevance-score', 'relevance_score'],
    judgments: ['score', 'grade', 'relevance', 'rel', 'label', 'judgment', 'judgement'],
  },
};

const shapes = {
  run: 'A run has TREC\'s six columns (query Q0 document rank score tag), or tabs and a header "query-id corpus-id rank score".',
  judgments: 'Judgments have TREC\'s four columns (query 0 document grade), or tabs and a header "query-id corpus-id score".',
};
const what = { run: 'a run', judgments: 'judgments' };

/** Where a line keeps its values: places among its tabs, or among the words of TREC's columns. */
interface Layout {
  readonly header: boolean;
  readonly columns: number;
  readonly query: number;
  readonly document: number;
  readonly value: number;
  /** TREC's own rank column is not read: trec_eval does not either. */
  readonly rank?: number;
}

const trec: Readonly<Record<TableKind, Layout>> = {
  run: { header: false, columns: 6, query: 0, document: 2, value: 4 },
  judgments: { header: false, columns: 4, query: 0, document: 2, value: 3 },
};

/**
 * Reads a run or judgments, TREC's columns or tabs with a header, plain or gz, told apart by content. Memory is bounded by the reader's
 * chunks: rows are handed on one by one. Throws E_INPUT_FORMAT with the line, E_INPUT_EMPTY, E_INPUT_MISSING.
 */
export async function readTable(path: string, kind: TableKind, onRow: OnRow, options: TableOptions = {}): Promise<number> {
  const name = options.where ?? path;
  let layout: Layout | undefined;
  let rows = 0;
  const parts: string[] = [];
  for await (const { texts, first } of readLineBatches(path, options)) {
    for (let i = 0; i < texts.length; i++) {
      const line = texts[i] as string;
      if (line === '' || line.trim() === '') continue;
      if (layout === undefined) {
        layout = layoutOf(line, kind, `${name} line ${first + i}`);
        if (layout.header) continue;
      }
      const count = layout.header ? cutTabs(line, parts) : cutWords(line, parts);
      const [query, id, value] = [parts[layout.query] as string, parts[layout.document] as string, parts[layout.value] as string];
      if (count !== layout.columns || query === '' || id === '') throw oddLine(`${name} line ${first + i}`, count, layout, kind);
      rows++;
      const rank = layout.rank === undefined ? undefined : parts[layout.rank];
      if (!onRow(query, id, value, first + i, rank)) return rows;
    }
  }
  if (rows === 0) throw new FinetoothError('E_INPUT_EMPTY', `${name} holds no ${kind === 'run' ? 'ranked documents' : 'judgments'}.`);
  return rows;
}

/** Told by the first line: a header names the columns; without one there are TREC's. */
function layoutOf(line: string, kind: TableKind, where: string): Layout {
  const names = line.split('\t').map((name) => name.trim().toLowerCase());
  const place = (known: readonly string[]): number => names.findIndex((name) => known.includes(name));
  const [query, document] = [place(columnNames.query), place(columnNames.document)];
  if (query >= 0 && document >= 0) {
    const value = place(columnNames.value[kind]);
    if (value < 0)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${where}: the header (${listedNames(names)}) names no ${kind === 'run' ? 'score' : 'grade'}. ${shapes[kind]}`,
      );
    const rank = kind === 'run' ? names.indexOf('rank') : -1;
    return { header: true, columns: names.length, query, document, value, rank: rank < 0 ? undefined : rank };
  }
  const words = wordsIn(line);
  if (words.length === trec[kind].columns) return trec[kind];
  const other = kind === 'run' ? 'judgments' : 'run';
  if (words.length === trec[other].columns)
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where} has the ${words.length} columns of ${what[other]}, not of ${what[kind]}. ${shapes[kind]}`,
    );
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    `${where} has ${words.length} columns${words.length > trec[kind].columns ? '; an id with a space needs the form with tabs' : ''}. ${shapes[kind]}`,
  );
}

function cutTabs(line: string, into: string[]): number {
  let count = 0;
  let from = 0;
  for (let at = line.indexOf('\t'); at >= 0; at = line.indexOf('\t', from)) {
    into[count++] = line.slice(from, at);
    from = at + 1;
  }
  into[count++] = line.slice(from);
  return count;
}

/** The words of a line of TREC's columns, without the cost of a regular expression; how many there are comes back. */
function cutWords(line: string, into: string[]): number {
  let count = 0;
  let at = 0;
  const end = line.length;
  while (at < end) {
    while (at < end && (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9)) at++;
    if (at === end) break;
    const from = at;
    while (at < end && line.charCodeAt(at) !== 32 && line.charCodeAt(at) !== 9) at++;
    into[count++] = line.slice(from, at);
  }
  return count;
}

function oddLine(where: string, count: number, { header, columns }: Layout, kind: TableKind): FinetoothError {
  if (count === columns) return new FinetoothError('E_INPUT_FORMAT', `${where} has an empty id. ${shapes[kind]}`);
  const why =
    header || count < columns
      ? `it may be cut off; the lines before have ${columns}`
      : `the lines before have ${columns}; an id with a space cannot be written in TREC's columns, only between tabs under a header`;
  return new FinetoothError('E_INPUT_FORMAT', `${where} has ${count} ${count === 1 ? 'column' : 'columns'}: ${why}.`);
}

const wordsIn = (line: string): string[] => line.split(/[ \t]+/).filter((word) => word !== '');
