import type { Table } from '@lancedb/lancedb';
import { documentTest } from '../../filter/document-test.ts';
import type { Filter } from '../../filter/filter.ts';
import type { Document } from '../../types.ts';
import { type Manifest, typesIn } from '../store.ts';
import { conditionFor } from './filter.ts';
import type { FoundRow, Restriction } from './search.ts';

/** Up to so many rows are read as fast as the best of them are looked for. */
const FEW = 2000;
/** How many times as many as are wanted are looked through, and once more where that makes it likely that enough fit. */
const FIRST = 4;
const SECOND = 16;
/** How many times as many as are wanted must be likely to fit for another try. */
const LIKELY = 1.2;

export interface Tested {
  readonly filter: Filter;
  readonly limit: number;
  /** The best rows of a restriction, best first. */
  ask(restriction: Restriction, limit: number): Promise<readonly FoundRow[]>;
}

/**
 * The best that fit a filter of which columns do not tell all, by testing the best there are; undefined where too few of those fit, and all must be
 * read, or where the columns tell. Where every second fits, this costs a twentieth of reading all, and where every tenth does, half.
 */
export async function bestTested(
  table: Table,
  manifest: Manifest,
  { filter, limit, ask }: Tested,
): Promise<readonly FoundRow[] | undefined> {
  const { sql, isExact } = conditionFor(filter, manifest);
  if (isExact) return undefined;
  const where = sql === 'true' ? undefined : sql;
  const fitting = await table.countRows(where);
  if (fitting <= FEW) return undefined;
  const fits = documentTest(filter, typesIn(manifest));
  let share = 1;
  for (const times of [FIRST, SECOND]) {
    if (share * times < LIKELY) return undefined;
    const rows = await ask({ where, fitting }, limit * times);
    const some = rows.filter(({ document }) => fits(JSON.parse(document) as Document));
    if (some.length >= limit || rows.length < limit * times) return some.slice(0, limit);
    share = some.length / rows.length;
  }
  return undefined;
}
