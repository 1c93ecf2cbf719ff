import { byScore } from '../math/order.ts';
import type { Hit } from '../types.ts';

/**
 * Reciprocal rank fusion: the sum of 1 / (k + rank) over the lists that hold a document, ranks from 1
 * (Cormack, Clarke and Büttcher 2009, https://doi.org/10.1145/1571941.1572114, which found k = 60).
 * A hit is that of the list where it stands higher. Each list may have a weight, which multiplies what it adds; a list of weight 0 adds nothing, not even its documents. @default 1 each
 */
export const fuse = (lists: readonly (readonly Hit[])[], count: number, k = 60, weights: readonly number[] = []): Hit[] => {
  const fused = new Map<string, { readonly hit: Hit; readonly at: number; score: number }>();
  for (const [which, list] of lists.entries()) {
    const weight = weights[which] ?? 1;
    if (weight === 0) continue;
    list.forEach((hit, at) => {
      const known = fused.get(hit.id) ?? { hit, at, score: 0 };
      known.score += weight / (k + at + 1);
      // The lists may have found other passages of a document.
      fused.set(hit.id, at < known.at ? { hit, at, score: known.score } : known);
    });
  }
  return [...fused.values()]
    .map(({ hit, score }) => ({ ...hit, score }))
    .sort(byScore)
    .slice(0, count);
};
