import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { cacheFolder } from '../fetch/cache-folder.ts';
import { readDocuments } from '../read/read.ts';
import { stampOf } from '../store/lancedb/index-folder.ts';
import { withLock } from '../time/file-lock.ts';
import { packageVersion } from '../wording/package-version.ts';
import type { ModelOptions } from './model-options.ts';
import type { NamedIndexes } from './named-indexes.ts';
import { openIndex } from './open-index.ts';

/** How far the index of the bundled films is. */
export interface SampleState {
  readonly state: 'absent' | 'building' | 'ready';
  readonly done: number;
  readonly total: number;
}

/** The bundled films as an index, made once for each version in the cache folder, and not before someone wants it. */
export interface SampleIndex extends NamedIndexes {
  readonly name: string;
  state(): Promise<SampleState>;
  /** Begins to make it, unless it is there or being made. */
  begin(): void;
  /** Why it could not be made, once: whoever asks then begins again. */
  failure(): unknown;
  close(): Promise<void>;
}

/** What it is made of. */
export interface Sample {
  readonly name: string;
  /** A file of documents, and how many it holds. */
  readonly corpus: string;
  readonly documents: number;
  readonly fields: readonly string[];
}

/** So many are told as done at once. */
const BATCH = 32;

/** @param sample @default the bundled films */
export function sampleIndex(models: ModelOptions, sample: Sample = bundledFilms()): SampleIndex {
  const { name, corpus, documents: total, fields } = sample;
  const closing = new AbortController();
  let making: Promise<void> | undefined;
  let failed: unknown;
  let done = 0;
  let found: Promise<string> | undefined;
  /** Where it is, or will be: another version of the films, or of this package, has another place. */
  const parent = join(models.cacheFolder ?? cacheFolder(process.env), 'samples');
  const place = (): Promise<string> => {
    found ??= (async () => {
      const key = createHash('sha256')
        .update(await readFile(corpus))
        .update(packageVersion())
        .update(fields.join());
      return join(parent, `${name}-${key.digest('hex').slice(0, 12)}`);
    })();
    return found;
  };
  const make = async (): Promise<void> => {
    const folder = await place();
    await mkdir(parent, { recursive: true });
    // Of two servers one makes it, and the other waits.
    await withLock(folder, closing.signal, async (signal) => {
      if ((await stampOf(folder)) !== undefined) return;
      // One that was stopped goes on where it was.
      const unfinished = `${folder}.unfinished`;
      const index = await openIndex(unfinished, { create: { fields }, models }).catch(async (error: unknown) => {
        await rm(unfinished, { recursive: true, force: true });
        throw error;
      });
      try {
        await index.addRead(readDocuments(corpus, { signal }), {
          signal,
          firstBatch: BATCH,
          onProgress: (progress) => (done = progress.done),
        });
      } finally {
        await index.close();
      }
      await rm(folder, { recursive: true, force: true });
      await rename(unfinished, folder);
    });
  };
  return {
    name,
    list: async () => [name],
    stamp: async () => stampOf(await place()),
    // Judgments beside it outlive the version.
    folderOf: () => join(parent, name),
    open: async (_, options) => openIndex(await place(), options),
    state: async () => {
      if ((await stampOf(await place())) !== undefined) return { state: 'ready', done: total, total };
      return { state: making === undefined ? 'absent' : 'building', done, total };
    },
    begin: () => {
      if (making !== undefined || closing.signal.aborted) return;
      done = 0;
      making = make()
        .catch((error: unknown) => void (failed = error))
        .finally(() => (making = undefined));
    },
    failure: () => {
      const why = failed;
      failed = undefined;
      return why;
    },
    close: async () => {
      closing.abort(new FinetoothError('E_STOPPED', 'the server is being closed.'));
      await making;
    },
  };
}

/** Where the page's indexes are kept unless someone says where. `cache` as models have it. */
export const defaultIndexesFolder = (cache?: string): string => join(cache ?? cacheFolder(process.env), 'indexes');

const bundledFilms = (): Sample => ({
  name: 'films',
  corpus: join(dirname(createRequire(import.meta.url).resolve('finetooth/package.json')), 'samples', 'films', 'corpus.jsonl'),
  documents: 350,
  fields: ['title', 'overview', 'tagline'],
});
