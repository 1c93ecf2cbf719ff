import type { Table } from '@lancedb/lancedb';
import { cosine } from '../../math/vectors.ts';
import type { OtherScore } from '../../types.ts';
import type { AskedBy } from '../store.ts';
import type { LanceLibraries } from './library.ts';
import { cellReader } from './rows.ts';
import { conditionsFor, type FoundRow } from './search.ts';
import type { WordIndex } from './word-index.ts';
import { wordScorer } from './word-scores.ts';

/**
 * What a search by the other gives the documents of these rows. What is a whole text brought what that needs; of a document with several passages
 * any may be the best one, so all are read.
 */
export async function scoreByOther(
  libraries: LanceLibraries,
  table: Table,
  rows: readonly FoundRow[],
  other: AskedBy,
  words: () => Promise<WordIndex>,
): Promise<ReadonlyMap<string, OtherScore>> {
  if (rows.length === 0) return new Map();
  if ('vector' in other) {
    const cosines = await bestOf(table, rows, {
      column: 'vector',
      brought: ({ cosine: known }) => known,
      score: (vector: { toArray(): Float32Array }) => cosine(other.vector, vector.toArray()),
    });
    return new Map([...cosines].map(([id, score]) => [id, { score, most: 1 }]));
  }
  if (other.terms.length === 0) return new Map(rows.map(({ id }) => [id, { score: 0, most: 0 }]));
  const { score, most } = await wordScorer(libraries, table, other.terms, await words());
  const sums = await bestOf(table, rows, {
    column: 'terms',
    brought: ({ terms }) => (terms === undefined ? undefined : score(terms)),
    score,
  });
  return new Map([...sums].map(([id, sum]) => [id, { score: sum, most }]));
}

interface Scoring<Cell> {
  readonly column: string;
  /** The score of a row that brought what it needs. */
  brought(row: FoundRow): number | undefined;
  score(cell: Cell): number;
}

async function bestOf<Cell>(
  table: Table,
  rows: readonly FoundRow[],
  { column, brought, score }: Scoring<Cell>,
): Promise<ReadonlyMap<string, number>> {
  const best = new Map<string, number>();
  const others: string[] = [];
  for (const row of rows) {
    const known = row.place === undefined ? brought(row) : undefined;
    if (known === undefined) others.push(row.id);
    else best.set(row.id, known);
  }
  for (const condition of conditionsFor(others))
    for await (const batch of table.query().where(condition).select(['id', column])) {
      const cell = cellReader(batch);
      for (let row = 0; row < batch.numRows; row++) {
        const [id, one] = [cell('id', row) as string, score(cell(column, row) as Cell)];
        best.set(id, Math.max(one, best.get(id) ?? one));
      }
    }
  return best;
}
