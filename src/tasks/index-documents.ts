import { resolve } from 'node:path';
import { createChecks, openChecks } from '../assemble/check-open-index.ts';
import type { ModelOptions } from '../assemble/model-options.ts';
import { openIndex } from '../assemble/open-index.ts';
import { readIndex } from '../assemble/read-index.ts';
import { rebuiltIn } from '../assemble/rebuild.ts';
import { engineOf, isFolder, manifestOf, openStore, shownName } from '../assemble/store.ts';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { documentTest } from '../filter/document-test.ts';
import type { FieldTypes, Filter } from '../filter/filter.ts';
import { type ReadOptions, readChecks, readDocuments, readOptionsIn } from '../read/read.ts';
import type { AddOptions, AddReport } from '../search/add.ts';
import { type CreateOptions, formOf, withoutTitle } from '../search/create-options.ts';
import { takesTokens } from '../search/embedded.ts';
import { shortName } from '../store/index-changes.ts';
import type { Durability } from '../store/lancedb/durability.ts';
import { readManifest } from '../store/lancedb/index-folder.ts';
import { verifyFolder } from '../store/lancedb/verify.ts';
import { type Manifest, type Store, withoutEmbedder } from '../store/store.ts';
import { splitterVersion } from '../text/passages.ts';
import type { Document, Origin, ReadDocument } from '../types.ts';
import { callback, checkOptions, type OptionChecks, record, text, truth } from '../wording/check-options.ts';
import { counted } from '../wording/numbers.ts';
import { opened } from './opened-documents.ts';

export interface IndexDocumentsOptions extends CreateOptions, Pick<AddOptions, 'prune' | 'onProgress'>, ReadOptions {
  /** A file or a folder, as `readDocuments` takes it; `-` is `stdin`. Or another index: its folder, or its address in a database. */
  readonly source: string;
  /** The index: a folder, or its address in a database; it is made where there is none. */
  readonly into: string;
  /** Make the index again from scratch, and put it in the place of the old one in one step. @default false */
  readonly rebuild?: boolean;
  /** Which documents of the source are taken. @default all */
  readonly filter?: Filter;
  /**
   * A model by name, an embedder, or null for none: documents bring their vectors, and queries too. @default the index's own, else that of the index
   * that the documents come from, else bge-small-en-v1.5
   */
  readonly embedder?: string | Embedder | null;
  readonly models?: ModelOptions;
  /** As `openIndex` takes it. @default power */
  readonly durability?: Durability;
}

export const indexChecks: OptionChecks<IndexDocumentsOptions> = {
  ...createChecks,
  ...readChecks,
  source: text,
  into: text,
  rebuild: truth,
  prune: truth,
  // Read, and refused with its place, by the filter's own reader.
  filter: () => undefined,
  embedder: openChecks.embedder,
  models: record,
  durability: openChecks.durability,
  onProgress: callback,
};

/**
 * Reads documents, embeds what is new or changed, and stores it. Documents of another index, or of a file that `exportIndex` wrote, bring their vectors,
 * which are taken over where they are of the same model and the same text. A run that is stopped says what of it is stored, and the same call goes on
 * from there; a rebuild that is stopped leaves the index as it was, and takes what it can of the vectors of the old one.
 *
 * @example
 * import { indexDocuments } from 'finetooth/tasks';
 *
 * const { added, unchanged } = await indexDocuments({ source: 'movies.json', into: './again', fields: ['title', 'overview'], prune: true });
 * console.log(added, unchanged); // 6 0
 *
 * @throws E_USAGE for an option that there is not; what `openIndex`, `readDocuments` and `index.addRead` throw, and E_STOPPED
 */
export async function indexDocuments(options: IndexDocumentsOptions): Promise<AddReport> {
  checkOptions('indexDocuments', options, indexChecks);
  const { source, into, rebuild = false, fields, idField, types, tokens, passages, vectorField, languages, languageField } = options;
  const { titleField, dimensions, queryPrompt, documentPrompt, sparseModel, signal, models } = options;
  const name = shownName(into);
  if (!rebuild && isSamePlace(source, into) && (await manifestOf(into)) !== undefined)
    throw new FinetoothError('E_USAGE', `${name} cannot be read into itself. Name another folder, or rebuild it.`);
  let stored = 0;
  const fill = async (folder: string, create: CreateOptions): Promise<AddReport> => {
    const documents = await opened(documentsOf(options));
    let old: Store | undefined;
    try {
      const embedder = await embedderFor(options, documents.first?.embedded?.by, create);
      // Lengths and prompts are of a model: another one has its own.
      const isOther = rebuild && typeof embedder === 'string' && embedder !== (await manifestOf(into))?.model;
      if (rebuild) old = await wholeStore(into);
      const making = isOther ? { ...create, dimensions, queryPrompt, documentPrompt } : create;
      await using index = await openIndex(folder, { create: making, embedder, models, durability: options.durability });
      return await index.addRead(filtered(documents.all, options.filter), {
        signal,
        prune: options.prune,
        vectorsFrom: old,
        onProgress: (progress) => {
          stored = progress.done;
          options.onProgress?.(progress);
        },
      });
    } finally {
      await documents.all.return(undefined);
      await old?.close();
    }
  };
  const asked = { dimensions, queryPrompt, documentPrompt };
  const create: CreateOptions = {
    fields,
    idField,
    types,
    tokens,
    passages,
    vectorField,
    languages,
    languageField,
    titleField,
    sparseModel,
    ...asked,
  };
  try {
    return await (rebuild ? rebuiltIn(into, create, fill, signal) : fill(into, create));
  } catch (error) {
    if (!(error instanceof FinetoothError && error.code === 'E_STOPPED')) throw error;
    throw new FinetoothError('E_STOPPED', `stopped. ${rebuild ? `${name} is as it was.` : whatIsStored(stored, name)}`, { cause: error });
  }
}

/** Whether an index is to be read into itself, by the same way of writing it. */
function isSamePlace(source: string, into: string): boolean {
  if (source === '-') return false;
  const areFolders = engineOf(source) === undefined && engineOf(into) === undefined;
  return areFolders ? resolve(source) === resolve(into) : shownName(source) === shownName(into);
}

/** The documents of the source: an index is one too. */
async function* documentsOf(options: IndexDocumentsOptions): AsyncGenerator<ReadDocument> {
  const { source, format } = options;
  const isIndex = format === undefined && source !== '-' && (engineOf(source) !== undefined || (await readManifest(source)) !== undefined);
  yield* isIndex ? readIndex(source, { signal: options.signal }) : readDocuments(source, readOptionsIn(options));
}

async function* filtered(documents: AsyncIterable<ReadDocument>, filter: Filter | undefined): AsyncGenerator<ReadDocument> {
  let fits: ((document: Document) => boolean) | undefined;
  for await (const read of documents) {
    if (filter !== undefined) fits ??= documentTest(filter, (read.embedded?.by?.filterable ?? {}) as FieldTypes);
    if (fits === undefined || fits(read.document)) yield read;
  }
}

/**
 * The embedder that is opened: none for documents of another index whose vectors can all be taken over. Throws E_FINGERPRINT where they are another
 * model's and no one said that they shall be embedded again, which may take hours.
 */
async function embedderFor(
  { embedder, into, rebuild }: IndexDocumentsOptions,
  by: Origin | undefined,
  create: CreateOptions,
): Promise<string | Embedder | null | undefined> {
  if (embedder !== undefined) return embedder;
  const there = await manifestOf(into);
  if (by === undefined) return there?.embedder === withoutEmbedder ? null : undefined;
  const made = rebuild ? undefined : there;
  if (made !== undefined && made.embedder !== by.embedder) {
    const [theirs, ours] = [shortName(by.embedder), shortName(made.embedder)];
    throw new FinetoothError(
      'E_FINGERPRINT',
      (say) =>
        `the documents bring vectors of "${theirs}" (${by.dimensions} numbers); ${shownName(into)} holds those of "${ours}" (${made.dimensions}). To embed them again, name that model ${say.as('embedder')}.`,
    );
  }
  return canTakeOver(by, create, made) ? null : (by.model ?? null);
}

function canTakeOver(by: Origin, create: CreateOptions, made: Manifest | undefined): boolean {
  if (by.vectorField !== undefined) return true;
  const form = made === undefined ? formOf(create) : undefined;
  if (form !== undefined && JSON.stringify(form) !== JSON.stringify(by.form)) return false;
  const { fields, splitter, tokens, titleField } = made ?? {
    titleField: create.titleField ?? by.titleField,
    fields: create.fields ?? by.fields,
    splitter: create.passages === undefined ? by.splitter : create.passages === 'off' ? undefined : splitterVersion,
    tokens: create.tokens === undefined ? by.tokens : (create.tokens ?? undefined),
  };
  const wanted = tokens && by.tokens && { size: by.tokens.size, bits: tokens.bits ?? by.tokens.bits, pool: tokens.pool ?? by.tokens.pool };
  const takesAll = tokens === undefined || (wanted !== undefined && takesTokens(by.tokens, wanted));
  const takesTitles = typeof titleField !== 'string' || titleField === withoutTitle || titleField === by.titleField;
  return takesAll && takesTitles && JSON.stringify(fields) === JSON.stringify(by.fields) && splitter === by.splitter;
}

/** The store of an index in which nothing is damaged: a rebuild carries no damage on. */
async function wholeStore(where: string): Promise<Store | undefined> {
  if ((await manifestOf(where)) === undefined) return undefined;
  if (isFolder(where) && (await verifyFolder(where)).damages.length > 0) return undefined;
  const store = openStore(where);
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.close();
    if (error instanceof FinetoothError && error.code === 'E_INDEX_DAMAGED') return undefined;
    throw error;
  }
}

function whatIsStored(count: number, into: string): string {
  if (count === 0) return 'Nothing of this run was stored yet; the same command begins again.';
  return `${counted(count, 'document')} of this run ${count === 1 ? 'is' : 'are'} stored in ${into}; the same command goes on from there.`;
}
