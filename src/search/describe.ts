import type { Reranker } from '../rerank/reranker.ts';
import type { CallOptions, ScoreSpread } from '../types.ts';
import { addSnippets } from './add-snippets.ts';
import { explainResults } from './explain.ts';
import { asOne, type Rankable, type Ranked, type RankFields } from './rank.ts';
import type { RankedResult } from './results.ts';
import type { WordAnalysis } from './word-analysis.ts';

/** What the caller wants to know of each result beside its place. */
export interface DescribeOptions extends CallOptions {
  readonly explain?: boolean;
  readonly snippets?: boolean;
  readonly fieldLabels?: boolean;
  readonly deadlineMs?: number;
  readonly instruction?: string;
}

/** What was ranked, and by whom; `ranked` is absent on a later page, for which no model is asked again. */
export interface Described {
  readonly query: string;
  readonly rerankers: readonly Reranker[];
  readonly candidates: readonly Rankable[];
  readonly fields: RankFields;
  readonly ranked?: Ranked;
  /** As it was ranked: how late interaction spreads on the collection. */
  readonly spread?: ScoreSpread;
  /** By whose words sentences are compared. @default English */
  readonly words?: WordAnalysis;
}

/** Adds to the results what was asked for: why they stand there, the sentences that matter. `onWords`: as `addSnippets` calls it. */
export async function describeResults<Result extends RankedResult>(
  results: readonly Result[],
  { query, rerankers, candidates, fields, ranked, spread, words }: Described,
  { explain = false, snippets = false, fieldLabels, instruction, signal, deadlineMs }: DescribeOptions,
  onWords?: (results: readonly Result[]) => void,
): Promise<readonly Result[]> {
  const isFree = ranked !== undefined && deadlineMs === undefined && costsNothing(ranked, rerankers);
  const reranker = isFree ? asOne(rerankers) : undefined;
  const snippetOptions = { reranker, fields, fieldLabels, signal, words };
  const shown = snippets ? await addSnippets(results, query, candidates, snippetOptions, onWords) : results;
  if (!explain || rerankers.length === 0) return shown;
  return explainResults(shown, asOne(rerankers), query, candidates, fields, { signal, fieldLabels, spread, instruction });
}

/** Whether sentences may be read by who ranked: no one pays for a call, and all that was asked answered in time. */
function costsNothing({ usage, passedOver, complete, order }: Ranked, rerankers: readonly Reranker[]): boolean {
  const isPriced = usage.requests !== undefined || rerankers.some(({ pricedPerCall }) => pricedPerCall === true);
  return rerankers.length > 0 && order.length > 0 && complete && passedOver === undefined && !isPriced;
}
