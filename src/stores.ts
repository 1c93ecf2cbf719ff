/** `finetooth/stores`: where indexes are kept, and what a store is written with. */

export { readIndex } from './assemble/read-index.ts';
export { documentTest } from './filter/document-test.ts';
export { packSparse, sparseScorer, unpackSparse } from './math/sparse.ts';
export { parseDocument } from './read/record.ts';
export { type FacetCounter, facetCounter } from './store/facets.ts';
export { lanceStore } from './store/lancedb/lancedb.ts';
export { memoryStore } from './store/memory.ts';
export type { PostgresStoreOptions } from './store/postgres/options.ts';
export { postgresStore } from './store/postgres/postgres.ts';
export { type QdrantStoreOptions, qdrantStore } from './store/qdrant/qdrant.ts';
export {
  type Entry,
  type EntryField,
  type HitField,
  type Manifest,
  type SearchedBy,
  type SparseModel,
  type StoreCapabilities,
  type StoreQuery,
  type StoreStats,
  typesIn,
} from './store/store.ts';
export { textOf } from './text/recipe.ts';
export type { Embedded, EmbeddedPassage, Hit, Origin } from './types.ts';
