import { dot } from './vectors.ts';

interface Merge {
  readonly a: number;
  readonly b: number;
  readonly height: number;
}

/**
 * Token vectors of a document pooled to the `ceil(count / pool)` means of Ward's clusters, each of length 1 again, in the order of
 * their first tokens (https://www.answer.ai/posts/colbert-pooling.html). Takes time with the square of `count`: 40 ms for 500 tokens.
 *
 * @param rows [count × size], length 1 each
 */
export function poolTokens(
  rows: Float32Array,
  count: number,
  size: number,
  pool: number,
): { readonly rows: Float32Array; readonly count: number } {
  const wanted = Math.ceil(count / pool);
  if (wanted >= count) return { rows, count };
  const merges = wardMerges(distancesOf(rows, count, size), count).sort((a, b) => a.height - b.height);
  const parent = Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  for (const { a, b } of merges.slice(0, count - wanted)) {
    const [x, y] = [rootOf(a), rootOf(b)];
    parent[Math.max(x, y)] = Math.min(x, y);
  }
  const place = new Map<number, number>();
  const pooled = new Float32Array(wanted * size);
  for (let i = 0; i < count; i++) {
    const root = rootOf(i);
    const at = place.get(root) ?? place.size;
    place.set(root, at);
    for (let k = 0; k < size; k++) pooled[at * size + k] = (pooled[at * size + k] as number) + (rows[i * size + k] as number);
  }
  for (let at = 0; at < wanted; at++) {
    const length = Math.sqrt(dot(pooled, at * size, pooled, at * size, size));
    for (let k = at * size; k < (at + 1) * size; k++) pooled[k] = (pooled[k] as number) / (length || 1);
  }
  return { rows: pooled, count: wanted };
}

/**
 * The merges of Ward's clustering by chains of nearest neighbours (Murtagh 1983, https://doi.org/10.1093/comjnl/26.4.354), each naming one
 * member of either cluster; distances are kept by the recurrence of Lance and Williams.
 */
function wardMerges(distances: Float32Array, count: number): Merge[] {
  const sizes = new Float64Array(count).fill(1);
  const active = new Uint8Array(count).fill(1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  while (merges.length < count - 1) {
    if (chain.length === 0) chain.push(active.indexOf(1));
    const top = chain.at(-1) as number;
    const before = chain.at(-2);
    // Of equally near ones the one before in the chain, so that the chain ends.
    let nearest = before ?? -1;
    let least = before === undefined ? Number.POSITIVE_INFINITY : (distances[top * count + before] as number);
    for (let i = 0; i < count; i++) {
      if (!active[i] || i === top) continue;
      const distance = distances[top * count + i] as number;
      if (distance < least) [nearest, least] = [i, distance];
    }
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const [kept, gone] = [Math.min(top, nearest), Math.max(top, nearest)];
    merges.push({ a: kept, b: gone, height: least });
    const [nk, ng] = [sizes[kept] as number, sizes[gone] as number];
    active[gone] = 0;
    for (let i = 0; i < count; i++) {
      if (!active[i] || i === kept) continue;
      const n = sizes[i] as number;
      const [dk, dg] = [distances[kept * count + i] as number, distances[gone * count + i] as number];
      const distance = ((nk + n) * dk + (ng + n) * dg - n * least) / (nk + ng + n);
      distances[kept * count + i] = distance;
      distances[i * count + kept] = distance;
    }
    sizes[kept] = nk + ng;
  }
  return merges;
}

/** Squared distances of unit vectors, [count × count]. */
function distancesOf(rows: Float32Array, count: number, size: number): Float32Array {
  const distances = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const distance = 2 - 2 * dot(rows, i * size, rows, j * size, size);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  }
  return distances;
}
