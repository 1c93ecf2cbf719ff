import { throwIfStopped } from '../errors.ts';
import { randomFrom } from '../math/random.ts';
import type { CallOptions } from '../types.ts';
import type { Store } from './store.ts';

export interface SampledRecall {
  /** Share of the nearest 25 by comparing every vector that the search finds as it is usually made, in the mean. 0 to 1. */
  readonly recall: number;
  /** Stored vectors that were asked with. */
  readonly queries: number;
}

const QUERIES = 30;
const NEAREST = 25;

/** How many of the nearest documents a search by vector finds: asked with vectors of documents drawn by a seed. Undefined of an empty store. */
export async function sampledRecall(store: Store, { signal }: CallOptions = {}): Promise<SampledRecall | undefined> {
  const random = randomFrom(25);
  const drawn: string[] = [];
  let seen = 0;
  for await (const { id } of store.get('all', [])) {
    throwIfStopped(signal);
    seen++;
    const at = drawn.length < QUERIES ? drawn.length : random.below(seen);
    if (at < QUERIES) drawn[at] = id;
  }
  const shares: number[] = [];
  for await (const { vector } of store.get(drawn, ['vector'])) {
    const query = { vector, limit: NEAREST, fields: [], signal };
    const [exact, usual] = [await store.search({ ...query, exact: true }), await store.search(query)];
    const found = new Set(usual.map(({ id }) => id));
    shares.push(exact.filter(({ id }) => found.has(id)).length / exact.length);
  }
  return shares.length === 0
    ? undefined
    : { recall: shares.reduce((sum, share) => sum + share, 0) / shares.length, queries: shares.length };
}
