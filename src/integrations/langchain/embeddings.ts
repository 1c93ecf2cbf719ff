import { Embeddings, type EmbeddingsParams } from '@langchain/core/embeddings';
import { isEmbedderPart } from '../../assemble/check-open-index.ts';
import type { ModelOptions } from '../../assemble/model-options.ts';
import { modelChecks } from '../../assemble/model-options.ts';
import { checkOptions, type OptionChecks, signal, when } from '../../wording/check-options.ts';
import { type EmbedderPart, type LazyEmbedder, lazyEmbedder, rowsOf } from '../lazy-embedder.ts';

export interface FinetoothEmbeddingsOptions extends EmbeddingsParams {
  /** A model by name, `vendor:model`, or an embedder, which is not closed. @default bge-small-en-v1.5 */
  readonly embedder?: EmbedderPart;
  /** Files, threads and memory of local models; keys and limits of hosted ones. @default those of `openIndex` */
  readonly models?: ModelOptions;
  /** Stops calls. LangChain hands embeddings none. @default none */
  readonly signal?: AbortSignal;
}

const anything = when('anything', () => true);
const optionChecks: OptionChecks<FinetoothEmbeddingsOptions> = {
  embedder: isEmbedderPart,
  models: modelChecks,
  signal,
  // LangChain's own.
  maxConcurrency: anything,
  maxRetries: anything,
  onFailedAttempt: anything,
};

/**
 * Embeddings by a model in this process: what it puts before a query in `embedQuery`, and what before a document in `embedDocuments`.
 *
 * @example
 * import { FinetoothEmbeddings } from 'finetooth/langchain';
 *
 * const embeddings = new FinetoothEmbeddings();
 * console.log((await embeddings.embedQuery('how do bats find their way')).length); // 384
 * await embeddings.close();
 */
export class FinetoothEmbeddings extends Embeddings implements AsyncDisposable {
  readonly #embedder: LazyEmbedder;
  readonly #signal: AbortSignal | undefined;

  /** @throws E_USAGE for an option that there is not, and for a value that is not what it must be */
  constructor(options: FinetoothEmbeddingsOptions = {}) {
    checkOptions('FinetoothEmbeddings', options, optionChecks);
    const { embedder, models, signal, ...params } = options;
    super(params);
    this.#embedder = lazyEmbedder(typeof embedder === 'string' ? embedder : 'default', embedder, models);
    this.#signal = signal;
  }

  async embedDocuments(documents: string[]): Promise<number[][]> {
    return rowsOf((await this.#embedder.embed(documents, 'document', { signal: this.#signal })).vectors);
  }

  async embedQuery(query: string): Promise<number[]> {
    return rowsOf((await this.#embedder.embed([query], 'query', { signal: this.#signal })).vectors)[0] as number[];
  }

  /** Frees the model; later calls are refused. An embedder of your own stays open. */
  close(): Promise<void> {
    return this.#embedder.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
