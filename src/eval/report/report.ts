import type { Reliability } from '../calibration/reliability.ts';
import type { CollectionChecks } from '../checks/findings.ts';

/** What an evaluation says: one object, from which the table, the JSON, the Markdown and the HTML page are made. */

/** A mean over queries with its 95 % bootstrap interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Milliseconds: half, 95 % and 99 % of the queries took no longer. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export const stages = ['embed', 'retrieve', 'rerank', 'total'] as const;

export type Stage = (typeof stages)[number];

/** How much of a reranker's gain is left when only the first `candidates` of the first stage go to it. */
export interface CutOff {
  readonly candidates: number;
  /** The primary measure. */
  readonly value: number;
  /** Share of the gain over the first stage at the deepest cut-off; absent when that is no gain. */
  readonly gainKept?: number;
}

/** A query that failed: it counts as 0 and is said so. */
export interface Failure {
  readonly query: string;
  readonly message: string;
}

/** A measure of the best order of a pipeline's own results, the highest grades first, and what a better order could gain. */
export interface Headroom {
  readonly best: number;
  /** `best` less the measure of the pipeline. */
  readonly gain: number;
}

/** How alike the rankings of two pipelines are. */
export interface Overlap {
  readonly pipelines: readonly [string, string];
  /** Mean rank-biased overlap (extrapolated, p = .9) of the first 50 results of each query, 0 to 1. */
  readonly rbo: number;
}

export interface PipelineReport {
  readonly name: string;
  /** As it was given, with every default filled in; absent for a run that someone else made. */
  readonly pipeline?: Readonly<Record<string, unknown>>;
  /** By ir-measures name. */
  readonly measures: Readonly<Record<string, Estimate>>;
  /** Of nDCG@10 and of the primary measure, by name; absent in reports of earlier versions. */
  readonly headroom?: Readonly<Record<string, Headroom>>;
  /** Only the stages that ran; empty for a run. */
  readonly latency: Readonly<Partial<Record<Stage, Latency>>>;
  /** By ir-measures name, then [query], in the order of `queryIds`. */
  readonly perQuery: Readonly<Record<string, readonly number[]>>;
  /** Share, 0 to 1, of the first `depth` results that have no judgment. */
  readonly unjudged: { readonly depth: number; readonly share: number };
  /** Mean tokens that went through models for one query; absent when no one counted. */
  readonly tokens?: number;
  /** US dollars for all queries together; absent when no part named a price. */
  readonly cost?: number;
  /** Whether the probabilities of the results come true; absent where results have none. A result without a judgment counts as not relevant. */
  readonly reliability?: Reliability;
  /** Rising `candidates`; empty without a reranker. */
  readonly cutOffs: readonly CutOff[];
  /** Mean recall of the first stage (of the run) by depth, rising. */
  readonly recall: readonly { readonly depth: number; readonly recall: number }[];
  readonly failures: readonly Failure[];
  /** Queries that another reranker ranked, since the one that the pipeline names could not; one of them, and why. Absent when there were none. */
  readonly standIns?: { readonly queries: number; readonly rankedBy: string; readonly why: string };
}

/** One document's way between two rankings. Ranks count from 1; nothing where the document is not in the ranking. */
export interface Move {
  readonly id: string;
  /** Nothing for a document without a judgment. */
  readonly grade?: number;
  readonly from?: number;
  readonly to?: number;
}

export interface QueryChange {
  readonly query: string;
  /** Absent when only its id is known. */
  readonly text?: string;
  readonly before: number;
  readonly after: number;
  /** The documents that made the difference, most important first, at most 5. */
  readonly moved: readonly Move[];
}

export interface Comparison {
  readonly baseline: string;
  readonly pipeline: string;
  readonly measure: string;
  /** Mean of pipeline minus baseline, paired by query. */
  readonly difference: number;
  /** 95 % bootstrap interval of the difference. */
  readonly low: number;
  readonly high: number;
  /** Two-sided Fisher randomisation test. */
  readonly p: number;
  /** The same after Holm's correction for all pipelines that met this baseline with this measure; with the interval it decides the verdict. */
  readonly adjustedP: number;
  /** `helps` and `hurts` where `adjustedP` is below .05 and the interval lies on that side of 0: `helps`, `hurts`, `makes no difference: …` or `cannot tell with 43 queries: about 180 would be needed`. */
  readonly verdict: string;
  /** Why the interval and the test do not say the same; absent where they do. */
  readonly disagreement?: string;
  /** Why the verdict is not safe: too many results have no judgment. */
  readonly unsafe?: string;
  /** [query] Differences in the order of `queryIds`; of the primary measure only. */
  readonly differences?: readonly number[];
  /** At most ten each, the largest change first; of the primary measure only. */
  readonly helped?: readonly QueryChange[];
  readonly hurt?: readonly QueryChange[];
}

/** The outcome of one gate. */
export interface GateResult {
  readonly gate: string;
  readonly pipeline: string;
  readonly passed: boolean;
  /** What was found: `nDCG@10 is .5921`. */
  readonly found: string;
}

export interface EvalReport {
  /** How many queries are in every mean. */
  readonly queries: number;
  readonly queryIds: readonly string[];
  /** Judged queries without a relevant document; they count as 0 unless they were dropped. */
  readonly withoutRelevant: { readonly count: number; readonly dropped: boolean };
  /** The measure of cut-offs, gains and per-query changes. */
  readonly primary: string;
  readonly pipelines: readonly PipelineReport[];
  readonly comparisons: readonly Comparison[];
  /** Each pair of pipelines; absent in reports of earlier versions. */
  readonly overlaps?: readonly Overlap[];
  readonly gates: readonly GateResult[];
  /** Sentences about the data and the verdicts: unjudged results, scores out of order, leaks, near-duplicates. */
  readonly warnings: readonly string[];
  /** Leaks and near-duplicates; absent when no one looked, or the documents were not at hand. */
  readonly checks?: CollectionChecks;
  /** What makes the figures repeatable. */
  readonly settings: { readonly seed: number; readonly resamples: number; readonly confidence: number; readonly data?: string };
  /** Bytes: the most that the process held. */
  readonly peakMemory: number;
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}
