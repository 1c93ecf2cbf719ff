import { withTies } from '../math/near-ties.ts';
import { byScore } from '../math/order.ts';
import type { Hit } from '../types.ts';
import { checkOptions, checkValue, isRecord, type OptionChecks, oneOf, when, whole } from '../wording/check-options.ts';
import type { FoundBy } from './first-stage.ts';
import { plan } from './plan.ts';

/** How lists become one: `rrf` by the ranks in them, `scores` by their scores, of each list from 0 to 1. */
export type ListFusion = 'rrf' | 'scores';
/** How a hybrid first stage makes one list: `linear` by the sum of both scores of each document, or as lists. */
export type Fusion = 'linear' | ListFusion;

export interface FuseOptions {
  /** @default rrf */
  readonly fusion?: ListFusion;
  /** The k of reciprocal ranks: the greater, the less the first places stand out. 1 to 10,000. @default 60 */
  readonly rrfK?: number;
  /** [lists] Multiplies what each list adds; a list of weight 0 adds nothing, not even its documents. @default 1 each */
  readonly weights?: readonly number[];
}

const fuseChecks: OptionChecks<FuseOptions> = {
  fusion: oneOf(['rrf', 'scores']),
  rrfK: whole(1, 10_000),
  weights: when('a list of numbers from 0 on', (value) => Array.isArray(value) && value.every((one) => Number.isFinite(one) && one >= 0)),
};

const listsOfHits = when(
  'a list of lists of hits, each with an id and a score',
  (value) =>
    Array.isArray(value) && value.every((list) => Array.isArray(list) && list.every((hit) => isRecord(hit) && typeof hit.id === 'string')),
);

export interface HybridOptions extends Pick<FuseOptions, 'rrfK'> {
  /** @default linear */
  readonly fusion?: Fusion;
  /** What the words can add to the cosine at most, 0 to 1; of `linear`. @default 0.1 */
  readonly linearWeight?: number;
  /** Share of the dense list, 0 to 1; of `rrf` and `scores`. @default the same for each list */
  readonly denseWeight?: number;
  /** Share of the sparse list, 0 to 1. @default the same for each list */
  readonly sparseWeight?: number;
}

/**
 * The best `count` of several lists, each best first; a document's score is the sum of what the lists that hold it add, and where one lacks it,
 * that one adds nothing. A hit is that of the list where it stands higher.
 *
 * `rrf`: 1 / (k + rank), ranks from 1 (Cormack, Clarke and Büttcher 2009, https://doi.org/10.1145/1571941.1572114, which found k = 60).
 * `scores`: (score - least) / (most - least) of the list, so that its last document adds as little as one that it lacks (Bruch, Gai and Ingber 2023,
 * https://doi.org/10.1145/3596512). Where all of a list are equal, as in a list of one, each adds 1: it is the best that the list has.
 *
 * @example
 * import { fuse } from 'finetooth/rerankers';
 *
 * const hit = (id: string, score: number) => ({ id, score, document: {} });
 * const fused = fuse([[hit('a', 12), hit('b', 9)], [hit('b', 0.8), hit('c', 0.7)]], 10);
 * console.log(fused.map(({ id }) => id).join(' ')); // b a c
 *
 * @throws E_USAGE for an option that there is not
 */
export function fuse(lists: readonly (readonly Hit[])[], count: number, options: FuseOptions = {}): Hit[] {
  checkValue('the lists of fuse', lists, listsOfHits, 'fuse([dense, words], 10)');
  checkOptions('fuse', options, fuseChecks);
  const { fusion = 'rrf', rrfK = 60, weights = [] } = options;
  const fused = new Map<string, { readonly hit: Hit; readonly at: number; score: number }>();
  for (const [which, list] of lists.entries()) {
    const weight = weights[which] ?? 1;
    if (weight === 0) continue;
    const shares = fusion === 'rrf' ? list.map((_, at) => 1 / (rrfK + at + 1)) : normalised(list);
    list.forEach((hit, at) => {
      const known = fused.get(hit.id) ?? { hit, at, score: 0 };
      known.score += weight * (shares[at] as number);
      // The lists may have found other passages of a document.
      fused.set(hit.id, at < known.at ? { hit, at, score: known.score } : known);
    });
  }
  return [...fused.values()]
    .map(({ hit, score }) => ({ ...hit, score }))
    .sort(byScore)
    .slice(0, count);
}

/** The two lists of a hybrid first stage as one. */
export const fuseHybrid = (dense: readonly Hit[], bm25: readonly Hit[], count: number, options: HybridOptions): Hit[] =>
  fuseLists(new Map([['dense', dense] as const, ['bm25', bm25] as const]), count, options);

/** How a first stage of these lists is fused: `linear` adds words to cosines, and knows no other list. */
export const fusionOf = (lists: readonly FoundBy[], fusion?: Fusion): Fusion =>
  fusion ?? (lists.includes('sparse') ? 'rrf' : plan.fusion.default);

/**
 * The lists of a first stage as one. `linear` needs hits with the score by the other. At equal weights the scores of the others are those of the papers: `rrf` counts each
 * list once, `scores` is their mean.
 */
export function fuseLists(found: ReadonlyMap<FoundBy, readonly Hit[]>, count: number, options: HybridOptions): Hit[] {
  const names = [...found.keys()];
  const { rrfK, linearWeight = plan.linearWeight.default } = options;
  const fusion = fusionOf(names, options.fusion);
  if (fusion === 'linear') return fuseLinear(found.get('dense') ?? [], found.get('bm25') ?? [], count, linearWeight);
  const whole = fusion === 'rrf' ? names.length : 1;
  const shares = sharesOf(names, options);
  return fuse([...found.values()], count, { fusion, rrfK, weights: shares.map((share) => whole * share) });
}

/** What each list counts, in sum 1: as it was said, and the others the same of the rest. */
function sharesOf(names: readonly FoundBy[], { denseWeight, sparseWeight }: HybridOptions): readonly number[] {
  const said: Partial<Record<FoundBy, number>> = { dense: denseWeight, sparse: sparseWeight };
  const rest = names.reduce((left, name) => left - (said[name] ?? 0), 1);
  const others = names.filter((name) => said[name] === undefined).length;
  return names.map((name) => said[name] ?? Math.max(0, rest) / others);
}

/**
 * cosine + weight · BM25 / upper bound, of every document that either list has: the bound is what no document can exceed for these words, so that what
 * the words add grows neither with their number nor with what else was found (a theoretical maximum, as Bruch, Gai and Ingber 2023 take it,
 * https://doi.org/10.1145/3596512, but of each query). Without a word that is in the index cosines alone count.
 */
function fuseLinear(dense: readonly Hit[], bm25: readonly Hit[], count: number, weight: number): Hit[] {
  const fused = new Map<string, { readonly hit: Hit; readonly at: number; readonly cosine: number; readonly words: number }>();
  const most = dense[0]?.other?.most ?? 0;
  dense.forEach((hit, at) => {
    fused.set(hit.id, { hit, at, cosine: hit.score, words: hit.other?.score ?? 0 });
  });
  bm25.forEach((hit, at) => {
    const known = fused.get(hit.id) ?? { hit, at, cosine: hit.other?.score ?? 0 };
    // The lists may have found other passages of a document: that of the list where it stands higher is read.
    fused.set(hit.id, { ...known, hit: at < known.at ? hit : known.hit, words: hit.score });
  });
  const words = withTies([...fused].map(([id, one]) => ({ id, score: one.words })));
  return [...fused.values()]
    .map(({ hit, cosine }): Hit => ({ ...hit, score: cosine + (most === 0 ? 0 : (weight * (words.get(hit.id) as number)) / most) }))
    .sort(byScore)
    .slice(0, count);
}

function normalised(list: readonly Hit[]): readonly number[] {
  const scores = list.map(({ score }) => score);
  const [least, most] = [scores.reduce((a, b) => Math.min(a, b), Infinity), scores.reduce((a, b) => Math.max(a, b), -Infinity)];
  return scores.map((score) => (most === least ? 1 : (score - least) / (most - least)));
}
