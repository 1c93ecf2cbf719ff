import { FinetoothError } from '../errors.ts';
import { readJsonValue } from '../read/json-value.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { type Pipeline, parsePipelines } from '../search/pipeline.ts';
import type { SearchOptions } from '../search/search.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { nearestName } from '../text/nearest-name.ts';
import { rerankerNames } from './parts.ts';

/** Reads pipelines files, each one object or a list; every name stands once. Throws E_INPUT_FORMAT, E_INPUT_MISSING, E_USAGE. */
export const readPipelines = async (paths: readonly string[], signal?: AbortSignal): Promise<Pipeline[]> => {
  const found = new Map<string, Pipeline>();
  for (const path of paths) {
    for (const pipeline of parsePipelines(await readJsonValue(path, signal), path)) {
      if (found.has(pipeline.name))
        throw new FinetoothError(
          'E_USAGE',
          `${path}: the pipeline "${pipeline.name}" was named before. Every pipeline needs a name of its own.`,
        );
      found.set(pipeline.name, pipeline);
    }
  }
  return [...found.values()];
};

/** Reads a file that holds one pipeline. */
export const readOnePipeline = async (path: string, signal?: AbortSignal): Promise<Pipeline> => {
  const [pipeline, ...others] = await readPipelines([path], signal);
  if (others.length > 0)
    throw new FinetoothError('E_USAGE', `${path} holds ${others.length + 1} pipelines; a search takes a file with one.`);
  return pipeline as Pipeline;
};

/** Rerankers of the caller's own, by the name that pipelines use. */
export type NamedRerankers = Readonly<Record<string, Reranker>>;

/** Throws E_USAGE for a pipeline that names a reranker nobody has. */
export const checkRerankers = (pipelines: readonly Pipeline[], own: NamedRerankers = {}): void => {
  const known = [...rerankerNames, ...Object.keys(own)];
  for (const { name, reranker } of pipelines) {
    for (const wanted of reranker ?? []) {
      if (known.includes(wanted)) continue;
      const near = nearestName(wanted, known);
      throw new FinetoothError(
        'E_USAGE',
        `pipeline "${name}": there is no reranker "${wanted}"${near === undefined ? '' : `, did you mean "${near}"`}; there are ${known.join(', ')}, or null for none.`,
      );
    }
  }
};

/** The rerankers that a pipeline names. `open` gives the one that `search` uses by default. */
export const rerankersOf = (pipeline: Pipeline, open: () => Reranker | null, own: NamedRerankers = {}): readonly Reranker[] | null => {
  const { name, reranker } = pipeline;
  if (reranker === null) return null;
  checkRerankers([pipeline], own);
  return reranker.map((wanted) => {
    const found = own[wanted] ?? open();
    if (found === null)
      throw new FinetoothError('E_USAGE', `pipeline "${name}" reranks by "${wanted}", but the index was opened without a reranker.`);
    return found;
  });
};

/** A pipeline as `search` takes it: `search(index, query, searchOptionsOf(pipeline, index))`. `own` as for `evaluate`. */
export const searchOptionsOf = (pipeline: Pipeline, index: SearchIndex, own: NamedRerankers = {}): SearchOptions => {
  const { firstStage, candidates, denseWeight, top, rankFields } = pipeline;
  return {
    firstStage,
    candidates,
    denseWeight,
    reranker: rerankersOf(pipeline, () => index.reranker(), own),
    ...(top === undefined ? {} : { top }),
    ...(rankFields === undefined ? {} : { rankFields }),
  };
};
