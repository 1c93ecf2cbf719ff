import type { SearchOptions } from '../index.ts';
import { type KeyAt, keysAt, type Pipeline, parsePipeline } from '../plan.ts';
import type { RerankDocumentsOptions } from '../tasks/rerank-documents.ts';
import type { Flags } from './command.ts';
import { filterFlag } from './filter-flag.ts';
import { modelFlags } from './model-flags.ts';
import { vectorFlag } from './vector-flag.ts';

const isModelFlag = (key: string): boolean => (modelFlags as readonly string[]).includes(key);

type SearchFlag = Exclude<KeyAt<'searchCommand'>, 'embedder'>;
type RerankFlag = Exclude<KeyAt<'rerankCommand'>, 'embedder'>;

/** Options of the plan that the commands have, without those of every command that runs a model. */
export const searchFlags = keysAt('searchCommand').filter((key): key is SearchFlag => !isModelFlag(key));
export const rerankFlags = keysAt('rerankCommand').filter((key): key is RerankFlag => !isModelFlag(key));

/** What the flags say of the way to search, before what the pipeline says; a filter is added to that of the pipeline. Throws E_USAGE. */
export function pipelineOf(flags: Flags<SearchFlag | 'embedder'>, file?: Pipeline): Pipeline {
  const said = Object.fromEntries(
    keysAt('pipeline')
      .filter((key) => flags[key] !== undefined && flags[key] !== false)
      .map((key) => [key, flags[key]]),
  );
  const { reranker } = flags;
  return parsePipeline(
    {
      ...file,
      ...said,
      ...(reranker?.length === 1 && reranker[0] === 'none' ? { reranker: null } : {}),
      filter: filterFlag(flags.filter, file?.filter),
      name: file?.name ?? 'of the flags',
    },
    'this search',
  );
}

/** What the flags ask of the answer, whatever the way to search. */
export function answerOf(flags: Flags<SearchFlag>): SearchOptions {
  const ofThePipeline: readonly string[] = keysAt('pipeline');
  const said = saidAt(
    keysAt('search').filter((key) => !ofThePipeline.includes(key)),
    flags,
  );
  return { ...said, vector: vectorFlag(flags.vector) };
}

/** What the flags say to `rerank`. */
export const rerankOptionsOf = (flags: Flags<RerankFlag>): RerankDocumentsOptions =>
  saidAt(
    keysAt('rerank').filter((key) => key !== 'reranker'),
    flags,
  );

/** What the flags say that a function takes as it stands. */
const saidAt = (keys: readonly string[], flags: object): object =>
  Object.fromEntries(Object.entries(flags).filter(([key]) => keys.includes(key)));
