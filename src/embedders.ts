/** `finetooth/embedders`: models that make vectors, and what they are kept in. */

export { defaultModel, openModel } from './assemble/models.ts';
export { openSparseEmbedder } from './assemble/sparse.ts';
export { cachedEmbedder, type VectorCacheOptions } from './embed/cached.ts';
export { localEmbedder } from './embed/local.ts';
export type { SparseVectors } from './embed/sparse.ts';
export type { BiEncoder } from './model/bi-encoder.ts';
export type { ModelEntry } from './model/catalog/model-entry.ts';
export { createModelSessions, type ModelSessions } from './model/run/sessions.ts';
export { measureRuns, type Stopwatch } from './model/run/stopwatch.ts';
