import type { Reranker } from '../../rerank/reranker.ts';
import { listChecks } from '../../search/plan-checks.ts';
import type { RerankAnswer } from '../../search/rerank.ts';
import type { Document } from '../../types.ts';
import {
  checkArguments,
  checkOptions,
  checkValue,
  signal as isSignal,
  list,
  type OptionChecks,
  record,
  whole,
} from '../../wording/check-options.ts';
import { optional, shape } from '../../wording/check-shapes.ts';
import { type RankOptions, rankList } from '../list-ranker.ts';
import { toldToSdk } from './failures.ts';
import type { FinetoothRerankingModel, JsonObject, SpecificationVersion, Warning } from './specification.ts';

/**
 * `providerOptions.finetooth` of `rerank()`. Those of a list of documents are described in docs/plan.md.
 *
 * @example
 * import { rerank } from 'ai';
 * import { type FinetoothRerankingOptions, finetooth } from 'finetooth/ai-sdk';
 *
 * const own: FinetoothRerankingOptions = { deadlineMs: 60_000 };
 * const { ranking } = await rerank({
 *   model: finetooth.reranking('late-interaction'),
 *   query: 'bats',
 *   documents: ['Wheat rose.', 'Bats hunt by echo.'],
 *   providerOptions: { finetooth: own },
 * });
 * console.log(ranking[0].document); // Bats hunt by echo.
 */
export type FinetoothRerankingOptions = Pick<
  RankOptions,
  'rankFields' | 'fieldLabels' | 'deadlineMs' | 'effort' | 'instruction' | 'exact' | 'minScore' | 'collapse'
>;

const { rankFields, fieldLabels, deadlineMs, effort, instruction, exact, minScore, collapse } = listChecks;
const optionChecks: OptionChecks<FinetoothRerankingOptions> = {
  rankFields,
  fieldLabels,
  deadlineMs,
  effort,
  instruction,
  exact,
  minScore,
  collapse,
};

/** Truncated documents that the metadata names, so that a list of thousands does not fill a log. */
const MOST_NAMED = 100;

const isCall = shape('an object with a query and documents', {
  documents: shape('an object with values', { values: list }),
  abortSignal: optional(isSignal),
  providerOptions: optional(record),
});

export function rerankingModel<Version extends SpecificationVersion>(
  modelId: string,
  specificationVersion: Version,
  ranker: () => Reranker,
): FinetoothRerankingModel<Version> {
  return {
    specificationVersion,
    provider: 'finetooth.reranking',
    modelId,
    doRerank: async (asked) => {
      checkArguments("doRerank({ query: 'how do bats find their way', documents: { type: 'text', values: ['Bats hunt by echo.'] } })", {
        options: [asked, isCall],
      });
      const { documents, query, topN, abortSignal: signal, providerOptions } = asked;
      const options = providerOptions?.finetooth;
      try {
        checkOptions('finetooth.rerankingModel', options, optionChecks, 'providerOptions.finetooth.');
        if (topN !== undefined) checkValue('topN', topN, whole(1, 100_000));
        const values = documents.values as readonly (string | Document)[];
        const answer = await rankList(ranker(), query, values, {
          ...(options as FinetoothRerankingOptions | undefined),
          top: topN,
          signal,
        });
        return {
          ranking: answer.results.map(({ index, relevanceScore }) => ({ index, relevanceScore })),
          providerMetadata: { finetooth: metadataOf(answer) },
          warnings: warningsOf(answer, values.length),
          response: { timestamp: new Date(), modelId },
        };
      } catch (error) {
        throw toldToSdk(error, { model: modelId, type: 'rerankingModel', signal });
      }
    },
  };
}

/** What the SDK's answer has no place for. */
function metadataOf({
  rankedBy,
  fingerprint,
  complete,
  calibrated,
  usage,
  cut,
  results,
  tolerance,
  passedOver,
  notes,
  truncated,
}: RerankAnswer): JsonObject {
  const named = results.flatMap(({ index, cutTokens: tokens }) => (tokens === undefined ? [] : [{ index, tokens }]));
  const all = {
    rankedBy,
    fingerprint,
    complete,
    calibrated,
    usage,
    tolerance,
    truncatedDocuments: cut,
    truncated: named.slice(0, MOST_NAMED),
    truncatedQueryTokens: truncated?.query,
    failures: passedOver,
    notes,
  };
  // As JSON has it: what is undefined is not there.
  return JSON.parse(JSON.stringify(all)) as JsonObject;
}

function warningsOf({ cut, passedOver = [], rankedBy, notes = [], truncated }: RerankAnswer, count: number): Warning[] {
  const said = [
    ...passedOver.map(({ reranker, code, why }) => `"${reranker}" could not rank (${code}: ${why}); "${rankedBy}" ranked in its place.`),
    ...(cut === 0
      ? []
      : [
          `the reranker read the beginnings of ${cut} of ${count} documents, which are longer than its window. createFinetooth({ longDocuments: 'chunk' }) reads all of them.`,
        ]),
    ...(truncated === undefined ? [] : [`the reranker did not read the last ${truncated.query} tokens of the query.`]),
    ...notes,
  ];
  return said.map((message) => ({ type: 'other', message }));
}
