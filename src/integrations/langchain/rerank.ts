import { CallbackManager, type Callbacks } from '@langchain/core/callbacks/manager';
import { Document, type DocumentInterface } from '@langchain/core/documents';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import { FinetoothError } from '../../errors.ts';
import type { Reranker } from '../../rerank/reranker.ts';
import { checksAt } from '../../search/plan-checks.ts';
import type { RerankAnswer } from '../../search/rerank.ts';
import type { Document as FieldDocument } from '../../types.ts';
import { checkArguments, isRecord, list, type OptionChecks, readOf, shown, texts, when, whole } from '../../wording/check-options.ts';
import { openCheckedRanker, type RankerOptions, type RankOptions, rankerChecks, rankList } from '../list-ranker.ts';

export interface FinetoothRerankOptions
  extends RankerOptions,
    Pick<RankOptions, 'deadlineMs' | 'instruction' | 'exact' | 'minScore' | 'fieldLabels' | 'signal'> {
  /** Documents that come back, 1 to 100,000. @default all */
  readonly topN?: number;
  /** What is read of a document, in order: `pageContent`, and names of its metadata. @default ['pageContent'] */
  readonly fields?: readonly string[];
}

const { deadlineMs, instruction, exact, minScore, fieldLabels, signal } = checksAt('rerank');
const optionChecks: OptionChecks<FinetoothRerankOptions> = {
  ...rankerChecks,
  topN: whole(1, 100_000),
  fields: (value) => (Array.isArray(value) && value.length === 0 ? 'a list of names such as ["title", "pageContent"]' : texts(value)),
  deadlineMs,
  instruction,
  exact,
  minScore,
  fieldLabels,
  signal,
};

/**
 * Puts documents in order by a reranker in this process, for `ContextualCompressionRetriever` and the like. The documents that were passed in stay as they are:
 * copies come back, best first, with their ids and metadata and, in `metadata.relevanceScore`, their probability or score. LangChain hands a
 * compressor no signal, so that a deadline and a signal are given here.
 *
 * @example
 * import { Document } from '@langchain/core/documents';
 * import { FinetoothRerank } from 'finetooth/langchain';
 *
 * const compressor = new FinetoothRerank({ topN: 1 });
 * const documents = ['Wheat rose.', 'Bats hunt by echo.'].map((pageContent) => new Document({ pageContent }));
 * const [best] = await compressor.compressDocuments(documents, 'how do bats find their way');
 * console.log(best.pageContent); // Bats hunt by echo.
 * await compressor.close();
 */
export class FinetoothRerank extends BaseDocumentCompressor implements AsyncDisposable {
  readonly #options: FinetoothRerankOptions;
  readonly #ranker: Reranker;

  /** @throws E_USAGE for an option that there is not, and for a value that is not what it must be */
  constructor(options: FinetoothRerankOptions = {}) {
    super();
    this.#ranker = openCheckedRanker('FinetoothRerank', options, optionChecks);
    this.#options = { ...options };
  }

  async compressDocuments<Given extends DocumentInterface>(
    documents: readonly Given[],
    query: string,
    callbacks?: Callbacks,
  ): Promise<Document<Given['metadata'] & { relevanceScore: number }>[]> {
    checkArguments('compressDocuments(documents, query)', { documents: [documents, list], callbacks: [callbacks, areCallbacks] });
    const run = await (await CallbackManager.configure(callbacks))?.handleChainStart(
      { lc: 1, type: 'not_implemented', id: ['finetooth', 'langchain', 'FinetoothRerank'] },
      { query, documents },
      undefined,
      undefined,
      undefined,
      undefined,
      'FinetoothRerank',
    );
    try {
      const answer = await this.#rank(documents, query);
      const ranked = answer.results.map(({ index, relevanceScore }) => {
        const { pageContent, metadata, id } = documents[index] as Given;
        return new Document({ pageContent, id, metadata: { ...metadata, relevanceScore } });
      });
      const { rankedBy, fingerprint, complete, usage, cut, tolerance, passedOver } = answer;
      await run?.handleChainEnd({
        documents: ranked,
        rankedBy,
        fingerprint,
        complete,
        usage,
        tolerance,
        truncatedDocuments: cut,
        failures: passedOver,
      });
      return ranked;
    } catch (error) {
      await run?.handleChainError(error);
      throw error;
    }
  }

  /** Frees the models; later calls are refused. A reranker of your own stays open. */
  async close(): Promise<void> {
    await this.#ranker.close?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #rank(documents: readonly DocumentInterface[], query: string): Promise<RerankAnswer> {
    const { fields, topN: top, deadlineMs, instruction, exact, minScore, fieldLabels, signal } = this.#options;
    const read = documents.map((document, at) => textOfDocument(document, at, fields !== undefined));
    return rankList(this.#ranker, query, read, { rankFields: fields, top, deadlineMs, instruction, exact, minScore, fieldLabels, signal });
  }
}

/** The text, or all fields of a document with its text among them. */
/** LangChain takes a list of handlers, or a manager. */
const areCallbacks = when(
  'callbacks of LangChain',
  (value) =>
    value === undefined || (Array.isArray(value) && value.every(isRecord)) || (isRecord(value) && typeof value.copy === 'function'),
);

function textOfDocument(document: unknown, at: number, withMetadata: boolean): string | FieldDocument {
  const given = (isRecord(document) ? document : {}) as Partial<DocumentInterface>;
  const { pageContent, metadata } = readOf(`document ${at + 1}`, () => ({
    pageContent: given.pageContent,
    metadata: given.metadata && { ...given.metadata },
  }));
  if (typeof pageContent !== 'string')
    throw new FinetoothError(
      'E_USAGE',
      `documents must be those of LangChain, with a text as pageContent; document ${at + 1} ${isRecord(document) ? `has ${shown(pageContent)} there` : `is ${shown(document)}`}.`,
    );
  return withMetadata ? { ...metadata, pageContent } : pageContent;
}
