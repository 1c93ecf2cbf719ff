import type { Explanation } from '../rerank/explanation.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { scoreInTime } from '../rerank/score-in-time.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { CallOptions, ScoreSpread } from '../types.ts';
import { type Rankable, type RankFields, rankedTextOf } from './rank.ts';
import type { RankedResult } from './results.ts';

export interface ExplainOptions extends CallOptions {
  /** As the texts were ranked. @default false */
  readonly fieldLabels?: boolean;
  readonly spread?: ScoreSpread;
  /** As the texts were judged. @default the model's own */
  readonly instruction?: string;
}

/** Adds to each result why it stands where it stands, one after the other. */
export async function explainResults<Result extends RankedResult>(
  results: readonly Result[],
  reranker: Reranker,
  query: string,
  candidates: readonly Rankable[],
  fields: RankFields,
  options: ExplainOptions,
): Promise<readonly Result[]> {
  const all: Result[] = [];
  for (const result of results)
    all.push({ ...result, explanation: await explainScore(reranker, query, candidates[result.index] as Rankable, fields, options) });
  return all;
}

/**
 * Why a document gets its score: what the stages can say, and what the reranker gives each field alone. The text is read again, although an
 * index may keep token vectors of it.
 */
async function explainScore(
  reranker: Reranker,
  query: string,
  candidate: Rankable,
  rankFields: RankFields,
  { signal, fieldLabels = false, spread, instruction }: ExplainOptions,
): Promise<Explanation> {
  const { id, document, title } = candidate;
  const fields = rankFields ?? defaultFields(document);
  const { read, of } = rankedTextOf(candidate, rankFields, fieldLabels);
  const part = of?.text.slice(...of.span).trim();
  const textIn = (some: readonly string[]): string => textOf(document, some, { labels: fieldLabels });
  const filled = fields.filter((field) => textIn([field]) !== '');
  /** Of a field that the passage lies in, the passage. */
  const aloneIn = (field: string): string => (part !== undefined && textIn([field]).includes(part) ? part : textIn([field]));
  const [stages, alone] = await Promise.all([
    reranker.explain?.(query, { id, text: read, title: title && { text: title.text } }, { signal, instruction }) ?? [],
    scoreInTime(
      reranker,
      query,
      filled.map((field) => ({ id: field, text: aloneIn(field) })),
      // Each field by the same stages, however many there are.
      { signal, spread, instruction, effort: 'exhaustive' },
    ),
  ]);
  const relevanceOf = (i: number): number | undefined => {
    const relevance = alone.relevance?.[i];
    return relevance === undefined || Number.isNaN(relevance) ? undefined : relevance;
  };
  const sum = filled.reduce((total, _, i) => total + (relevanceOf(i) ?? Number.NaN), 0);
  return {
    stages,
    fields: filled.map((field, i) => {
      const relevance = relevanceOf(i);
      const share = relevance === undefined || !(sum > 0) ? undefined : relevance / sum;
      return { field, score: alone.scores[i] as number, relevance, share };
    }),
  };
}
