import type { Embedder } from '../embed/embedder.ts';
import type { SparseEmbedder } from '../embed/sparse.ts';
import { FinetoothError } from '../errors.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { type RerankerPart, type RerankerSettings, rerankerParts } from '../rerank/reranker-plan.ts';
import { isSameIndex, type Manifest, type SparseModel, type Store, type StoreStats, withoutEmbedder } from '../store/store.ts';
import type { Document, ReadDocument } from '../types.ts';
import { checkArguments, readOf, record, when } from '../wording/check-options.ts';
import { type AddOptions, type AddReport, addDocuments } from './add.ts';
import { noEmbedder, vectorMissing } from './check.ts';
import { checkedDocuments, checkedReadDocuments, checkIds } from './check-call.ts';
import type { CreateOptions } from './create-options.ts';
import { tellDeleted } from './interrupted-delete.ts';
import { noSparse } from './sparse-passages.ts';
import { countUnreadable } from './unreadable.ts';

/** Documents, their vectors, and the two models that search them. `T`: what the documents are. */
export interface SearchIndex<T extends object = Document> extends AsyncDisposable {
  readonly store: Store;
  /** Sentences without their full stops that hold for whatever is asked of it: an option that has no effect. @default none */
  readonly notes?: readonly string[];
  /** Nothing until the first document of a new index was stored. */
  manifest(): Manifest | undefined;
  /** Throws E_USAGE when the index was opened without one. */
  embedder(): Embedder;
  /** What weighs the tokens of queries, opened when it is first asked for. Throws E_USAGE where the index keeps no weights, E_FINGERPRINT where they are another model's. */
  sparse(): Promise<SparseEmbedder>;
  /** null: the first stage alone ranks. */
  reranker(): Reranker | null;
  /**
   * A reranker by the name that pipelines use; several are one cascade. `default` alone is the reranker of the index, with its own settings but for
   * those that are given. Throws E_USAGE where the index has no such names.
   */
  rerankerNamed(names: readonly RerankerPart[], settings?: RerankerSettings): Promise<Reranker>;
  /** Embeds and stores what is new or changed; the rest is left as it is. In the field of vectors, where there is one, a Float32Array does too. */
  add(documents: Iterable<T> | AsyncIterable<T>, options?: AddOptions): Promise<AddReport>;
  /** The same for documents that know where they were read (`readDocuments`). */
  addRead(documents: AsyncIterable<ReadDocument>, options?: AddOptions): Promise<AddReport>;
  /** Removes by id and returns how many there were. */
  delete(ids: readonly string[]): Promise<number>;
  status(): Promise<IndexStatus>;
  close(): Promise<void>;
}

export interface IndexStatus extends StoreStats {
  /** By field, how many documents have no value that can be read as its type, but another one: ranges pass over them. Absent when there are none. */
  readonly unreadable?: Readonly<Record<string, number>>;
}

export interface IndexParts {
  readonly store: Store;
  /** As the store gave it; nothing for a new index. */
  readonly manifest: Manifest | undefined;
  readonly create?: CreateOptions;
  readonly embedder: Embedder | null;
  /** Catalog name under which the embedder is opened again. */
  readonly model?: string;
  readonly reranker: Reranker | null;
  /** See `SearchIndex`. */
  readonly notes?: readonly string[];
  /** What weighs tokens: that of a new index, and how that of any is opened. @default none */
  readonly sparse?: { readonly model: SparseModel | undefined; open(model: SparseModel): Promise<SparseEmbedder>; close(): Promise<void> };
  /** Late interaction over the index's own token vectors, for measuring how its scores spread. @default none */
  readonly lateInteraction?: () => Promise<Reranker>;
  /** Rerankers by name, closed with the index. */
  readonly rerankers?: { build(parts: readonly RerankerPart[], settings: RerankerSettings): Promise<Reranker>; close(): Promise<void> };
}

const someParts = when(
  'a list of rerankers or their names, at least one',
  (value) => rerankerParts(value) === undefined && (value as readonly unknown[]).length > 0,
);

/** Puts the parts together. They are closed with the index. */
export function createSearchIndex<T extends object = Document>(parts: IndexParts): SearchIndex<T> {
  let manifest = parts.manifest;
  const embedder = (): Embedder => {
    if (parts.embedder === null) throw manifest?.embedder === withoutEmbedder ? vectorMissing() : noEmbedder();
    return parts.embedder;
  };
  const sparse = async (model: SparseModel | undefined): Promise<SparseEmbedder> => {
    if (model === undefined) throw noSparse();
    if (parts.sparse !== undefined) return parts.sparse.open(model);
    throw new FinetoothError('E_USAGE', 'this index was opened without what weighs the tokens of its sparse model.');
  };
  const addChecked = async (documents: AsyncIterable<ReadDocument>, options: AddOptions = {}): Promise<AddReport> =>
    addDocuments(
      {
        store: parts.store,
        embedder: parts.embedder,
        create: parts.create ?? {},
        model: parts.model,
        lateInteraction: parts.lateInteraction,
        sparseModel: parts.sparse?.model,
        sparse,
        notes: parts.notes,
        manifest: () => manifest,
        created: (made) => {
          manifest = made;
        },
      },
      documents,
      options,
    );
  const close = async (): Promise<void> => {
    await Promise.all([
      parts.store.close(),
      parts.embedder?.close?.(),
      parts.reranker?.close?.(),
      parts.rerankers?.close(),
      parts.sparse?.close(),
    ]);
  };
  return {
    store: parts.store,
    notes: parts.notes,
    manifest: () => manifest,
    embedder,
    sparse: () => sparse(manifest === undefined ? parts.sparse?.model : manifest.sparse),
    reranker: () => parts.reranker,
    rerankerNamed: async (names, settings = {}) => {
      checkArguments("index.rerankerNamed(['default'])", { names: [names, someParts], settings: [settings, record] });
      const isPlain = readOf('the settings of index.rerankerNamed', () => Object.values(settings).every((value) => value === undefined));
      if (isPlain && names.length === 1 && names[0] === 'default' && parts.reranker !== null) return parts.reranker;
      if (parts.rerankers !== undefined) return parts.rerankers.build(names, settings);
      throw new FinetoothError('E_USAGE', `this index was opened without rerankers of a name; got "${names.join(', ')}".`);
    },
    add: async (documents, options) => addChecked(checkedDocuments(documents, options, (manifest ?? parts.create)?.vectorField), options),
    addRead: async (documents, options) => addChecked(checkedReadDocuments(documents, options), options),
    delete: async (ids) => {
      checkIds(ids);
      if (manifest === undefined) return 0;
      for (let most = 0; ; ) {
        const before = (await parts.store.open()) ?? manifest;
        try {
          const removed = await parts.store.delete(ids);
          most = Math.max(most, removed);
          if (removed > 0) await parts.store.optimize();
        } catch (error) {
          throw await tellDeleted(error, ids, parts.store);
        }
        // Optimizing waits for a rebuild, which may have brought them back.
        if (isSameIndex(before, (await parts.store.open()) ?? before)) return most;
      }
    },
    status: async () => {
      if (manifest === undefined) return { documents: 0, bytes: 0 };
      const [stats, unreadable] = [await parts.store.stats(), await countUnreadable(parts.store, manifest)];
      return Object.keys(unreadable).length === 0 ? stats : { ...stats, unreadable };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
