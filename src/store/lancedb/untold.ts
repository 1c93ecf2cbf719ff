import type { Table } from '@lancedb/lancedb';
import { documentTest } from '../../filter/document-test.ts';
import type { Filter } from '../../filter/filter.ts';
import type { Document } from '../../types.ts';
import { bestTested } from '../best-tested.ts';
import { type Manifest, typesIn } from '../store.ts';
import { conditionFor } from './filter.ts';
import type { FoundRow, Restriction } from './search.ts';

export interface UntoldQuery {
  readonly filter: Filter;
  readonly limit: number;
  /** The best rows of a restriction, best first. */
  ask(restriction: Restriction, limit: number): Promise<readonly FoundRow[]>;
}

/** The best that fit a filter of which columns do not tell all, see `bestTested`; undefined too where the columns tell. */
export async function bestUntold(
  table: Table,
  manifest: Manifest,
  { filter, limit, ask }: UntoldQuery,
): Promise<readonly FoundRow[] | undefined> {
  const { sql, isExact } = conditionFor(filter, manifest);
  if (isExact) return undefined;
  const where = sql === 'true' ? undefined : sql;
  const fitting = await table.countRows(where);
  const fits = documentTest(filter, typesIn(manifest));
  return bestTested({
    fitting,
    limit,
    ask: (count) => ask({ where, fitting }, count),
    thatFit: async (rows) => rows.filter(({ document }) => fits(JSON.parse(document) as Document)),
  });
}
