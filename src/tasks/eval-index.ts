import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenIndexOptions } from '../assemble/check-open-index.ts';
import { defaultModel } from '../assemble/models.ts';
import { openIndex } from '../assemble/open-index.ts';
import { FinetoothError } from '../errors.ts';
import { keyOf } from '../eval/systems/journal.ts';
import { hashFile } from '../fetch/checksums.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { readDocuments } from '../read/read.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { type JudgedOptions, workFolderOf } from './eval-data.ts';

/** Told apart from indexes that earlier versions made of other fields: how fields are found where no one names them. */
const INFERENCE = 'of-256';

/** The index that pipelines are evaluated on: the one that is named, or one of the documents of `corpus`. `onNotes`: what reading them has to say. */
export async function openEvalIndex(
  options: JudgedOptions & { readonly types?: FieldTypes },
  corpus: string | undefined,
  onNotes?: (notes: readonly string[]) => void,
): Promise<SearchIndex> {
  const { signal, fields, types, embedder, models, onProgress } = options;
  const parts: OpenIndexOptions = { embedder, models };
  if (options.in !== undefined && types !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `${say.option('types')} is for an index that is made here; the one of ${say.option('in')} has types of its own. Leave it out.`,
    );
  if (options.in !== undefined) return openIndex(options.in, parts);
  if (corpus === undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `there are no documents to search: name a folder with corpus.jsonl as ${say.option('data')}, or an index as ${say.option('in')}, or measure finished runs ${say.as('runs')}.`,
    );
  const key = keyOf(
    await hashFile(corpus, signal),
    JSON.stringify(fields ?? INFERENCE),
    embedder ?? defaultModel,
    ...(types === undefined ? [] : [JSON.stringify(types)]),
  );
  const create = fields === undefined && types === undefined ? true : { fields, types };
  const index = await openMade(join(workFolderOf(options), `index-${key}`), { ...parts, create });
  try {
    const { notes = [] } = await index.addRead(readDocuments(corpus, { signal }), {
      signal,
      onProgress: (progress) => onProgress?.({ ...progress, what: 'indexing' }),
    });
    onNotes?.(notes);
    return index;
  } catch (error) {
    await index.close();
    throw error;
  }
}

/** Another text says that documents came, went or changed since: answers of before are no longer its own. */
export async function stateOf({ store }: SearchIndex): Promise<string> {
  const { documents, changedAt } = await store.stats();
  return JSON.stringify([documents, changedAt]);
}

/** Opens what a killed or earlier evaluation made, and makes it again when it was made by other weights or is damaged. */
async function openMade(folder: string, options: OpenIndexOptions): Promise<SearchIndex> {
  try {
    return await openIndex(folder, options);
  } catch (error) {
    const stale = error instanceof FinetoothError && ['E_FINGERPRINT', 'E_INDEX_DAMAGED', 'E_RECIPE'].includes(error.code);
    if (!stale) throw error;
    await rm(folder, { recursive: true, force: true });
    return openIndex(folder, options);
  }
}
