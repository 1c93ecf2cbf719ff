import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { type ReadOptions, readDocuments, readOptionsIn } from '../read/read.ts';
import type { Document } from '../types.ts';
import { callback, callChecks, checkArguments, type OptionChecks, text } from '../wording/check-options.ts';
import { anyText } from '../wording/check-shapes.ts';
import { checkJudgments, readJudgments } from './measures/judgments.ts';

/** Queries and judgments, and where the documents lie. */
export interface TestSet {
  /** Text by query id. */
  readonly queries: ReadonlyMap<string, string>;
  /** Grades by query id, then document id. */
  readonly judgments: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Path of the documents; absent for a list of queries, whose documents are in an index. */
  readonly corpus?: string;
  /** Every file that was read or is named here. */
  readonly files: readonly string[];
}

/** A test collection in BEIR's layout, its documents in memory. */
export interface Collection extends TestSet {
  readonly documents: ReadonlyMap<string, Document>;
}

export interface TestSetOptions extends Pick<ReadOptions, 'signal'> {
  /** Other judgments than the folder's own: a path from here, or else from the folder. */
  readonly judgments?: string;
}

const testSetChecks: OptionChecks<TestSetOptions> = { ...callChecks, judgments: text };

/** A file that the user names: from the working folder, or else from the collection's. */
export const fileBeside = (folder: string, path: string): string =>
  isAbsolute(path) || existsSync(path) || !existsSync(join(folder, path)) ? path : join(folder, path);

/**
 * Reads a folder with corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv, each plain or gz, or a JSON list of
 * `{ query, relevant }`. The documents are left where they are. Throws E_INPUT_MISSING, E_INPUT_FORMAT, E_DUPLICATE_ID, E_JUDGMENTS.
 *
 * @example
 * import { readTestSet } from 'finetooth/eval';
 *
 * const { queries, judgments, corpus } = await readTestSet('./films');
 * console.log(queries.size >= judgments.size, corpus?.endsWith('corpus.jsonl')); // true true
 */
export async function readTestSet(data: string, options: TestSetOptions = {}): Promise<TestSet> {
  checkArguments("readTestSet('collection')", { data: [data, anyText], options: [options, testSetChecks] });
  const list = isList(data);
  const from = list ? undefined : needed(data, ['queries.jsonl']);
  const read: TestSet = list
    ? await readList(data, options)
    : { queries: await readQueries(from as string, options), judgments: new Map(), files: [from as string] };
  const corpus = list ? undefined : fileIn(data, ['corpus.jsonl']);
  if (list && options.judgments === undefined) {
    checkJudgments(read.judgments, data);
    return read;
  }
  const path = options.judgments === undefined ? needed(data, ['qrels.tsv', 'qrels/test.tsv']) : fileBeside(data, options.judgments);
  const judgments = await readJudgments(path, { signal: options.signal });
  checkJudgments(judgments, path);
  const known = [...judgments.keys()].filter((query) => read.queries.has(query)).length;
  if (known === 0)
    throw new FinetoothError(
      'E_JUDGMENTS',
      `${path} judges ${judgments.size} queries (such as "${judgments.keys().next().value}"), none of which is in ${from ?? data} (such as "${read.queries.keys().next().value}"): they are of different collections.`,
    );
  return {
    queries: read.queries,
    judgments,
    corpus,
    files: [...read.files, path, ...(corpus === undefined ? [] : [corpus])],
  };
}

/**
 * The documents of a collection by id. `wanted` keeps some of them only.
 *
 * @example
 * import { readCorpus } from 'finetooth/eval';
 *
 * const documents = await readCorpus('./films/corpus.jsonl', { wanted: (id) => id.startsWith('batman') });
 * console.log(documents.get('batman-begins-2005')?.title); // Batman Begins
 */
export async function readCorpus(
  path: string,
  options: Pick<ReadOptions, 'signal'> & { readonly wanted?: (id: string) => boolean } = {},
): Promise<Map<string, Document>> {
  checkArguments("readCorpus('corpus.jsonl')", { path: [path, anyText], options: [options, { ...callChecks, wanted: callback }] });
  const { wanted, ...reading } = options;
  const documents = new Map<string, Document>();
  for await (const { document, where } of readDocuments(path, readOptionsIn(reading))) {
    const id = idOf(document, where);
    if (wanted === undefined || wanted(id)) once(documents, id, document, where);
  }
  return documents;
}

/**
 * A whole collection in memory: `readTestSet` and its documents.
 *
 * @example
 * import { readCollection } from 'finetooth/eval';
 *
 * const { documents, queries, judgments } = await readCollection('./films');
 * console.log(documents.size > 0, queries.size >= judgments.size); // true true
 */
export async function readCollection(folder: string, options: TestSetOptions = {}): Promise<Collection> {
  checkArguments("readCollection('collection')", { folder: [folder, anyText], options: [options, testSetChecks] });
  const set = await readTestSet(folder, options);
  return { ...set, documents: await readCorpus(set.corpus ?? needed(folder, ['corpus.jsonl']), { signal: options.signal }) };
}

const isList = (data: string): boolean => /\.(json|jsonl|ndjson)(\.gz)?$/i.test(data);

function needed(folder: string, names: readonly string[]): string {
  const found = fileIn(folder, names);
  if (found !== undefined) return found;
  throw new FinetoothError(
    'E_INPUT_MISSING',
    `${folder} holds none of ${names.join(', ')} (nor one of them with .gz): a collection has corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv.`,
  );
}

/** A list of `{ query, relevant: [ids] }`; `relevant` may also be an object of grades by id. A query without an id is called by its text. */
async function readList(path: string, options: TestSetOptions): Promise<TestSet> {
  const queries = new Map<string, string>();
  const judgments = new Map<string, ReadonlyMap<string, number>>();
  for await (const { document, where } of readDocuments(path, readOptionsIn(options))) {
    const { query, relevant } = document;
    const shape = 'Each entry is {"query": "…", "relevant": ["id", …]}';
    if (typeof query !== 'string') throw new FinetoothError('E_INPUT_FORMAT', `${where} has no "query". ${shape}.`);
    const pairs = Array.isArray(relevant)
      ? relevant.map((id): readonly [string, number] => [wordOf(id), 1])
      : typeof relevant === 'object' && relevant !== null
        ? Object.entries(relevant).map(([id, grade]): readonly [string, number] => [id, Number(grade)])
        : undefined;
    if (pairs === undefined || pairs.some(([id, grade]) => id === '' || !Number.isInteger(grade)))
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${where}: "relevant" is neither a list of ids nor an object of whole grades by id. ${shape}.`,
      );
    const id = wordOf(document._id ?? document.id) || query;
    once(queries, id, query, where);
    const grades = new Map<string, number>();
    for (const [one, grade] of pairs) once(grades, one, grade, `${where}, "relevant"`);
    judgments.set(id, grades);
  }
  return { queries, judgments, files: [path] };
}

async function readQueries(path: string, options: TestSetOptions): Promise<Map<string, string>> {
  const queries = new Map<string, string>();
  for await (const { document, where } of readDocuments(path, readOptionsIn(options))) {
    if (typeof document.text !== 'string') throw new FinetoothError('E_INPUT_FORMAT', `${where} has no "text", the query.`);
    once(queries, idOf(document, where), document.text, where);
  }
  return queries;
}

const fileIn = (folder: string, names: readonly string[]): string | undefined =>
  names
    .flatMap(withGz)
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));

const wordOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function once<T>(found: Map<string, T>, id: string, value: T, where: string): void {
  if (found.has(id)) throw new FinetoothError('E_DUPLICATE_ID', `${where}: the id "${id}" was given before. Every id stands once.`);
  found.set(id, value);
}

function idOf(document: Document, where: string): string {
  const id = wordOf(document._id ?? document.id);
  if (id === '') throw new FinetoothError('E_INPUT_FORMAT', `${where} has no "_id".`);
  return id;
}

const withGz = (name: string): readonly string[] => [name, `${name}.gz`];
