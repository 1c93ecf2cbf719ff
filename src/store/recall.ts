import { throwIfStopped } from '../errors.ts';
import type { Scored } from '../math/order.ts';
import { randomFrom } from '../math/random.ts';
import type { CallOptions } from '../types.ts';
import type { EngineFinding } from './engine.ts';
import type { Store } from './store.ts';

export interface MeasuredRecall {
  /** Share of the nearest that comparing every vector finds which an ordinary search finds too. 0 to 1. */
  readonly recall: number;
  /** Stored vectors that were asked with. */
  readonly queries: number;
}

/** Documents of a search by which recall is measured. */
export const NEAREST = 25;
const ENOUGH = 0.99;
const QUERIES = 30;
/** Scores in single precision: a tie with the last one may come in any order. */
const TIE = 1e-6;

/** How many of the nearest an ordinary search finds. `ask` gives the best `NEAREST`, best first. Undefined where there is nothing to ask with. */
export async function recallOf<Vector>(
  vectors: Iterable<Vector> | AsyncIterable<Vector>,
  ask: (vector: Vector, exact: boolean) => Promise<readonly Pick<Scored, 'score'>[]>,
): Promise<MeasuredRecall | undefined> {
  let [found, wanted, queries] = [0, 0, 0];
  for await (const vector of vectors) {
    const [exact, usual] = [await ask(vector, true), await ask(vector, false)];
    const least = (exact.at(-1)?.score ?? 0) - TIE;
    found += Math.min(exact.length, usual.filter(({ score }) => score >= least).length);
    wanted += exact.length;
    queries++;
  }
  return wanted === 0 ? undefined : { recall: found / wanted, queries };
}

/** What is told of it, as it was asked for (", ef 400"), and what to do where it is too little. */
export function recallFinding({ recall, queries }: MeasuredRecall, how: string, advice: string): EngineFinding {
  const found = `recall@${NEAREST} ${recall.toFixed(3)} on ${queries} vectors of the index${how}`;
  return recall >= ENOUGH ? { name: 'recall', state: 'ok', found } : { name: 'recall', state: 'warning', found, advice };
}

/** The recall of a store of any kind, asked with vectors of documents drawn by a seed. Undefined of an empty one. */
export async function sampledRecall(store: Store, { signal }: CallOptions = {}): Promise<MeasuredRecall | undefined> {
  const random = randomFrom(25);
  const drawn: string[] = [];
  let seen = 0;
  for await (const { id } of store.get('all', [])) {
    throwIfStopped(signal);
    seen++;
    const at = drawn.length < QUERIES ? drawn.length : random.below(seen);
    if (at < QUERIES) drawn[at] = id;
  }
  return recallOf(store.get(drawn, ['vector']), ({ vector }, exact) => store.search({ vector, limit: NEAREST, fields: [], exact, signal }));
}
