import { wordsOf } from '../text/analyzer.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import type { Rankable, Ranked, RankedCandidate, RankFields } from './rank.ts';

/** Words in a shingle: few, so that texts of a sentence have several. */
const SHINGLE = 3;
/** Characters of a text that are compared. */
const LONGEST = 100_000;

/**
 * The ranking without near-duplicates: a document whose words are at least so `similar` to those of a better one gives up its place, and stands
 * in the `duplicates` of the best such. Similarity is Jaccard's, of the shingles of three words (Broder 1997, "On the resemblance and
 * containment of documents"), counted exactly, of what the reranker reads; a text without a word has no duplicates. 0: nothing is collapsed.
 */
export function collapseDuplicates(ranked: Ranked, candidates: readonly Rankable[], fields: RankFields, similar = 0): Ranked {
  if (similar === 0) return ranked;
  const kept: { readonly shingles: number; readonly duplicates: RankedCandidate[]; readonly place: number }[] = [];
  const holders = new Map<string, number[]>();
  for (const [place, one] of ranked.order.entries()) {
    const shingles = shinglesOf((candidates[one.index] as Rankable).document, fields);
    const best = bestHolder(shingles, holders, (at) => kept[at]?.shingles ?? 0, similar);
    if (best !== undefined) {
      kept[best]?.duplicates.push(one);
      continue;
    }
    for (const shingle of shingles) {
      const all = holders.get(shingle);
      if (all === undefined) holders.set(shingle, [kept.length]);
      else all.push(kept.length);
    }
    kept.push({ shingles: shingles.size, duplicates: [], place });
  }
  const order = kept.map(({ place, duplicates }) => {
    const one = ranked.order[place] as Ranked['order'][number];
    return duplicates.length === 0 ? one : { ...one, duplicates };
  });
  return { ...ranked, order };
}

function shinglesOf(document: Document, fields: RankFields): ReadonlySet<string> {
  const words = wordsOf(textOf(document, fields ?? defaultFields(document)).slice(0, LONGEST));
  if (words.length <= SHINGLE) return new Set(words.length === 0 ? [] : [words.join(' ')]);
  return new Set(words.slice(SHINGLE - 1).map((_, at) => words.slice(at, at + SHINGLE).join(' ')));
}

/** The first of those that hold at least so much of the same. Only what shares a shingle is compared. */
function bestHolder(
  shingles: ReadonlySet<string>,
  holders: ReadonlyMap<string, readonly number[]>,
  sizeOf: (holder: number) => number,
  similar: number,
): number | undefined {
  const shared = new Map<number, number>();
  for (const shingle of shingles) for (const holder of holders.get(shingle) ?? []) shared.set(holder, (shared.get(holder) ?? 0) + 1);
  let best: number | undefined;
  for (const [holder, both] of shared)
    if (both / (shingles.size + sizeOf(holder) - both) >= similar && holder < (best ?? Number.POSITIVE_INFINITY)) best = holder;
  return best;
}
