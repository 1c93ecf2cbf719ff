import type { FirstStage, Reranker, SearchIndex } from '../../src/index.ts';
import { changeLeaves } from '../../src/rerank/wrappers/composed.ts';
import { remembering } from '../../src/rerank/wrappers/remembering.ts';

/** A first stage and what reranks its 100 candidates: nothing, one tier, or `search`'s default, called "reranked". */
export interface Tier {
  readonly firstStage: FirstStage;
  readonly reranker?: string;
}

export const CANDIDATES = 100;

/** What tables call a reranker. */
export const tierNames: Readonly<Record<string, string>> = {
  'late-interaction': 'late interaction',
  'ms-marco-minilm-l-12-v2': 'cross-encoder',
  default: 'reranked',
};

export const tiers: Readonly<Record<string, Tier>> = {
  bm25: { firstStage: 'bm25' },
  dense: { firstStage: 'dense' },
  hybrid: { firstStage: 'hybrid' },
  'dense, late interaction': { firstStage: 'dense', reranker: 'late-interaction' },
  'dense, cross-encoder': { firstStage: 'dense', reranker: 'ms-marco-minilm-l-12-v2' },
  'bm25, reranked': { firstStage: 'bm25', reranker: 'default' },
  'dense, reranked': { firstStage: 'dense', reranker: 'default' },
  'hybrid, reranked': { firstStage: 'hybrid', reranker: 'default' },
};

/** What a query takes and a document keeps. */
export interface Cost {
  /** Milliseconds of a whole search, median. */
  readonly milliseconds: number;
  /** Kept for each document beside its fields, mean: vector and token vectors. */
  readonly bytes: number;
}

export interface Measured {
  /** nDCG@10, or a count, by name. */
  readonly values: Readonly<Record<string, number>>;
  /** By the same names, where it was measured. */
  readonly costs?: Readonly<Record<string, Cost>>;
}

export interface MeasureOptions {
  /** Also time searches. @default false */
  readonly costs?: boolean;
  /** Folder of this workload's index and scores, where the next run finds them. @default none: both are made anew */
  readonly keep?: string;
  /** Tiers that are left out. @default none */
  readonly without?: readonly string[];
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The rerankers of an index by the names of `tiers`. */
export const rerankersOf = async (index: SearchIndex): Promise<ReadonlyMap<string, Reranker>> => {
  const names = [...new Set(Object.values(tiers).flatMap(({ reranker }) => reranker ?? []))];
  return new Map(await Promise.all(names.map(async (name) => [name, await index.rerankerNamed([name])] as const)));
};

/** The same for one query, each score computed once although several tiers ask for it. */
export const rememberingAll = (rerankers: ReadonlyMap<string, Reranker>): ReadonlyMap<string, Reranker> => {
  const known = new Map<string, Reranker>();
  const once = (reranker: Reranker): Reranker => {
    const one = known.get(reranker.fingerprint) ?? remembering(reranker);
    known.set(reranker.fingerprint, one);
    return one;
  };
  return new Map([...rerankers].map(([name, reranker]) => [name, changeLeaves(reranker, once)]));
};

/** Bytes that a document's vector and its token vectors take, each the mean over the index. */
export const bytesKept = async (index: SearchIndex): Promise<{ readonly vector: number; readonly tokens: number }> => {
  let [documents, tokens] = [0, 0];
  for await (const entry of index.store.get('all', ['tokens'])) {
    documents++;
    tokens += entry.tokens?.length ?? 0;
  }
  return { vector: 4 * index.embedder().dimensions, tokens: tokens / documents };
};
