import type { Document, Hit, TokenForm } from '../types.ts';

/** Version of the layout of an index; older ones stay readable. 2 may keep token vectors, 3 names its table. */
export const indexFormat = 3;

/** What an index was made with; compared when it is opened. */
export interface Manifest {
  /** Version of the layout on disk. */
  readonly format: number;
  /** Drawn by chance: an index that was made anew has another, though all else is the same. Absent in indexes of earlier versions. */
  readonly id?: string;
  /** Name of the table that holds the documents; only after a rebuild. @default documents */
  readonly table?: string;
  /** The embedder's fingerprint. */
  readonly embedder: string;
  /** Catalog name by which the embedder is opened again, where it has one. */
  readonly model?: string;
  readonly dimensions: number;
  /** How token vectors are kept; absent when they are not. */
  readonly tokens?: TokenForm;
  /** Fields that make the text, in order. */
  readonly fields: readonly string[];
  /** Field that holds the user's id; absent when ids are derived. */
  readonly idField?: string;
  /** Version of the word analysis behind BM25. */
  readonly analyzer: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A stored document with everything that searching it needs. */
export interface Entry {
  readonly id: string;
  readonly document: Document;
  /** Hash of the whole document: unchanged documents are skipped. */
  readonly hash: string;
  /** Hash of its text: an unchanged text keeps its vector. */
  readonly textHash: string;
  /** [dimensions], length 1. */
  readonly vector: Float32Array;
  /** Token vectors in the manifest's form; only where it has one. */
  readonly tokens?: Uint8Array;
  /** Analysed words, joined by one space, in text order. */
  readonly terms: string;
}

export interface FindOptions {
  /** Bring the token vectors of each hit too, where the index keeps them. @default false */
  readonly tokens?: boolean;
  /** Compare with every vector, though there be an approximate index: nothing is missed, and the time grows with the collection. @default false */
  readonly exact?: boolean;
}

/** What is asked of a first stage: nearest by cosine to a vector, or best by BM25 for analysed words. */
export type Probe = { readonly vector: Float32Array } | { readonly terms: readonly string[] };

export interface StoreStatus {
  readonly documents: number;
  /** Bytes on disk, or in memory where there is no disk. */
  readonly bytes: number;
  /** ISO 8601, UTC; absent when nothing was ever written. */
  readonly changedAt?: string;
}

/** What must hold for entries to be removed, where others write too. */
export interface DeleteOptions {
  /** By id the hash that the content must still have: what was changed since it was read stays. @default any */
  readonly hashes?: ReadonlyMap<string, string>;
  /** Only from this index: E_LOCKED when another has taken its place. @default any */
  readonly from?: Manifest;
}

/** Whether two manifests are of one index, and not of one that was made anew in its place. */
export const isSameIndex = (a: Manifest, b: Manifest): boolean => (a.id ?? JSON.stringify(a)) === (b.id ?? JSON.stringify(b));

/** Documents and their vectors together. */
export interface Store {
  /**
   * Returns the manifest that the store was created with; an empty store is created with the one given, when one is. Of a store that is open it
   * is the manifest as it is now: another `id` says that the index was made anew meanwhile.
   */
  open(manifest?: Manifest): Promise<Manifest | undefined>;
  /** Adds or replaces by id, all or nothing. What has resolved survives a kill. Waits for other writers, also with nothing to put. */
  put(entries: readonly Entry[]): Promise<void>;
  /** Removes by id and returns how many there were. */
  delete(ids: readonly string[], options?: DeleteOptions): Promise<number>;
  /** The entries with these ids, or all; any order; ids that are not there are left out. */
  read(ids: readonly string[] | 'all'): AsyncIterable<Entry>;
  /**
   * The best `count`, score descending, then id descending, so that fewer come only where no more are to be had. Cosine is in [-1, 1]; BM25 is
   * 0 or more, a word asked twice counts twice, and only documents with a shared word come.
   */
  find(probe: Probe, count: number, options?: FindOptions): Promise<Hit[]>;
  /**
   * Called when a run of writes is over: the place to build or refresh what makes `find` fast. Until then BM25 may weigh words by the documents
   * that there were the last time.
   */
  settle(): Promise<void>;
  status(): Promise<StoreStatus>;
  close(): Promise<void>;
}
