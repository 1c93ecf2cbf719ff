import type { SparseVector } from '../types.ts';

/** Bytes of a token with its weight. */
export const SPARSE_BYTES = 8;

/**
 * A sparse vector as bytes: its tokens in 32 bits, then its weights in single precision, little-endian.
 *
 * @example
 * import { packSparse } from 'finetooth/stores';
 *
 * console.log(packSparse({ ids: Uint32Array.of(7, 9), weights: Float32Array.of(0.5, 2) }).length); // 16
 */
export function packSparse({ ids, weights }: SparseVector): Uint8Array {
  const bytes = new Uint8Array(ids.length * SPARSE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < ids.length; at++) {
    view.setUint32(4 * at, ids[at] as number, true);
    view.setFloat32(4 * (ids.length + at), weights[at] as number, true);
  }
  return bytes;
}

/**
 * What `packSparse` made, again as tokens and weights.
 *
 * @example
 * import { packSparse, unpackSparse } from 'finetooth/stores';
 *
 * const { ids, weights } = unpackSparse(packSparse({ ids: Uint32Array.of(7, 9), weights: Float32Array.of(0.5, 2) }));
 * console.log([...ids].join(' '), [...weights].join(' ')); // 7 9 0.5 2
 */
export function unpackSparse(bytes: Uint8Array): SparseVector {
  const count = bytes.length / SPARSE_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids = Uint32Array.from({ length: count }, (_, at) => view.getUint32(4 * at, true));
  return { ids, weights: Float32Array.from({ length: count }, (_, at) => view.getFloat32(4 * (count + at), true)) };
}

/** Whether bytes are a sparse vector: tokens that ascend, and finite weights above 0. */
export function isPackedSparse(bytes: Uint8Array): boolean {
  if (bytes.length % SPARSE_BYTES !== 0) return false;
  const { ids, weights } = unpackSparse(bytes);
  return (
    ids.every((id, at) => at === 0 || id > (ids[at - 1] as number)) && weights.every((weight) => Number.isFinite(weight) && weight > 0)
  );
}

/**
 * Scores packed vectors by a query: the sum of the products of the weights that both have, in the order of the tokens, so that every store adds up the same
 * numbers in the same order; undefined where they share none.
 *
 * @example
 * import { packSparse, sparseScorer } from 'finetooth/stores';
 *
 * const score = sparseScorer({ ids: Uint32Array.of(7), weights: Float32Array.of(3) });
 * console.log(score(packSparse({ ids: Uint32Array.of(7, 9), weights: Float32Array.of(0.5, 2) }))); // 1.5
 */
export function sparseScorer(query: SparseVector): (bytes: Uint8Array) => number | undefined {
  const [asked, heavy] = [query.ids, query.weights];
  return (bytes) => {
    const count = bytes.length / SPARSE_BYTES;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let score: number | undefined;
    let at = 0;
    for (let term = 0; term < asked.length && at < count; term++) {
      const wanted = asked[term] as number;
      at = firstFrom(view, wanted, at, count);
      if (at < count && view.getUint32(4 * at, true) === wanted)
        score = (score ?? 0) + (heavy[term] as number) * view.getFloat32(4 * (count + at), true);
    }
    return score;
  };
}

/** The first place from `from` on whose token is `wanted` or a later one: tokens ascend. */
function firstFrom(view: DataView, wanted: number, from: number, count: number): number {
  let [low, high] = [from, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (view.getUint32(4 * middle, true) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
