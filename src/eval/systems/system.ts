import { FinetoothError } from '../../errors.ts';
import { documentTest } from '../../filter/document-test.ts';
import type { Reranker, RerankerFailure } from '../../rerank/reranker.ts';
import { remembering } from '../../rerank/wrappers/remembering.ts';
import { checkForIndex, type Pipeline, plainOptionsOf } from '../../search/pipeline.ts';
import { checkFields, type Rankable, type RankFields, type RankingOptions, rankCandidates } from '../../search/rank.ts';
import { keepLikely } from '../../search/results.ts';
import { search } from '../../search/search.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import type { CallOptions, Document, Usage } from '../../types.ts';
import type { Stage } from '../report/report.ts';

/** What a system answers to one query. Lists hold ids, best first. */
export interface SystemAnswer {
  readonly ranking: readonly string[];
  /** [ranking] Stated probabilities of relevance; absent where scores are none. */
  readonly relevance?: readonly number[];
  /** The first stage alone, as deep as the deepest cut-off. */
  readonly firstStage: readonly string[];
  /** By number of candidates: the ranking if only so many had gone to the reranker. Empty without one. */
  readonly cutOffs: Readonly<Record<number, readonly string[]>>;
  /** Milliseconds of each stage that ran. */
  readonly latency: Readonly<Partial<Record<Stage, number>>>;
  readonly usage: Usage;
  /** Tokens at the end of the query that a model did not read; absent where all was read. */
  readonly queryTruncatedTokens?: number;
  /** Who ranked in the place of a reranker that could not, and why it could not. */
  readonly standIn?: { readonly rankedBy: string; readonly why: string };
}

/** Something that ranks: a pipeline over an index, or over candidates that someone else retrieved. */
export interface System {
  readonly name: string;
  readonly pipeline: Pipeline;
  /** Everything that the answers depend on: the work of a killed run is taken up only under the same one. */
  readonly fingerprint: string;
  answer(query: string, text: string, options: CallOptions): Promise<SystemAnswer>;
}

export interface SystemOptions {
  /** null: the first stage alone ranks. */
  readonly reranker: Reranker | null;
  /** Numbers of candidates whose ranking is looked at, rising. */
  readonly cutOffs: readonly number[];
  /** Of an index that others write to: another text says that its answers may be others. @default it stays as it is */
  readonly state?: string;
}

/** A pipeline over an index, through `search` itself. What the cut-off table needs beyond it is not in the latency. */
export function indexSystem(index: SearchIndex, pipeline: Pipeline, { reranker, cutOffs, state }: SystemOptions): System {
  checkForIndex(pipeline);
  const {
    name,
    firstStage,
    candidates,
    top = candidates,
    filter,
    minScore,
    effort,
    instruction,
    fieldLabels = false,
    wordsWeight = 0,
  } = pipeline;
  const fields = pipeline.rankFields ?? index.manifest()?.fields ?? [];
  const depth = Math.max(candidates, ...cutOffs);
  // A judged copy that takes no place would count as missing, and figures of before would change.
  const { collapse = 'off', fusion, linearWeight, denseWeight, sparseWeight, rrfK, rankFields } = pipeline;
  const first = {
    collapse,
    firstStage,
    fusion,
    linearWeight,
    denseWeight,
    sparseWeight,
    rrfK,
    filter,
    rankFields,
    fieldLabels,
    wordsWeight,
  } as const;
  return {
    name,
    pipeline,
    fingerprint: JSON.stringify([pipeline, cutOffs, index.manifest(), state, reranker?.fingerprint]),
    answer: async (_, text, options) => {
      const remembered = reranker === null ? null : remembering(reranker);
      const answer = await search(index, text, {
        ...options,
        ...plainOptionsOf(pipeline),
        collapse,
        top,
        reranker: remembered,
      });
      const hits =
        depth === candidates
          ? answer.candidates
          : // Their BM25 comes for a reranker alone, which scores them below anyway.
            (await search(index, text, { ...options, ...first, reranker: wordsWeight > 0 ? remembered : null, candidates: depth, top: 1 }))
              .candidates;
      const { embed, retrieve, rerank, total } = answer.timings;
      return {
        ranking: answer.results.map(({ id }) => id),
        relevance: answer.calibrated ? answer.results.map(({ relevanceScore }) => relevanceScore) : undefined,
        firstStage: hits.map(({ id }) => id),
        // With fewer candidates other documents would stand beside each other: those rankings would be of another way to search.
        cutOffs:
          remembered === null || arrangedBy(pipeline) !== undefined
            ? {}
            : await rankedAt(cutOffs, remembered, text, hits, fields, {
                ...options,
                effort,
                instruction,
                fieldLabels,
                minScore,
                wordsWeight,
                spread: answer.spread === 'collection' ? index.manifest()?.spread : undefined,
              }),
        latency: { embed: firstStage === 'bm25' ? undefined : embed, retrieve, rerank: remembered === null ? undefined : rerank, total },
        usage: answer.usage,
        queryTruncatedTokens: answer.truncated?.query,
        ...standInOf(answer),
      };
    },
  };
}

/** A pipeline over the lists of a run instead of a first stage of our own. */
export function runSystem(
  run: { readonly fingerprint: string; readonly lists: ReadonlyMap<string, readonly string[]>; document(id: string): Document | undefined },
  pipeline: Pipeline,
  fields: RankFields,
  { reranker, cutOffs }: SystemOptions,
): System {
  const { name, candidates, top = candidates, effort, instruction, fieldLabels = false, minScore } = pipeline;
  const arranged = arrangedBy(pipeline);
  if (arranged !== undefined)
    throw new FinetoothError('E_USAGE', `pipeline "${name}": ${arranged} is of a search in an index, and this is a run. Leave it out.`);
  if ((pipeline.wordsWeight ?? 0) > 0)
    throw new FinetoothError(
      'E_USAGE',
      `pipeline "${name}": wordsWeight takes BM25 from an index, and this is a run. Leave it out, or evaluate over an index.`,
    );
  const fits = pipeline.filter === undefined ? undefined : documentTest(pipeline.filter, pipeline.types);
  const depth = Math.max(candidates, ...cutOffs);
  const documentOf = (id: string, query: string): Document => {
    const document = run.document(id);
    if (document !== undefined) return document;
    throw new FinetoothError('E_INPUT_FORMAT', `the run gives query "${query}" the document "${id}", which is not in the corpus.`);
  };
  return {
    name,
    pipeline,
    fingerprint: JSON.stringify([pipeline, cutOffs, fields, run.fingerprint, reranker?.fingerprint]),
    answer: async (query, text, options) => {
      const listed = run.lists.get(query) ?? [];
      const firstStage = (fits === undefined ? listed : listed.filter((id) => fits(documentOf(id, query)))).slice(0, depth);
      if (reranker === null) return { ranking: firstStage.slice(0, top), firstStage, cutOffs: {}, latency: {}, usage: {} };
      const hits = firstStage.map((id) => ({ id, document: documentOf(id, query) }));
      if (fields !== undefined) checkFields(hits.slice(0, candidates), fields);
      const remembered = remembering(reranker);
      const started = performance.now();
      const ranked = await rankCandidates(remembered, text, hits.slice(0, candidates), fields, {
        ...options,
        effort,
        instruction,
        fieldLabels,
      });
      const { calibrated, usage } = ranked;
      const { order } = keepLikely(ranked, minScore, reranker.fingerprint);
      const rerank = performance.now() - started;
      return {
        ranking: order.slice(0, top).map(({ id }) => id),
        relevance: calibrated ? order.slice(0, top).map(({ relevance }) => relevance) : undefined,
        firstStage,
        cutOffs: await rankedAt(cutOffs, remembered, text, hits, fields, { ...options, effort, instruction, fieldLabels, minScore }),
        latency: { rerank, total: rerank },
        usage,
        queryTruncatedTokens: unlessNone(ranked.queryTruncatedTokens),
        ...standInOf(ranked),
      };
    },
  };
}

const unlessNone = (tokens = 0): number | undefined => (tokens === 0 ? undefined : tokens);

/** The option by which a pipeline puts its ranking in another order; undefined: in none. */
function arrangedBy({ diversity = 0, collapse = 'off', groupBy, sort }: Pipeline): string | undefined {
  const asked = { diversity: diversity > 0, collapse: collapse !== 'off', groupBy: groupBy !== undefined, sort: sort !== undefined };
  return Object.entries(asked).find(([, isAsked]) => isAsked)?.[0];
}

/** What would have come out if fewer, or more, candidates had gone to the rerankers. */
async function rankedAt(
  cutOffs: readonly number[],
  reranker: Reranker,
  query: string,
  candidates: readonly Rankable[],
  fields: RankFields,
  { minScore, ...options }: RankingOptions & Pick<Pipeline, 'minScore'>,
): Promise<Record<number, readonly string[]>> {
  const rankings: Record<number, readonly string[]> = {};
  for (const count of cutOffs) {
    const ranked = await rankCandidates(reranker, query, candidates.slice(0, count), fields, options);
    rankings[count] = keepLikely(ranked, minScore, reranker.fingerprint).order.map(({ id }) => id);
  }
  return rankings;
}

/** Why another ranked than the reranker that the pipeline names first, where one did. */
function standInOf({ rankedBy, passedOver }: { readonly rankedBy?: string | null; readonly passedOver?: readonly RerankerFailure[] }) {
  const [first] = passedOver ?? [];
  return first === undefined || typeof rankedBy !== 'string' ? {} : { standIn: { rankedBy, why: `${first.code}: ${first.why}` } };
}
