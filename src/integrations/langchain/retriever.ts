import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallbackManagerForRetrieverRun } from '@langchain/core/callbacks/manager';
import { Document } from '@langchain/core/documents';
import { BaseRetriever, type BaseRetrieverInput } from '@langchain/core/retrievers';
import { ensureConfig, type RunnableConfig } from '@langchain/core/runnables';
import type { SearchOptions } from '../../search/options.ts';
import { checksAt } from '../../search/plan-checks.ts';
import { search } from '../../search/search.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import { defaultFields, textOf } from '../../text/recipe.ts';
import { checkArguments, checkOptions, needed, type OptionChecks, part, record, texts, when } from '../../wording/check-options.ts';
import { anyText, optional } from '../../wording/check-shapes.ts';

/** What a retriever has no place for: its documents are a list, and come whole. */
type NotHere = 'documents' | 'stages' | 'snippets' | 'explain' | 'facets' | 'facetValues' | 'onUpdate' | 'cursor' | 'perGroup' | 'vector';

export interface FinetoothRetrieverOptions extends BaseRetrieverInput, Omit<SearchOptions, NotHere> {
  /** What `openIndex` gives. It is the caller's to close. */
  readonly index: SearchIndex<never>;
  /** Fields that make `pageContent`, joined by one space. @default those that the index was made from */
  readonly contentFields?: readonly string[];
}

const {
  documents: _documents,
  stages: _stages,
  snippets: _snippets,
  explain: _explain,
  facets: _facets,
  facetValues: _facetValues,
  onUpdate: _onUpdate,
  cursor: _cursor,
  perGroup: _perGroup,
  vector: _vector,
  ...searchChecks
} = checksAt('search');
/** What `invoke` was told: LangChain does not pass it on to what retrieves. */
const callSignal = new AsyncLocalStorage<AbortSignal | undefined>();

const anything = when('anything', () => true);
const optionChecks: OptionChecks<FinetoothRetrieverOptions> = {
  ...searchChecks,
  index: needed(part('what openIndex gives', ['manifest', 'embedder', 'reranker'])),
  contentFields: texts,
  // LangChain's own.
  callbacks: anything,
  tags: anything,
  metadata: anything,
  verbose: anything,
};

/**
 * Searches an index: first stage, reranker, filter, all options of `search`. A document's id is its own, its fields are the metadata, with
 * `relevanceScore` beside them. A signal given to `invoke` stops the search.
 *
 * @example
 * import { openIndex } from 'finetooth';
 * import { FinetoothRetriever } from 'finetooth/langchain';
 *
 * const index = await openIndex('./movies');
 * const retriever = new FinetoothRetriever({ index, top: 3, filter: { year: { lt: 1980 } } });
 * const [best] = await retriever.invoke('a shark at the beach');
 * console.log(best.metadata.title); // Jaws
 * await index.close();
 */
export class FinetoothRetriever extends BaseRetriever {
  static override lc_name(): string {
    return 'FinetoothRetriever';
  }

  lc_namespace = ['finetooth', 'langchain'];
  readonly #index: SearchIndex;
  readonly #options: SearchOptions;
  readonly #contentFields: readonly string[] | undefined;

  /** @throws E_USAGE for an option that there is not, and for a value that is not what it must be */
  constructor(options: FinetoothRetrieverOptions) {
    checkOptions('FinetoothRetriever', options, optionChecks);
    const { index, contentFields, callbacks, tags, metadata, verbose, ...searching } = options;
    super({ callbacks, tags, metadata, verbose });
    // LangChain's documents have any metadata.
    this.#index = index as unknown as SearchIndex;
    this.#options = searching;
    this.#contentFields = contentFields;
  }

  override async invoke(query: string, config?: RunnableConfig): Promise<Document[]> {
    checkArguments("invoke('how do bats find their way')", { query: [query, anyText], config: [config, optional(record)] });
    // What it is within may have a signal too, and a timeout becomes one.
    const whole = ensureConfig(config);
    return callSignal.run(whole.signal, () => super.invoke(query, whole)) as Promise<Document[]>;
  }

  override async _getRelevantDocuments(query: string, _run?: CallbackManagerForRetrieverRun): Promise<Document[]> {
    const signals = [this.#options.signal, callSignal.getStore()].filter((one) => one !== undefined);
    const options: SearchOptions = {
      ...this.#options,
      documents: true,
      signal: signals.length === 0 ? undefined : AbortSignal.any(signals),
    };
    const { results } = await search(this.#index, query, options);
    const fields = this.#contentFields ?? this.#index.manifest()?.fields;
    return results.map(({ id, relevanceScore, document = {} }) => {
      const pageContent = textOf(document, fields ?? defaultFields(document));
      return new Document({ pageContent, id, metadata: { ...document, relevanceScore } });
    });
  }
}
