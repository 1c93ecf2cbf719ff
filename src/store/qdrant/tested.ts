import { throwIfStopped } from '../../errors.ts';
import { topWithTies } from '../../math/near-ties.ts';
import { topK } from '../../math/top-k.ts';
import type { CallOptions } from '../../types.ts';
import { bestTested } from '../best-tested.ts';
import type { StoreQuery } from '../store.ts';
import type { Opened } from './collection.ts';
import type { QdrantCondition } from './filter.ts';
import { pointId, textHeld } from './names.ts';
import { documentIn } from './points.ts';
import { countPoints, firstOf, type PayloadField, retrieve } from './reading.ts';
import { exactConditions, type Restriction, restrictionFor } from './restriction.ts';
import { type FoundRow, findBest, type Searching } from './search.ts';

/** The best that fit the filter. Of one of which cells do not tell all the best there are are tested, and where too few of those fit all are. */
export async function searchTested(
  searching: Searching,
  opened: Opened,
  query: StoreQuery,
  bring: readonly PayloadField[],
): Promise<readonly FoundRow[]> {
  const { limit, filter, exact = false, signal } = query;
  const restriction = restrictionFor(filter, opened);
  if (restriction === undefined) return [];
  const ask = (where: QdrantCondition | undefined, count: number) =>
    findBest(searching, opened, query, { limit: count, where, exact, bring, signal });
  if (!restriction.isExact) {
    const { where } = restriction;
    const tested = await bestTested({
      fitting: await countPoints(searching.requests, opened, firstOf(opened, where), { signal }),
      limit,
      ask: (count) => ask(where, count),
      thatFit: (rows) => fittingOf(searching, opened, restriction, rows, { signal }),
    });
    if (tested !== undefined) return tested;
  }
  throwIfStopped(signal);
  const parts: FoundRow[] = [];
  for (const where of await exactConditions(searching.requests, opened, restriction, { signal })) parts.push(...(await ask(where, limit)));
  return 'terms' in query ? topWithTies(parts, limit) : topK(parts, limit);
}

/** Those of which the documents fit; what was found brings some of them. */
async function fittingOf(
  { requests }: Searching,
  opened: Opened,
  { fits }: Restriction,
  rows: readonly FoundRow[],
  options: CallOptions,
): Promise<readonly FoundRow[]> {
  const unread = rows.filter(({ payload }) => payload?.document === undefined).map(({ id }) => pointId(id, 0));
  const read = await retrieve(requests, opened, unread, { payload: ['id', 'document'], ...options });
  const documents = [
    ...read.map(({ payload }) => payload),
    ...rows.flatMap(({ payload }) => (payload?.document === undefined ? [] : [payload])),
  ];
  const fitting = new Set(documents.filter((payload) => fits(documentIn(payload))).map(({ id }) => textHeld(id)));
  return rows.filter(({ id }) => fitting.has(id));
}
