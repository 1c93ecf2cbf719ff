import type { CallOptions, Vectors } from '../types.ts';

/** A bi-encoder: texts to vectors. Implementations keep no order and cut no list; they embed. */
export interface Embedder {
  /** Model, weights, pooling and prefixes: written into an index and compared when it is opened. */
  readonly fingerprint: string;
  /** Numbers in a vector, 1 to 65,536. */
  readonly dimensions: number;
  /** Row i belongs to texts[i], whatever else is in the call. An empty text is embedded like any other. */
  embed(texts: readonly string[], role: 'query' | 'document', options?: CallOptions): Promise<Vectors>;
  /** Resolves when a call need not wait for anything to be loaded. */
  warm?(): Promise<void>;
  /** Frees what the embedder holds; later calls are refused. */
  close?(): Promise<void>;
}
