import type { FieldTypes, Filter } from '../filter/filter.ts';
import type { CallOptions, Document, EmbeddingForm, Hit, PassagePlace, ScoreSpread, SparseVector, TokenForm } from '../types.ts';
import type { Facet, FacetOptions } from './facets.ts';

/** Documents, what finding them needs, and who finds them. Batching, checking and fusing stand above it. */
export interface Store {
  readonly capabilities: StoreCapabilities;
  /**
   * Returns the manifest that the store was created with; an empty store is created with the one given, when one is. Of a store that is open it
   * is the manifest as it is now: another `id` says that the index was made again meanwhile.
   */
  open(manifest?: Manifest): Promise<Manifest | undefined>;
  /** Adds or replaces by id, all or nothing. What has resolved survives a kill. Waits for other writers, also with nothing to write. */
  upsert(entries: readonly Entry[]): Promise<void>;
  /** Removes by id and returns how many there were. */
  delete(ids: readonly string[], options?: DeleteOptions): Promise<number>;
  /**
   * Of the entries with these ids, or of all, the id and the fields that are named, which may be none; nothing else is read. Any order; ids that
   * are not there are left out.
   */
  get<Field extends EntryField>(ids: readonly string[] | 'all', fields: readonly Field[]): AsyncIterable<Pick<Entry, 'id' | Field>>;
  /**
   * The best `limit` documents of what fits the filter, as `documentTest` says with the types of the manifest (`typesIn`), score descending, then id descending, each once, by its best passage, of equal ones the
   * first. Fewer come only where no more are to be had, whatever the filter. Cosine is in [-1, 1]; BM25 is 0 or more, a word asked twice counts
   * twice, only documents with a shared word come, and words are weighed by all passages, whether they fit the filter or not. A sparse vector
   * gives the sum of products of what both weigh, in the order of the tokens (`sparseScorer`), and only documents with a shared token come.
   */
  search<Field extends HitField = 'document'>(
    query: StoreQuery<Field>,
  ): Promise<Pick<Hit, 'id' | 'score' | 'passage' | 'other' | 'titleTokens' | Field>[]>;
  /** How many documents fit. @default all */
  count(filter?: Filter): Promise<number>;
  /** For each of the fields the values of all documents that fit, counted exactly, a document with many passages once; `facetCounter` counts them. */
  facets(fields: readonly string[], options: FacetOptions): Promise<readonly Facet[]>;
  stats(): Promise<StoreStats>;
  /**
   * Called when a run of writes is over: the place to build or refresh what makes `search` fast, once there is enough to do. Where a store holds
   * thousands of documents, BM25 may weigh words by those that there were the last time that it did; none is missed.
   */
  optimize(): Promise<void>;
  /** Writes into the manifest how scores lie on this collection. Waits for other writers. Absent: the manifest stays as it was made. */
  keepSpread?(spread: ScoreSpread): Promise<void>;
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** Whether a search by vector may pass over some of the nearest, unless it is asked to be exact. */
  readonly approximate: boolean;
  /** Whether fields that the manifest names as filterable are kept so that a filter on them costs what fits, and not what is stored. */
  readonly filterable: boolean;
  /** Whether what was written outlives the process. */
  readonly persistent: boolean;
  /** Whether an entry may have further passages. @default false: a document has one vector, and of a long text the end is not found */
  readonly passages?: boolean;
  /** Whether an entry may have the vectors of its title. @default false: a title is read when its document is found */
  readonly titles?: boolean;
  /** Whether an entry may have a sparse vector, and is found by one. @default false */
  readonly sparse?: boolean;
}

/** A vector of the query, or its analysed words. */
export type AskedBy = { readonly vector: Float32Array } | { readonly terms: readonly string[] };

/** By what a search may be: by the weights of tokens too, by which nothing is scored beside. */
export type SearchedBy = AskedBy | { readonly sparse: SparseVector };

/** What is asked of a store: the nearest by cosine to a vector, or the best by BM25 for analysed words, or by the weights of tokens. */
export type StoreQuery<Field extends HitField = HitField> = SearchedBy &
  CallOptions & {
    /** What each hit is scored by beside: it decides neither which documents come nor in what order. @default nothing */
    readonly other?: AskedBy;
    /** Hits at most; 0 gives none. */
    readonly limit: number;
    /** Which documents may come. @default all */
    readonly filter?: Filter;
    /** What comes with the id and the score of a hit. Token vectors only come from an index that keeps them. @default ['document'] */
    readonly fields?: readonly Field[];
    /** Compare with every vector that fits, though there be an approximate index. @default false */
    readonly exact?: boolean;
  };

/** What a hit may bring. */
export type HitField = 'document' | 'tokens';

/** What searching a text needs, or a passage of it. */
export interface Passage {
  /** [dimensions], length 1. */
  readonly vector: Float32Array;
  /** Token vectors in the manifest's form; only where it has one, and not of a document whose vector was given. */
  readonly tokens?: Uint8Array;
  /** Analysed words, joined by one space, in text order. */
  readonly terms: string;
  /** The weights of its tokens (`packSparse`); only where the manifest names a sparse model. */
  readonly sparse?: Uint8Array;
  /** Where it is; absent: it is the whole text. */
  readonly place?: PassagePlace;
}

/** A stored document with everything that searching it needs: its own vector, tokens and terms are those of its first passage, or of all of it. */
export interface Entry extends Passage {
  readonly id: string;
  readonly document: Document;
  /** Hash of the whole document: unchanged documents are skipped. */
  readonly hash: string;
  /** Hash of its text: an unchanged text keeps its vector. */
  readonly textHash: string;
  /** The passages after the first, in text order; only where the manifest says that there may be such. @default none */
  readonly further?: readonly Passage[];
  /** Vectors of its title alone, see `packTitle`; only where the manifest names a field of titles and keeps token vectors. @default none */
  readonly title?: Uint8Array;
}

export type EntryField = Exclude<keyof Entry, 'id'>;

/** What must hold for entries to be removed, where others write too. */
export interface DeleteOptions {
  /** By id the hash that the content must still have: what was changed since it was read stays. @default any */
  readonly hashes?: ReadonlyMap<string, string>;
  /** Only from this index: E_LOCKED when another has taken its place. @default any */
  readonly from?: Manifest;
}

export interface StoreStats {
  readonly documents: number;
  /** Of all documents, where there may be several of one. */
  readonly passages?: number;
  /** Bytes on disk, or in memory where there is no disk. */
  readonly bytes: number;
  /** ISO 8601, UTC; absent when nothing was ever written. */
  readonly changedAt?: string;
}

/**
 * Version of the layout of an index; older ones stay readable. 2 may keep token vectors, 3 names its table, 4 has filterable fields and counts its
 * writes, 5 may keep several passages of a document, 6 has types by which filters compare, 7 may keep the vectors of titles, 8 sparse vectors.
 */
export const indexFormat = 8;

/** Stands for the embedder in the manifest of an index that has none. */
export const withoutEmbedder = 'none';

/** What made the sparse vectors of an index. */
export interface SparseModel {
  /** The sparse embedder's fingerprint. */
  readonly embedder: string;
  /** The name by which it is opened again, where it has one. */
  readonly model?: string;
}

/** What an index was made with; compared when it is opened. */
export interface Manifest {
  /** Version of the layout on disk. */
  readonly format: number;
  /** Drawn by chance: an index that was made again has another, though all else is the same. Absent in indexes of earlier versions. */
  readonly id?: string;
  /** Name of the table that holds the documents; only after a rebuild. @default documents */
  readonly table?: string;
  /** The embedder's fingerprint; `withoutEmbedder`: it has none, and queries come with a vector too. */
  readonly embedder: string;
  /** Catalog name by which the embedder is opened again, where it has one. */
  readonly model?: string;
  readonly dimensions: number;
  /** How the model is used, where that was said; queries are embedded in the same way. */
  readonly form?: EmbeddingForm;
  /** How token vectors are kept; absent when they are not. */
  readonly tokens?: TokenForm;
  /** What weighed the tokens of its passages; absent where none are kept. */
  readonly sparse?: SparseModel;
  /** Fields that make the text, in order. */
  readonly fields: readonly string[];
  /**
   * What fields hold: by it filters compare them, and they are kept so that filters are fast. Filters on others are slower, and compare values as
   * they are. Before format 6 only `number` and `keyword`, and values are compared as they are (`typesIn`); absent before format 4.
   */
  readonly filterable?: FieldTypes;
  /** Those of these types that were declared: a rebuild keeps them, and infers the others again. @default none */
  readonly declared?: FieldTypes;
  /** Field that holds the user's id; absent when ids are derived. */
  readonly idField?: string;
  /** Field that holds the vector of each document, which is not kept in it; absent where documents are embedded. */
  readonly vectorField?: string;
  /** Version of how long texts are split into passages; absent where each document is one, as in indexes of earlier versions. */
  readonly splitter?: string;
  /** Version of the word analysis behind BM25. */
  readonly analyzer: string;
  /** Languages whose words are stemmed, by their codes; of several each document has one. None: words are not stemmed. @default English */
  readonly languages?: readonly string[];
  /** Field that names the language of a document; absent: of several languages it is detected. */
  readonly languageField?: string;
  /** Field whose text is compared by itself too; null: none was wanted; absent: none was found, as in indexes before format 7. */
  readonly titleField?: string | null;
  /** How the scores of late interaction lie here, measured when the index was made and again when it had doubled; absent where they were not. */
  readonly spread?: ScoreSpread;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Whether entries may have the vectors of their titles. */
export const keepsTitles = ({ dimensions, tokens, titleField }: Pick<Manifest, 'dimensions' | 'tokens' | 'titleField'>): boolean =>
  tokens?.size === dimensions && typeof titleField === 'string';

/**
 * The types by which filters compare fields, as `documentTest` takes them.
 *
 * @example
 * import { openIndex } from 'finetooth';
 * import { documentTest, typesIn } from 'finetooth/stores';
 *
 * const index = await openIndex('./movies');
 * const fits = documentTest('year >= 1990', typesIn(index.manifest()!));
 * console.log(fits({ year: '1975' }), fits({ year: '2005' })); // false true
 * await index.close();
 */
export const typesIn = ({ format, filterable = {} }: Pick<Manifest, 'format' | 'filterable'>): FieldTypes =>
  format >= 6 ? filterable : {};

/** Whether two manifests are of one index, and not of one that was made again in its place. */
export const isSameIndex = (a: Manifest, b: Manifest): boolean => (a.id ?? JSON.stringify(a)) === (b.id ?? JSON.stringify(b));
