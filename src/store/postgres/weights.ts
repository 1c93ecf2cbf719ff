import { unpackSparse } from '../../math/sparse.ts';
import { topK } from '../../math/top-k.ts';
import type { SparseVector } from '../../types.ts';
import { textArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import type { FoundRow } from './found.ts';
import { readPostings } from './postings.ts';
import type { Restriction } from './restriction.ts';
import { rowScores } from './row-scores.ts';
import type { State } from './session.ts';
import { tokenKey } from './text.ts';
import { bestScored, fewFitting } from './words.ts';

/** Bytes of a posting of a token, about: the difference of its row, and the bits of its weight. */
const POSTING_BYTES = 7;

/** The tokens of a packed sparse vector, as postings have them: the bits of the weight stand where a word has how often it occurs. */
export function weightPostings(bytes: Uint8Array): readonly { readonly id: number; readonly count: number }[] {
  const { ids, weights } = unpackSparse(bytes);
  const bits = new Uint32Array(weights.buffer);
  return Array.from(ids, (id, at) => ({ id, count: bits[at] as number }));
}

/** The best documents by a sparse vector. The postings of its tokens come whole and are added up here in the order of the tokens, as `sparseScorer` does it. */
export async function searchSparse(
  ask: Ask,
  state: State,
  { ids, weights }: SparseVector,
  restriction: Restriction,
  limit: number,
): Promise<readonly FoundRow[]> {
  const few = await fewFitting(ask, state, restriction);
  if (few?.length === 0) return [];
  const { tables, nextRow } = state;
  const keys = Array.from(ids, tokenKey);
  const rows = await ask(`SELECT word, rows FROM ${tables.postings} WHERE word = ANY($1::text[])`, [textArray(keys)]);
  const lists = Map.groupBy(rows, ({ word }) => String(word));
  const bytes = rows.reduce((sum, { rows: packed }) => sum + (packed as Buffer).length, 0);
  const scored = rowScores(Math.ceil(bytes / POSTING_BYTES), nextRow);
  const bits = new Uint32Array(1);
  const read = new Float32Array(bits.buffer);
  for (const [at, key] of keys.entries()) {
    const weight = weights[at] as number;
    for (const { rows: packed } of lists.get(key) ?? [])
      readPostings(packed as Buffer, (row, count) => {
        bits[0] = count;
        scored.add(row, weight * (read[0] as number));
      });
  }
  if (few !== undefined) scored.keep(few);
  return topK(await bestScored(ask, state, scored, restriction, limit), limit);
}
