import { FinetoothError } from '../../errors.ts';
import { checksAt } from '../../search/plan-checks.ts';
import { checkArguments, isRecord, list, type OptionChecks, readOf, shown, text, whole } from '../../wording/check-options.ts';
import { openCheckedRanker, type RankerOptions, type RankOptions, rankerChecks, rankList } from '../list-ranker.ts';

export interface RelevanceScorerOptions extends RankerOptions, Pick<RankOptions, 'effort' | 'instruction' | 'exact' | 'signal'> {
  /** The name under which the text stands in the metadata of a result, which may also have it as `document`. @default text */
  readonly textField?: string;
}

/** What a vector store of Mastra found. */
export interface QueryResult {
  readonly id: string;
  readonly score: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly vector?: readonly number[];
  readonly document?: string;
}

/** A result in its new place, in the form of Mastra's own `rerank`. */
export interface RerankedResult<Result extends QueryResult = QueryResult> {
  readonly result: Result;
  /** Probability of relevance, 0 to 1, where one was fitted for the reranker; else its score. */
  readonly score: number;
  /** `semantic` is the same score, `vector` that of the vector store, `position` where it stood: 1 for the first, falling to 0. */
  readonly details: { readonly semantic: number; readonly vector: number; readonly position: number };
}

export interface RerankCallOptions extends Pick<RankOptions, 'deadlineMs' | 'minScore' | 'signal'> {
  /** Results that come back, 1 to 100,000. @default all */
  readonly topK?: number;
}

/** Mastra's `RelevanceScoreProvider`, and a `rerank` that needs no weights. */
export interface RelevanceScorer extends AsyncDisposable {
  /** For `rerankWithScorer` and `createVectorQueryTool`. What is asked in one turn of the event loop, a whole list, is one call of the model. */
  getRelevanceScore(query: string, text: string): Promise<number>;
  /** Results in the order of their relevance alone; what stands as `document` is read too. The results that were passed in stay as they are. */
  rerank<Result extends QueryResult>(
    results: readonly Result[],
    query: string,
    options?: RerankCallOptions,
  ): Promise<RerankedResult<Result>[]>;
  /** Frees the models; later calls are refused. A reranker of your own stays open. */
  close(): Promise<void>;
}

const { effort, instruction, exact, signal, deadlineMs, minScore } = checksAt('rerank');
const optionChecks: OptionChecks<RelevanceScorerOptions> = { ...rankerChecks, effort, instruction, exact, signal, textField: text };
const callChecks: OptionChecks<RerankCallOptions> = { topK: whole(1, 100_000), deadlineMs, minScore, signal };

interface Asked {
  readonly text: string;
  readonly resolve: (score: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Scores for Mastra by a reranker in this process.
 *
 * @example
 * import { relevanceScorer } from 'finetooth/mastra';
 *
 * const scorer = relevanceScorer();
 * const found = [
 *   { id: 'a', score: 0.8, metadata: { text: 'Wheat rose.' } },
 *   { id: 'b', score: 0.7, metadata: { text: 'Bats hunt by echo.' } },
 * ];
 * console.log((await scorer.rerank(found, 'how do bats find their way'))[0].result.id); // b
 * await scorer.close();
 *
 * @throws E_USAGE for an option that there is not, and for a value that is not what it must be
 */
export function relevanceScorer(options: RelevanceScorerOptions = {}): RelevanceScorer {
  const ranker = openCheckedRanker('relevanceScorer', options, optionChecks);
  const { effort, instruction, exact, signal, textField = 'text' } = options;
  const waiting = new Map<string, Asked[]>();

  const scoreAll = async (query: string, asked: readonly Asked[]): Promise<void> => {
    try {
      const texts = asked.map(({ text }) => text);
      const { results } = await rankList(ranker, query, texts, { effort, instruction, exact, signal });
      for (const { index, relevanceScore } of results) asked[index]?.resolve(relevanceScore);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  const flush = (): void => {
    const all = [...waiting];
    waiting.clear();
    for (const [query, asked] of all) void scoreAll(query, asked);
  };
  const close = async (): Promise<void> => ranker.close?.();
  return {
    getRelevanceScore: (query, text) =>
      new Promise((resolve, reject) => {
        if (typeof text !== 'string')
          return reject(new FinetoothError('E_USAGE', `the second argument of getRelevanceScore must be a text; got ${shown(text)}.`));
        if (waiting.size === 0) setImmediate(flush);
        const asked = waiting.get(query) ?? [];
        asked.push({ text, resolve, reject });
        waiting.set(query, asked);
      }),
    rerank: async (results, query, given = {}) => {
      checkArguments("rerank(results, 'how do bats find their way')", { results: [results, list], options: [given, callChecks] });
      const { topK: top, deadlineMs, minScore } = given;
      const signals = [signal, given.signal].filter((one) => one !== undefined);
      const texts = results.map((result, at) => textOfResult(result, at, textField));
      const answer = await rankList(ranker, query, texts, {
        top,
        deadlineMs,
        minScore,
        effort,
        instruction,
        exact,
        signal: signals.length === 0 ? undefined : AbortSignal.any(signals),
      });
      return answer.results.map(({ index, relevanceScore: score }) => {
        const result = results[index] as (typeof results)[number];
        return { result, score, details: { semantic: score, vector: result.score, position: 1 - index / results.length } };
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Throws E_USAGE where there is none: Mastra gives such a result 0, which says that it is irrelevant. */
function textOfResult(result: unknown, at: number, field: string): string {
  const { metadata, document } = (isRecord(result) ? result : {}) as Partial<QueryResult>;
  const found = readOf(`result ${at + 1}`, () => metadata?.[field] ?? document);
  if (typeof found === 'string') return found;
  throw new FinetoothError(
    'E_USAGE',
    `results must have a text as metadata.${field} or as document; result ${at + 1} has ${shown(found)}. Name another with textField.`,
  );
}
