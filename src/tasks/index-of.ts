import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { forgetUnmade, indexIn, noteUse, type SearchedRecord, shortNameOf } from '../cache/searched-record.ts';
import { cacheFolder, searchedFolder } from '../fetch/cache-folder.ts';
import type { AddReport } from '../search/add.ts';
import { checkOptions, type OptionChecks } from '../wording/check-options.ts';
import { type IndexDocumentsOptions, indexChecks, indexDocuments } from './index-documents.ts';

/** A file or a folder, how it is read, and by which model. */
export interface IndexOfOptions
  extends Pick<
    IndexDocumentsOptions,
    'source' | 'format' | 'include' | 'exclude' | 'ignored' | 'followLinks' | 'embedder' | 'models' | 'signal' | 'onProgress'
  > {
  readonly embedder?: string | null;
}

export interface IndexOf {
  /** The folder of the index. */
  readonly folder: string;
  readonly report: AddReport;
}

const { source, format, include, exclude, ignored, followLinks, embedder, models, signal, onProgress } = indexChecks;
const checks: OptionChecks<IndexOfOptions> = {
  source,
  format,
  include,
  exclude,
  ignored,
  followLinks,
  embedder,
  models,
  signal,
  onProgress,
};

/**
 * The index of a file or a folder, kept in the cache folder: made when it is first asked for, afterwards brought into step with what was added, changed and
 * removed. What is read otherwise, or by another model, has an index of its own; processes that do so at once wait for each other. `listCache` lists them, and
 * `clearCache` deletes them.
 *
 * @example
 * import { openIndex, search } from 'finetooth';
 * import { indexOf } from 'finetooth/tasks';
 *
 * const { folder } = await indexOf({ source: './notes' });
 * const index = await openIndex(folder);
 * const { results } = await search(index, 'medicine for the dog', { top: 1 });
 * console.log(results[0].id); // dog.md
 * await index.close();
 *
 * @throws what `indexDocuments` throws
 */
export async function indexOf(options: IndexOfOptions): Promise<IndexOf> {
  checkOptions('indexOf', options, checks);
  const { kept, folder, record } = await placeOfIndex(options);
  await noteUse(kept, record);
  try {
    const report = await indexDocuments({ ...options, into: folder, prune: true, durability: 'process' });
    const { added, changed, unchanged } = report;
    await noteUse(kept, { ...record, documents: added + changed + unchanged });
    return { folder, report };
  } catch (error) {
    await forgetUnmade(kept, folder);
    throw error;
  }
}

/** Where the index of a file or a folder is kept in the cache, and what is noted of it. */
export async function placeOfIndex(
  options: IndexOfOptions,
): Promise<{ readonly kept: string; readonly folder: string; readonly record: SearchedRecord }> {
  const { source, format, include, exclude, embedder, models = {} } = options;
  // What is said to be off is read as what is not said: it is the same index.
  const [ignored, followLinks] = [options.ignored || undefined, options.followLinks || undefined];
  // A path that is not there is told by who reads it.
  const at = await realpath(source).catch(() => source);
  const reading = { format, include, exclude, ignored, followLinks, embedder };
  const made = JSON.stringify([at, format, include, exclude, ignored, followLinks, embedder]);
  const name = `${shortNameOf(at)}-${createHash('sha256').update(made).digest('hex').slice(0, 12)}`;
  const kept = join(searchedFolder(models.cacheFolder ?? cacheFolder(process.env)), name);
  return { kept, folder: indexIn(kept, at), record: { source: at, reading } };
}
