import { sparseScorer, unpackSparse } from '../math/sparse.ts';
import type { TokenWeight } from '../rerank/explanation.ts';
import type { CallOptions, SparseVector } from '../types.ts';
import { asksSparse } from './first-stage.ts';
import type { FirstStage } from './options.ts';
import type { RankedResult } from './results.ts';
import type { SearchIndex } from './search-index.ts';
import { type WeighedQuery, weighQuery } from './weigh-query.ts';

export interface ExplainWeightsOptions extends CallOptions {
  readonly explain?: boolean;
  readonly firstStage: FirstStage;
  /** @default the query is weighed again */
  readonly weighed?: WeighedQuery;
}

/** Adds to each result of a first stage by a sparse model the tokens that met, with their weights, where it is to be explained. */
export async function explainWeights<Result extends RankedResult>(
  index: SearchIndex,
  query: string,
  results: readonly Result[],
  { explain = false, firstStage, weighed, signal }: ExplainWeightsOptions,
): Promise<readonly Result[]> {
  if (!explain || !asksSparse(firstStage) || results.length === 0) return results;
  const { vector } = weighed ?? (await weighQuery(index, query, { signal }));
  const score = sparseScorer(vector);
  const found = new Map<string, SparseVector>();
  const ids = results.map(({ id }) => id);
  for await (const { id, sparse, further = [] } of index.store.get(ids, ['sparse', 'further'])) {
    // Of several passages the best one gave the score, of equal ones the first.
    const passages = [sparse, ...further.map((passage) => passage.sparse)].flatMap((bytes) => bytes ?? []);
    const scores = passages.map((bytes) => score(bytes) ?? 0);
    const best = passages[scores.indexOf(Math.max(...scores))];
    if (best !== undefined) found.set(id, unpackSparse(best));
  }
  const names = await (await index.sparse()).names([...vector.ids], { signal });
  return results.map((result) => {
    const own = found.get(result.id);
    if (own === undefined) return result;
    const { stages = [], fields = [] } = result.explanation ?? {};
    return { ...result, explanation: { stages, fields, weights: sharedBy(vector, own, names) } };
  });
}

/** What both weigh, what adds most first. */
function sharedBy(query: SparseVector, document: SparseVector, names: readonly string[]): readonly TokenWeight[] {
  const weightOf = new Map([...document.ids].map((id, at) => [id, document.weights[at] as number]));
  return [...query.ids]
    .flatMap((id, at): TokenWeight[] => {
      const weight = weightOf.get(id);
      const asked = query.weights[at] as number;
      return weight === undefined ? [] : [{ token: names[at] ?? '', query: asked, document: weight, score: asked * weight }];
    })
    .sort((a, b) => b.score - a.score);
}
