import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { readDocuments } from '../read/read.ts';
import type { Document } from '../types.ts';
import type { Judgments } from './measures.ts';

/** A test collection in BEIR's layout. */
export interface Collection {
  readonly documents: ReadonlyMap<string, Document>;
  readonly queries: ReadonlyMap<string, string>;
  readonly judgments: Judgments;
}

const firstOf = (folder: string, names: readonly string[]): string => {
  const found = names.flatMap((name) => [name, `${name}.gz`]).find((name) => existsSync(join(folder, name)));
  if (found === undefined)
    throw new FinetoothError(
      'E_INPUT_MISSING',
      `${folder} holds none of ${names.join(', ')} (nor one of them with .gz): a collection has corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv.`,
    );
  return join(folder, found);
};

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** Judgments as BEIR writes them: a header, then query-id, corpus-id, score. */
export const readJudgments = async (path: string): Promise<Judgments> => {
  const judgments = new Map<string, Map<string, number>>();
  for await (const { document, where } of readDocuments(path, { format: 'tsv' })) {
    const [query, id, grade] = [text(document['query-id']), text(document['corpus-id']), Number(document.score)];
    if (query === '' || id === '' || !Number.isFinite(grade))
      throw new FinetoothError('E_INPUT_FORMAT', `${where} is no judgment: it needs query-id, corpus-id and a number as score.`);
    const grades = judgments.get(query) ?? new Map<string, number>();
    judgments.set(query, grades.set(id, grade));
  }
  return judgments;
};

/** A run as BEIR writes it: a header, then query-id, corpus-id, rank, score. */
export const readRun = async (path: string): Promise<Map<string, { id: string; score: number }[]>> => {
  const run = new Map<string, { id: string; score: number }[]>();
  for await (const { document, where } of readDocuments(path, { format: 'tsv' })) {
    const [query, id, score] = [text(document['query-id']), text(document['corpus-id']), Number(document.score)];
    if (query === '' || id === '' || !Number.isFinite(score))
      throw new FinetoothError('E_INPUT_FORMAT', `${where} is no line of a run: it needs query-id, corpus-id and a number as score.`);
    run.set(query, [...(run.get(query) ?? []), { id, score }]);
  }
  return run;
};

/** Reads corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv, each plain or gz. */
export const readCollection = async (folder: string, qrels?: string): Promise<Collection> => {
  const byId = async (path: string): Promise<Map<string, Document>> => {
    const found = new Map<string, Document>();
    for await (const { document, where } of readDocuments(path)) {
      const id = text(document._id);
      if (id === '') throw new FinetoothError('E_INPUT_FORMAT', `${where} has no "_id".`);
      found.set(id, document);
    }
    return found;
  };
  const documents = await byId(firstOf(folder, ['corpus.jsonl']));
  const queries = await byId(firstOf(folder, ['queries.jsonl']));
  const judgments = await readJudgments(qrels === undefined ? firstOf(folder, ['qrels.tsv', 'qrels/test.tsv']) : join(folder, qrels));
  return { documents, queries: new Map([...queries].map(([id, query]) => [id, text(query.text)])), judgments };
};
