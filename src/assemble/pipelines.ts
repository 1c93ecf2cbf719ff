import { FinetoothError } from '../errors.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import { catalog, findEntry } from '../model/catalog/catalog.ts';
import { readJsonValue } from '../read/json-value.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { type Pipeline, parsePipelines, plainOptionsOf } from '../search/pipeline.ts';
import type { SearchOptions } from '../search/search.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { nearestName } from '../text/nearest-name.ts';
import { readCalibration, withCalibration } from './calibration-file.ts';
import { hosted } from './hosted.ts';
import { cascade, rerankerNames } from './parts.ts';
import { type NamedRerankers, withFallback } from './rerankers.ts';

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

/** Throws E_USAGE for a pipeline that names a reranker nobody has, before anything is opened. */
export const checkRerankers = (pipelines: readonly Pipeline[], own: NamedRerankers = {}): void => {
  const listed = [...rerankerNames, ...Object.keys(own)];
  const known = [...listed, ...catalog.filter(({ kind }) => kind === 'cross-encoder').map(({ name }) => name)];
  for (const { name, reranker, fallback = [] } of pipelines) {
    for (const wanted of [...(reranker ?? []), ...fallback]) {
      if (looksHosted(wanted)) {
        hosted(wanted);
        continue;
      }
      // A repository or a folder: whether it is there shows when it is opened.
      if (known.includes(wanted) || /[/\\]/.test(wanted) || findEntry(wanted)?.kind === 'cross-encoder') continue;
      const near = nearestName(wanted, known);
      throw new FinetoothError(
        'E_USAGE',
        `pipeline "${name}": there is no reranker "${wanted}"${near === undefined ? '' : `, did you mean "${near}"`}; there are ${listed.join(', ')}, any cross-encoder by name, "vendor:model" for a hosted one, or null for none.`,
      );
    }
  }
};

/** The reranker that a pipeline names; several are one cascade. Throws E_FINGERPRINT when its calibration was fitted for another one. */
export const rerankerOf = async (
  pipeline: Pipeline,
  open: (names: readonly string[]) => Promise<Reranker>,
  own: NamedRerankers = {},
): Promise<Reranker | null> => {
  const { reranker, calibration } = pipeline;
  if (reranker === null) return null;
  checkRerankers([pipeline], own);
  const all = await Promise.all(reranker.map((name) => own[name] ?? open([name])));
  const one = all.length === 1 ? (all[0] as Reranker) : cascade(all);
  const first = calibration === undefined ? one : withCalibration(one, await readCalibration(calibration));
  return withFallback(first, pipeline, async (name) => own[name] ?? open([name]));
};

/** A pipeline as `search` takes it: `search(index, query, await searchOptionsOf(pipeline, index))`. `own` as for `evaluate`. */
export const searchOptionsOf = async (pipeline: Pipeline, index: SearchIndex, own: NamedRerankers = {}): Promise<SearchOptions> => ({
  ...plainOptionsOf(pipeline),
  reranker: await rerankerOf(pipeline, (names) => index.rerankerNamed(names), own),
});
