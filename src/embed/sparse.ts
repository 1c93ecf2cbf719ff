import { unlessZero } from '../math/vectors.ts';
import type { SparseEncoder } from '../model/sparse-encoder.ts';
import type { CallOptions, SparseVector } from '../types.ts';

/** What weighs tokens: texts to sparse vectors over one vocabulary. Implementations keep no order and cut no list. */
export interface SparseEmbedder {
  /** Model, weights and form of the weights: written into an index and compared when it is opened. */
  readonly fingerprint: string;
  /** The name by which it is opened again; absent where it has none: then it is passed again. */
  readonly model?: string;
  /** Vector i belongs to texts[i], whatever else is in the call. An empty text may have no token. */
  embed(texts: readonly string[], role: 'query' | 'document', options?: CallOptions): Promise<SparseVectors>;
  /** The tokens of these numbers, in letters. */
  names(ids: readonly number[], options?: CallOptions): Promise<readonly string[]>;
  /** Resolves when a query need not wait for anything to be loaded. */
  load?(): Promise<void>;
  /** Frees what the embedder holds; later calls are refused. */
  close?(): Promise<void>;
}

export interface SparseVectors {
  readonly vectors: readonly SparseVector[];
  /** [count] Tokens that went through the model or were looked up; absent when the embedder does not know. */
  readonly tokens?: Uint32Array;
  /** [count] Tokens left out of each text because the model's window was full; absent when none were. */
  readonly truncatedTokens?: Uint32Array;
}

/** A sparse embedder over a local model. */
export const localSparseEmbedder = (encoder: SparseEncoder): SparseEmbedder => ({
  fingerprint: encoder.fingerprint,
  model: encoder.files.entry.name,
  embed: async (texts, role, options = {}) => {
    const { vectors, tokens, truncated } = await encoder.weigh(texts, { ...options, role });
    return { vectors, tokens, truncatedTokens: unlessZero(truncated) };
  },
  names: (ids, options) => encoder.names(ids, options),
  load: () => encoder.load(),
  close: () => encoder.close(),
});
