import type { ModelOptions } from '../assemble/model-options.ts';
import { openIndex } from '../assemble/open-index.ts';
import { rebuiltIn } from '../assemble/rebuild.ts';
import { FinetoothError } from '../errors.ts';
import { type ReadOptions, readDocuments } from '../read/read.ts';
import type { AddOptions, AddReport, CreateOptions } from '../search/add.ts';
import { counted } from '../wording/numbers.ts';

export interface IndexDocumentsOptions extends CreateOptions, Pick<AddOptions, 'prune' | 'onProgress'>, ReadOptions {
  /** A file or a folder, as `readDocuments` takes it; `-` is `stdin`. */
  readonly source: string;
  /** The folder of the index; it is made where there is none. */
  readonly into: string;
  /** Make the index again from scratch, and put it in the place of the old one in one step. @default false */
  readonly rebuild?: boolean;
  /** A model by name. @default the index's own, else bge-small-en-v1.5 */
  readonly embedder?: string;
  readonly models?: ModelOptions;
}

/**
 * Reads documents, embeds what is new or changed, and stores it. A run that is stopped says what of it is stored, and the same call goes on from
 * there; a rebuild that is stopped leaves the index as it was.
 *
 * @throws what `openIndex`, `readDocuments` and `index.addRead` throw, and E_STOPPED
 */
export async function indexDocuments(options: IndexDocumentsOptions): Promise<AddReport> {
  const {
    source,
    into,
    rebuild = false,
    fields,
    idField,
    filterable,
    tokens,
    passages,
    signal,
    prune,
    embedder,
    models,
    onProgress,
  } = options;
  let stored = 0;
  const fill = async (folder: string, create: CreateOptions): Promise<AddReport> => {
    await using index = await openIndex(folder, { create, embedder, models });
    return await index.addRead(readDocuments(source, options), {
      signal,
      prune,
      onProgress: (progress) => {
        stored = progress.done;
        onProgress?.(progress);
      },
    });
  };
  const create: CreateOptions = { fields, idField, filterable, tokens, passages };
  try {
    return await (rebuild ? rebuiltIn(into, create, fill, signal) : fill(into, create));
  } catch (error) {
    if (!(error instanceof FinetoothError && error.code === 'E_STOPPED')) throw error;
    throw new FinetoothError('E_STOPPED', `stopped. ${rebuild ? `${into} is as it was.` : whatIsStored(stored, into)}`, { cause: error });
  }
}

function whatIsStored(count: number, into: string): string {
  if (count === 0) return 'Nothing of this run was stored yet; the same command begins again.';
  return `${counted(count, 'document')} of this run ${count === 1 ? 'is' : 'are'} stored in ${into}; the same command goes on from there.`;
}
