import { createHash } from 'node:crypto';
import { wordsOf } from '../text/analyzer.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import type { Rankable, Ranked, RankedCandidate, RankFields } from './rank.ts';

/** What gives up its place to a better result: nothing; a text that is the same; one that is nearly the same too. */
export type Collapse = 'off' | 'equal' | 'near';

/** The least share of shingles by which two texts are nearly the same. */
const NEAR = 0.8;
/** Words in a shingle: few, so that texts of a sentence have several. */
const SHINGLE = 3;
/** Characters of a text whose shingles are compared. */
const LONGEST = 100_000;

/** What two documents have in common that may stand for each other, beside their texts: the values of fields. */
export type KindOf = (document: Document) => string;

const oneKind: KindOf = () => '';

/**
 * The ranking without what is like something better: it stands in the `duplicates` of the best such. `equal`: what the reranker reads of both
 * documents, all of it, is the same but for case and white space. `near`: Jaccard's similarity of the shingles of three words (Broder 1997, "On
 * the resemblance and containment of documents"), counted exactly, is at least .8. A text without a visible character is like no other.
 */
export function collapseDuplicates(
  ranked: Ranked,
  candidates: readonly Rankable[],
  fields: RankFields,
  collapse: Collapse = 'off',
  kindOf: KindOf = oneKind,
): Ranked {
  if (collapse === 'off') return ranked;
  const find = alikeFinder(collapse, fields, kindOf);
  const kept: { readonly one: RankedCandidate; readonly duplicates: RankedCandidate[] }[] = [];
  for (const { duplicates = [], ...one } of ranked.order) {
    const holder = kept[find((candidates[one.index] as Rankable).document) ?? -1];
    if (holder === undefined) kept.push({ one, duplicates: [...duplicates] });
    else holder.duplicates.push(one, ...duplicates);
  }
  return { ...ranked, order: kept.map(({ one, duplicates }) => (duplicates.length === 0 ? one : { ...one, duplicates })) };
}

/** Asked of one document after the other: which of those that were like none before it, from 0, it is like; undefined: of none, and it counts from now on. */
export function alikeFinder(
  collapse: Exclude<Collapse, 'off'>,
  fields: RankFields,
  kindOf: KindOf = oneKind,
): (document: Document) => number | undefined {
  const equals = new Map<string, number>();
  const near = collapse === 'near' ? nearFinder() : undefined;
  let kept = 0;
  return (document) => {
    const [text, kind] = [textOf(document, fields ?? defaultFields(document)), kindOf(document)];
    const key = equalKey(text, kind);
    const holder = (key === undefined ? undefined : equals.get(key)) ?? near?.(text, kind);
    if (holder !== undefined) return holder;
    if (key !== undefined) equals.set(key, kept);
    kept++;
    return undefined;
  };
}

/** The same for texts that are the same but for case and white space; undefined for one without a visible character. */
function equalKey(text: string, kind: string): string | undefined {
  const plain = text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  return plain === ''
    ? undefined
    : createHash('sha256')
        .update(JSON.stringify([kind, plain]))
        .digest('base64');
}

/** Of the shingles of the texts that were like none before. */
function nearFinder(): (text: string, kind: string) => number | undefined {
  const sizes: number[] = [];
  const holders = new Map<string, number[]>();
  return (text, kind) => {
    const shingles = shinglesOf(text, kind);
    const best = bestHolder(shingles, holders, sizes);
    if (best !== undefined) return best;
    for (const shingle of shingles) {
      const all = holders.get(shingle);
      if (all === undefined) holders.set(shingle, [sizes.length]);
      else all.push(sizes.length);
    }
    sizes.push(shingles.size);
    return undefined;
  };
}

function shinglesOf(text: string, kind: string): ReadonlySet<string> {
  const words = wordsOf(text.slice(0, LONGEST));
  const some =
    words.length <= SHINGLE ? (words.length === 0 ? [] : [words]) : words.slice(SHINGLE - 1).map((_, at) => words.slice(at, at + SHINGLE));
  return new Set(some.map((shingle) => `${shingle.join(' ')}\n${kind}`));
}

/** The first of those that hold at least so much of the same. Only what shares a shingle is compared. */
function bestHolder(
  shingles: ReadonlySet<string>,
  holders: ReadonlyMap<string, readonly number[]>,
  sizes: readonly number[],
): number | undefined {
  const shared = new Map<number, number>();
  for (const shingle of shingles) for (const holder of holders.get(shingle) ?? []) shared.set(holder, (shared.get(holder) ?? 0) + 1);
  let best: number | undefined;
  for (const [holder, both] of shared)
    if (both / (shingles.size + (sizes[holder] as number) - both) >= NEAR && holder < (best ?? Number.POSITIVE_INFINITY)) best = holder;
  return best;
}
