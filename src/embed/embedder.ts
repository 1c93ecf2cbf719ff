import type { PassageSource } from '../text/passages.ts';
import type { CallOptions, Span, TokenForm, Vectors } from '../types.ts';

export interface EmbedOptions extends CallOptions {
  /** Also pack the token vectors of each text in this form; only where the embedder has them. @default none */
  readonly tokens?: TokenForm;
  /** Milliseconds after which an embedder on another machine gives up with E_DEADLINE; one on this machine does not look at it. @default its own */
  readonly deadlineMs?: number;
  /** Words before each text instead of those of its role; only of an embedder that has `prompts`. @default those of its role */
  readonly prompt?: string;
}

/** A bi-encoder: texts to vectors. Implementations keep no order and cut no list; they embed. */
export interface Embedder {
  /** Model, weights, pooling and prefixes: written into an index and compared when it is opened. */
  readonly fingerprint: string;
  /** Numbers in a vector, 1 to 65,536. */
  readonly dimensions: number;
  /** Numbers in the vector of a token; absent where the embedder gives no token vectors. */
  readonly tokenSize?: number;
  /** What it was trained on, as ISO 639-1 codes, or `multilingual`: texts in other letters are told. @default not known */
  readonly languages?: readonly string[];
  /** Texts that may stand before a query or a document instead of its own, by name; may be empty. Absent: it takes no `prompt`, which is refused. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** Row i belongs to texts[i], whatever else is in the call. An empty text is embedded like any other. */
  embed(texts: readonly string[], role: 'query' | 'document', options?: EmbedOptions): Promise<Vectors>;
  /**
   * Where each text is split into passages that it reads whole, together with what they carry (`passageText`); a text that it reads whole is one.
   * Absent: no text is split, and of a long one the end is not found.
   */
  split?(sources: readonly PassageSource[], options?: CallOptions): Promise<readonly (readonly Span[])[]>;
  /** Resolves when a call need not wait for anything to be loaded. */
  load?(): Promise<void>;
  /** Frees what the embedder holds; later calls are refused. */
  close?(): Promise<void>;
}
