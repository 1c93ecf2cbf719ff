import { join } from 'node:path';
import type { ModelOptions } from '../assemble/model-options.ts';
import { modelChecks } from '../assemble/model-options.ts';
import { resolveDataset } from '../dataset/resolve.ts';
import { FinetoothError } from '../errors.ts';
import { readTestSet, type TestSet } from '../eval/collection.ts';
import { checkJudgments, readJudgments } from '../eval/measures/judgments.ts';
import { cacheFolder } from '../fetch/cache-folder.ts';
import type { CallOptions, Progress } from '../types.ts';
import { callback, type OptionChecks, path, signal, text, texts, whole } from '../wording/check-options.ts';

export interface DataOptions extends CallOptions {
  /** A folder in BEIR's layout, a JSON list of `{ query, relevant }`, or the name of a test collection. */
  readonly data?: string;
  /** A folder of test collections of your own, by name. @default FINETOOTH_DATASETS */
  readonly datasetsFolder?: string;
  /** Judgments instead of those of `data`; a path from here, or else from `data`. */
  readonly judgments?: string;
  readonly models?: ModelOptions;
}

/** Judged queries, and the index that is searched for them: what `evaluate`, `tune` and `calibrate` take alike. */
export interface JudgedOptions extends DataOptions {
  /** An index that exists, which is only read, instead of one made of the documents of `data`. */
  readonly in?: string;
  /** Fields that make the text of a document. @default as for `openIndex` */
  readonly fields?: readonly string[];
  readonly embedder?: string;
  /** Where the index of `data` and the answers of a run that was killed are cached. @default `eval` in the cache folder */
  readonly workFolder?: string;
  readonly onProgress?: (progress: Progress & { readonly what: string }) => void;
}

export const judgedChecks: OptionChecks<JudgedOptions> = {
  data: text,
  datasetsFolder: path,
  judgments: text,
  models: modelChecks,
  in: path,
  fields: texts,
  embedder: text,
  workFolder: path,
  onProgress: callback,
  signal,
};

/** What a random draw takes, for every task that has some. */
export const drawChecks = { seed: whole(0, 2 ** 32 - 1), resamples: whole(100, 1_000_000) };

/** A test set, and the folder (or file) that it was found in. */
export interface FoundSet extends TestSet {
  readonly folder?: string;
}

/** Where that is, if no one says where. */
export function workFolderOf({ workFolder }: Pick<JudgedOptions, 'workFolder'>): string {
  return workFolder ?? join(cacheFolder(process.env), 'eval');
}

/** Queries that are judged and have words. */
export function judgedQueries({ judgments, queries }: TestSet): readonly string[] {
  return [...judgments.keys()].filter((query) => (queries.get(query) ?? '').trim() !== '');
}

/** Queries and judgments, from wherever `data` says; fetched when it names a collection that is not here. */
export async function findTestSet({ data, datasetsFolder, judgments, models = {}, signal }: DataOptions): Promise<FoundSet> {
  const reading = { signal };
  if (data !== undefined) {
    const { cacheFolder, offline, onDownload } = models;
    const { folder } = await resolveDataset(data, { ...reading, folder: datasetsFolder, cacheFolder, offline, onProgress: onDownload });
    return { ...(await readTestSet(folder, { ...reading, judgments })), folder };
  }
  if (judgments === undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) => `judgments are needed: name a collection as ${say.option('data')}, or a file of judgments as ${say.option('judgments')}.`,
    );
  const read = await readJudgments(judgments, reading);
  checkJudgments(read, judgments);
  return { queries: new Map(), judgments: read, files: [judgments] };
}
