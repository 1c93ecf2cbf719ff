import { cosine } from '../../math/vectors.ts';
import type { OtherScore } from '../../types.ts';
import type { AskedBy } from '../store.ts';
import { vectorIn } from './binary-array.ts';
import type { Ask } from './database.ts';
import type { FoundRow } from './found.ts';
import type { State } from './session.ts';
import { mostOf, textScorer, weighWords } from './word-scores.ts';

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
  const words = await weighWords(ask, state, other.terms);
  if (words.length === 0) return told(new Map([...ids.values()].map((id) => [id, 0])), 0);
  const score = textScorer(state, words);
  for (const { key, terms, length } of await read('p.terms, p.length')) take(key, score(String(terms), Number(length)) ?? 0);
  return told(best, mostOf(words));
}

const told = (scores: ReadonlyMap<string, number>, most: number): ReadonlyMap<string, OtherScore> =>
  new Map([...scores].map(([id, score]) => [id, { score, most }]));
