import { FinetoothError } from '../errors.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import { catalog, findEntry } from '../model/catalog/catalog.ts';
import { placesOf } from '../model/files.ts';
import { readJsonValue } from '../read/json-value.ts';
import { isReranker } from '../rerank/reranker.ts';
import type { RerankerPart, RerankerSettings } from '../rerank/reranker-plan.ts';
import type { SearchOptions } from '../search/options.ts';
import { checkForIndex, defaultPipeline, isPipeline, type Pipeline, parsePipelines, plainOptionsOf } from '../search/pipeline.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { checkArguments, signal as isSignal, part, texts } from '../wording/check-options.ts';
import { optional, recordOf } from '../wording/check-shapes.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { hosted } from './hosted.ts';
import type { ModelFileOptions } from './model-options.ts';
import { type NamedRerankers, rerankerNames } from './reranker.ts';

/**
 * Reads pipelines files, each one object or a list; every name stands once. Throws E_INPUT_FORMAT, E_INPUT_MISSING, E_USAGE.
 *
 * @example
 * import { readPipelines } from 'finetooth';
 *
 * const pipelines = await readPipelines(['pipelines.json']); // [{ "name": "quick", "reranker": ["late-interaction"] }]
 * console.log(pipelines[0].name, pipelines[0].candidates); // quick 25
 */
export async function readPipelines(paths: readonly string[], signal?: AbortSignal): Promise<Pipeline[]> {
  checkArguments("readPipelines(['pipelines.json'])", { paths: [paths, texts], signal: [signal, optional(isSignal)] });
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
}

/** Reads a file that holds one pipeline. */
export async function readOnePipeline(path: string, signal?: AbortSignal): Promise<Pipeline> {
  const [pipeline, ...others] = await readPipelines([path], signal);
  if (others.length > 0)
    throw new FinetoothError('E_USAGE', `${path} holds ${others.length + 1} pipelines; a search takes a file with one.`);
  return pipeline as Pipeline;
}

/** Throws E_USAGE for a pipeline that names a reranker no one has, before anything is opened. */
export function checkRerankers(pipelines: readonly Pipeline[], own: NamedRerankers = {}, { modelsFolder }: ModelFileOptions = {}): void {
  const isOfFolder = placesOf({ folder: modelsFolder }).folder !== undefined;
  const listed = [...rerankerNames, ...Object.keys(own)];
  const known = [...listed, ...catalog.filter(({ kind }) => kind === 'cross-encoder').map(({ name }) => name)];
  for (const { name, reranker, fallback = [] } of pipelines) {
    for (const wanted of [...(reranker ?? []), ...fallback]) {
      if (Object.hasOwn(own, wanted)) continue;
      if (looksHosted(wanted)) {
        hosted(wanted);
        continue;
      }
      // A repository or a folder, also in the folder of models: whether it is there shows when it is opened.
      if (isOfFolder || known.includes(wanted) || /[/\\]/.test(wanted) || findEntry(wanted)?.kind === 'cross-encoder') continue;
      const near = nearestName(wanted, known);
      throw new FinetoothError(
        'E_USAGE',
        `pipeline "${name}": there is no reranker "${wanted}"${near === undefined ? '' : `, did you mean "${near}"`}; there are ${listed.join(', ')}, any cross-encoder by name, "vendor:model" for a hosted one, or null for none.`,
      );
    }
  }
}

/** What a pipeline says of its reranker; null for none. */
export function rerankerPlanOf(
  pipeline: Pipeline,
  own: NamedRerankers = {},
): { readonly parts: readonly RerankerPart[]; readonly settings: RerankerSettings } | null {
  const { reranker = defaultPipeline.reranker, fallback, strict, calibration } = pipeline;
  if (reranker === null) return null;
  const parts = (names: readonly string[]): readonly RerankerPart[] => names.map((name) => own[name] ?? name);
  return { parts: parts(reranker), settings: { fallback: fallback && parts(fallback), strict, calibration } };
}

/**
 * A pipeline as `search` takes it: `search(index, query, await searchOptionsOf(pipeline, index))`. `own` as for `evaluate`.
 *
 * @example
 * import { openIndex, readPipelines, search, searchOptionsOf } from 'finetooth';
 *
 * const index = await openIndex('./movies');
 * const [quick] = await readPipelines(['pipelines.json']);
 * const { rankedBy } = await search(index, 'a shark at the beach', await searchOptionsOf(quick, index));
 * console.log(rankedBy); // late-interaction
 * await index.close();
 */
export async function searchOptionsOf(
  pipeline: Pipeline,
  index: SearchIndex<never>,
  own: NamedRerankers = {},
): Promise<Omit<SearchOptions, 'onUpdate'>> {
  checkArguments('searchOptionsOf(pipeline, index)', {
    pipeline: [pipeline, isPipeline],
    index: [index, part('what openIndex gives', ['rerankerNamed'])],
    own: [own, recordOf('an object of rerankers by their names', isReranker)],
  });
  checkForIndex(pipeline);
  const plan = rerankerPlanOf(pipeline, own);
  return { ...plainOptionsOf(pipeline), reranker: plan === null ? null : await index.rerankerNamed(plan.parts, plan.settings) };
}
