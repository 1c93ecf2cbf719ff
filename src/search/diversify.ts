import { dot } from '../math/vectors.ts';
import type { Ranked, RankedCandidate } from './rank.ts';

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998, https://doi.org/10.1145/290941.291025): each next place goes to the document with the
 * most (1 - diversity) × relevance - diversity × likeness, which is the greatest cosine to one that stands above. Relevance is that of the ranking
 * from 0 to 1, least to most, and 1 where all are equal; a document without a vector is like no other. Of equal ones the one that was ranked higher
 * comes first. 0: the ranking as it is. Only the first `count` places are given out so; the order of the first is the same for any count.
 */
export function diversify(ranked: Ranked, vectors: ReadonlyMap<string, Float32Array>, diversity: number, count: number): Ranked {
  if (diversity === 0) return ranked;
  const [most, least] = [ranked.order[0]?.relevance ?? 0, ranked.order.at(-1)?.relevance ?? 0];
  const left = ranked.order.map((one) => ({
    one,
    relevance: most === least ? 1 : (one.relevance - least) / (most - least),
    vector: vectors.get(one.id),
    likeness: 0,
    isFirst: true,
  }));
  const order: RankedCandidate[] = [];
  while (order.length < count && left.length > 0) {
    const gains = left.map(({ relevance, likeness }) => (1 - diversity) * relevance - diversity * likeness);
    const [next] = left.splice(gains.indexOf(gains.reduce((a, b) => Math.max(a, b))), 1) as [(typeof left)[number]];
    order.push(next.one);
    for (const other of left) {
      const likeness = next.vector && other.vector ? dot(next.vector, 0, other.vector, 0, next.vector.length) : 0;
      other.likeness = other.isFirst ? likeness : Math.max(other.likeness, likeness);
      other.isFirst = false;
    }
  }
  return { ...ranked, order: [...order, ...left.map(({ one }) => one)] };
}
