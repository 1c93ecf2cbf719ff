import { cosine } from '../../math/vectors.ts';
import type { OtherScore } from '../../types.ts';
import { saturationOf } from '../bm25.ts';
import type { AskedBy } from '../store.ts';
import { countsIn, timesOf } from '../terms.ts';
import { vectorIn } from './binary-array.ts';
import type { Ask } from './database.ts';
import type { FoundRow } from './found.ts';
import type { State } from './session.ts';
import { unkept } from './text.ts';
import { raritiesOf } from './words.ts';

/** What a search by the other gives the documents of these rows: of all their passages the best one. */
export async function scoreByOther(
  ask: Ask,
  state: State,
  found: readonly FoundRow[],
  other: AskedBy,
): Promise<ReadonlyMap<string, OtherScore>> {
  const ids = new Map(found.map(({ key, id }) => [key, id]));
  const best = new Map<string, number>();
  const take = (key: unknown, score: number): void => {
    const id = ids.get(String(key)) as string;
    best.set(id, Math.max(score, best.get(id) ?? score));
  };
  const read = (columns: string) =>
    ask(`SELECT p.key, ${columns} FROM ${state.tables.passages} p WHERE p.key = ANY($1::uuid[])`, [[...ids.keys()]]);
  if (ids.size === 0) return new Map();
  if ('vector' in other) {
    for (const { key, vector } of await read('vector_send(p.vector) AS vector'))
      take(key, cosine(other.vector, vectorIn(vector as Buffer)));
    return told(best, 1);
  }
  const times = timesOf(other.terms);
  const { rarities, most } = await raritiesOf(ask, state, other.terms);
  if (rarities.size === 0) return told(new Map([...ids.values()].map((id) => [id, 0])), 0);
  const meanLength = state.words / Math.max(1, state.passages);
  for (const { key, terms, length } of await read('p.terms, p.length')) {
    const counts = countsIn(unkept(String(terms)), times);
    let score = 0;
    // In the order of the query: texts with the same words have the same score to the last bit.
    for (const [word, asked] of times)
      score += asked * (rarities.get(word) ?? 0) * saturationOf(counts.get(word) ?? 0, Number(length), meanLength);
    take(key, score);
  }
  return told(best, most);
}

const told = (scores: ReadonlyMap<string, number>, most: number): ReadonlyMap<string, OtherScore> =>
  new Map([...scores].map(([id, score]) => [id, { score, most }]));
