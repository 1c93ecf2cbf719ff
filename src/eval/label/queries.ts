import { FinetoothError } from '../../errors.ts';
import { readerOfName } from '../../read/formats.ts';
import { type ReadOptions, readDocuments, readOptionsIn, readTextLines } from '../../read/read.ts';
import { derivedId, hashOfText } from '../../text/identity.ts';

export interface LabelQuery {
  readonly id: string;
  readonly text: string;
}

/** The id of a query that brings none: from its words, so that its judgments are found again wherever it stands. */
export const queryIdOf = (text: string): string => derivedId(hashOfText(text), 1);

const readRecords = async function* (path: string, options: ReadOptions): AsyncGenerator<LabelQuery & { readonly where: string }> {
  for await (const { document, where } of readDocuments(path, readOptionsIn(options))) {
    const text = document.text ?? document.query;
    if (typeof text !== 'string' || text.trim() === '')
      throw new FinetoothError('E_INPUT_FORMAT', `${where} has no "text", the query. A line is {"_id": "q1", "text": "…"}.`);
    const given = document._id ?? document.id;
    if (given !== undefined && given !== null && typeof given !== 'string' && typeof given !== 'number')
      throw new FinetoothError('E_INPUT_FORMAT', `${where}: its id is ${JSON.stringify(given)}; an id is a text or a number.`);
    const id = given === undefined || given === null ? queryIdOf(text.trim()) : String(given);
    yield { id, text: text.trim(), where };
  }
};

const readLines = async function* (path: string, options: ReadOptions): AsyncGenerator<LabelQuery & { readonly where: string }> {
  for await (const { text, where } of readTextLines(path, options)) {
    if (/^\s*[[{]\s*"/.test(text))
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${where} looks like JSON, but by its name the file holds one query per line. Name it .jsonl or .json.`,
      );
    yield { id: queryIdOf(text.trim()), text: text.trim(), where };
  }
};

/** An id that a table with tabs can hold, or E_INPUT_FORMAT. */
export function checkTableId(id: string, where: string): void {
  if (/[\t\n\r]/.test(id))
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where} has the id ${JSON.stringify(id)}: judgments are lines with tabs, so an id has neither tabs nor line ends. Give it another.`,
    );
  if (id.trim() === '') throw new FinetoothError('E_INPUT_FORMAT', `${where} has an empty id. Give it another, or none.`);
}

/**
 * Reads queries, text by id, in order: records with `text` (or `query`) and perhaps `_id` or `id` where the file's name says JSON, JSONL,
 * CSV, TSV or Parquet, otherwise one query per line; each also .gz. The same words twice without an id are one query. Throws E_INPUT_FORMAT,
 * E_DUPLICATE_ID, E_INPUT_EMPTY, E_INPUT_MISSING.
 */
export async function readLabelQueries(
  path: string,
  options: Pick<ReadOptions, 'signal' | 'stdin' | 'where' | 'format'> = {},
): Promise<Map<string, string>> {
  const format = options.format ?? readerOfName(path)?.name;
  const queries = new Map<string, string>();
  for await (const { id, text, where } of format === undefined || format === 'text'
    ? readLines(path, options)
    : readRecords(path, options)) {
    checkTableId(id, where);
    const before = queries.get(id);
    if (before !== undefined && before !== text)
      throw new FinetoothError('E_DUPLICATE_ID', `${where}: the id "${id}" was given before, to other words. Every query has its own.`);
    queries.set(id, text);
  }
  return queries;
}
