import { pipelineWords } from '../parts/wording.ts';
import type { Pipeline } from '../state/address.ts';

/** A pipeline under a name, as the server measures it. */
export interface NamedPipeline {
  readonly name: string;
  readonly pipeline: Pipeline;
}

/** Of a single search: no evaluation takes them. */
const ofASearch = new Set([
  'offset',
  'cursor',
  'facets',
  'facet_values',
  'vector',
  'documents',
  'snippets',
  'explain',
  'stages',
  'deadline_ms',
]);
const ofFirstStage = new Set(['first_stage', 'candidates', 'fusion', 'linear_weight', 'dense_weight', 'sparse_weight', 'rrf_k', 'filter']);

/** Both lists that are judged: the first stage and what reranking makes of it, or the two pipelines that are compared. */
export function listsOf([left, right]: readonly [Pipeline] | readonly [Pipeline, Pipeline]): readonly NamedPipeline[] {
  if (right !== undefined)
    return [left, right].map((pipeline, side) => ({
      name: `${side === 0 ? 'A' : 'B'}: ${pipelineWords(pipeline)}`.slice(0, 100),
      pipeline: without(pipeline, ofASearch),
    }));
  const first = Object.fromEntries(Object.entries(left).filter(([key]) => ofFirstStage.has(key)));
  const alone = { name: 'First stage', pipeline: { ...first, reranker: null } };
  return left.reranker === null ? [alone] : [alone, { name: 'Reranked', pipeline: without(left, ofASearch) }];
}

/** The body of a request for what those pipelines are worth. */
export const sentOf = (lists: readonly NamedPipeline[]): readonly object[] => lists.map(({ name, pipeline }) => ({ ...pipeline, name }));

const without = (pipeline: Pipeline, keys: ReadonlySet<string>): Pipeline =>
  Object.fromEntries(Object.entries(pipeline).filter(([key]) => !keys.has(key)));
