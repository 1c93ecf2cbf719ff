import { setImmediate as nextTurn } from 'node:timers/promises';
import { rerankerPlanOf } from '../assemble/pipelines.ts';
import type { NamedRerankers } from '../assemble/reranker.ts';
import { throwIfStopped } from '../errors.ts';
import type { JudgmentSet } from '../eval/judgment-file.ts';
import { beginEvaluation, type Evaluation } from '../eval/measures/evaluation.ts';
import type { Grades } from '../eval/measures/judged-ranking.ts';
import { parseMeasure } from '../eval/measures/measure.ts';
import { assembleReport } from '../eval/report/assemble.ts';
import { headroomOf } from '../eval/report/headroom.ts';
import type { EvalReport } from '../eval/report/report.ts';
import { keyOf } from '../eval/systems/journal.ts';
import { indexSystem, type System } from '../eval/systems/system.ts';
import type { Pipeline } from '../search/pipeline.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { CallOptions } from '../types.ts';
import { packageVersion } from '../wording/package-version.ts';
import { stateOf } from './eval-index.ts';

export const judgedMeasure = 'nDCG@10';
const DEPTH = 10;

/** Rankings that were found before, so that one more judgment asks no search again. Bounded by ids, the least recently used go first. */
export interface RankingCache {
  get(key: string): readonly string[] | undefined;
  set(key: string, ids: readonly string[]): void;
}

export function createRankingCache(mostIds = 200_000): RankingCache {
  const kept = new Map<string, readonly string[]>();
  let count = 0;
  const drop = (key: string): void => {
    count -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    get: (key) => {
      const ids = kept.get(key);
      if (ids === undefined) return undefined;
      kept.delete(key);
      kept.set(key, ids);
      return ids;
    },
    set: (key, ids) => {
      drop(key);
      kept.set(key, ids);
      count += ids.length;
      for (const [oldest] of kept) {
        if (count <= mostIds || oldest === key) return;
        drop(oldest);
      }
    },
  };
}

export interface MeasureJudgedOptions extends CallOptions {
  readonly pipelines: readonly Pipeline[];
  readonly cache: RankingCache;
  /** The words of a query that is looked at, judged or not: it is measured first, and told by itself. */
  readonly query?: string | undefined;
  /** Milliseconds after which no further query is searched for. @default 1,000 */
  readonly timeMs?: number | undefined;
  readonly rerankers?: NamedRerankers;
  readonly now?: () => number;
}

/** One query under one pipeline. */
export interface QueryMeasure {
  readonly name: string;
  /** Absent where no one judged the query. */
  readonly value?: number;
  /** Of the best order of the same results. */
  readonly best?: number;
  /** Of the first ten results, how many no one judged, and how many there are. */
  readonly unjudged: number;
  readonly results: number;
}

export interface MeasuredJudgments {
  /** Judged queries, those that are in the figures, and those of them without a relevant document, which count as 0. */
  readonly judged: number;
  readonly measured: number;
  readonly withoutRelevant: number;
  /** Absent where no query was measured. */
  readonly report?: EvalReport;
  readonly query?: readonly QueryMeasure[];
}

/**
 * Measures what was judged with each pipeline, as `evaluate` would, but fast enough to follow a judge: rankings are cached, and where many are missing,
 * some are found in the time and the next call goes on.
 */
export async function measureJudged(index: SearchIndex, set: JudgmentSet, options: MeasureJudgedOptions): Promise<MeasuredJudgments> {
  const { pipelines, cache, query, timeMs = 1000, signal, rerankers, now = () => performance.now() } = options;
  const state = await stateOf(index);
  // What a pipeline is called changes nothing of what it finds.
  const systems = await Promise.all(pipelines.map((pipeline) => systemOf(index, { ...pipeline, name: '' }, state, rerankers)));
  const keys = systems.map(({ fingerprint }) => keyOf(fingerprint));
  const until = now() + timeMs;
  /** One at least, so that who asks again and again comes to an end. */
  let searched = false;
  /** Nothing where time is up and the ranking is not known. */
  const rankingsOf = async (text: string, must: boolean): Promise<readonly (readonly string[])[] | undefined> => {
    const found: (readonly string[])[] = [];
    let asked = false;
    for (const [at, system] of systems.entries()) {
      const key = keyOf(keys[at] as string, text);
      const known = cache.get(key);
      if (known === undefined && !must && searched && now() >= until) return undefined;
      const ids = known ?? (await system.answer('', text, { signal })).ranking;
      if (known === undefined) cache.set(key, ids);
      found.push(ids);
      asked ||= known === undefined;
    }
    searched ||= asked && !must;
    return found;
  };
  const shown = query === undefined ? undefined : await rankingsOf(query, true);
  const lists = new Map<string, readonly (readonly string[])[]>();
  for (const id of set.judgments.keys()) {
    throwIfStopped(signal);
    const text = set.queries.get(id);
    const found = text === undefined ? undefined : await rankingsOf(text, false);
    if (found !== undefined) lists.set(id, found);
  }
  const judgments = new Map([...set.judgments].filter(([id]) => lists.has(id)));
  const evaluations = systems.map((_, at) => evaluationOf(judgments, lists, at));
  const withoutRelevant = evaluations[0]?.withoutRelevant ?? 0;
  await nextTurn();
  return {
    judged: set.judgments.size,
    measured: judgments.size,
    withoutRelevant,
    report: judgments.size === 0 ? undefined : reportOf(pipelines, evaluations, judgments, set),
    query: shown && queryMeasures(pipelines, shown, gradesOf(set, query)),
  };
}

async function systemOf(index: SearchIndex, pipeline: Pipeline, state: string, own: NamedRerankers | undefined): Promise<System> {
  const plan = rerankerPlanOf(pipeline, own);
  return indexSystem(index, pipeline, {
    reranker: plan === null ? null : await index.rerankerNamed(plan.parts, plan.settings),
    cutOffs: [],
    state,
  });
}

const measures = [parseMeasure(judgedMeasure)];

function evaluationOf(
  judgments: JudgmentSet['judgments'],
  lists: ReadonlyMap<string, readonly (readonly string[])[]>,
  at: number,
): Evaluation {
  const evaluation = beginEvaluation(judgments, measures);
  for (const [query, found] of lists) evaluation.add(query, inPlaces(found[at] as readonly string[]));
  return evaluation.end();
}

function reportOf(
  pipelines: readonly Pipeline[],
  evaluations: readonly Evaluation[],
  judgments: JudgmentSet['judgments'],
  { queries }: JudgmentSet,
): EvalReport {
  const measured = pipelines.map((pipeline, at) => {
    const evaluation = evaluations[at] as Evaluation;
    return {
      name: pipeline.name,
      pipeline: { ...pipeline },
      evaluation,
      firstStage: evaluation,
      cutOffs: new Map(),
      latency: {},
      failures: [],
    };
  });
  return assembleReport({
    measured,
    judgments,
    textOf: (id) => queries.get(id),
    dropEmpty: false,
    chance: { seed: 20, resamples: resamplesFor(judgments.size), confidence: 0.95 },
    gates: [],
    warnings: [],
    peakMemory: process.resourceUsage().maxRSS * 1024,
    version: packageVersion(),
  });
}

/** As many as `evaluate` takes, fewer where they would keep a server from its other work for long. */
const resamplesFor = (queries: number): number => Math.max(1000, Math.min(10_000, Math.floor(2_000_000 / queries)));

function gradesOf({ queries, judgments }: JudgmentSet, text: string | undefined): ReadonlyMap<string, number> {
  const id = [...queries].find(([, words]) => words === text)?.[0];
  return (id === undefined ? undefined : judgments.get(id)) ?? new Map();
}

const queryMeasures = (pipelines: readonly Pipeline[], lists: readonly (readonly string[])[], grades: Grades): readonly QueryMeasure[] =>
  pipelines.map(({ name }, at) => {
    const ids = lists[at] as readonly string[];
    const head = ids.slice(0, DEPTH);
    const counts = { unjudged: head.filter((id) => !grades.has(id)).length, results: head.length };
    if (grades.size === 0) return { name, ...counts };
    const evaluation = beginEvaluation(new Map([['', grades]]), measures);
    evaluation.add('', inPlaces(ids));
    const done = evaluation.end();
    return { name, value: done.values[0]?.[0], best: headroomOf(done)[judgedMeasure]?.best, ...counts };
  });

/** A list that is in order already: its places are its scores. */
const inPlaces = (ids: readonly string[]) => ({ ids, scores: ids.map((_, at) => ids.length - at) });
