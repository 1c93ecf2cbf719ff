import { throwIfStopped } from '../../errors.ts';
import { topWithTies } from '../../math/near-ties.ts';
import { topK } from '../../math/top-k.ts';
import type { StoreQuery } from '../store.ts';
import type { Opened } from './collection.ts';
import type { QdrantCondition } from './filter.ts';
import { pointId, textHeld } from './names.ts';
import { documentIn } from './points.ts';
import { countPoints, firstOf, type PayloadField, retrieve } from './reading.ts';
import { exactConditions, type Restriction, restrictionFor } from './restriction.ts';
import { type FoundRow, findBest, type Searching } from './search.ts';

/** Up to so many documents are read as fast as the best of them are looked for. */
const FEW = 2000;
/** How many times as many as are wanted are looked through, and once more where that makes it likely that enough fit. */
const FIRST = 4;
const SECOND = 16;
/** How many times as many as are wanted must be likely to fit for another try. */
const LIKELY = 1.2;

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
    const tested = await bestTested(searching, opened, restriction, query, ask);
    if (tested !== undefined) return tested;
  }
  throwIfStopped(signal);
  const parts: FoundRow[] = [];
  for (const where of await exactConditions(searching.requests, opened, restriction, { signal })) parts.push(...(await ask(where, limit)));
  return 'vector' in query ? topK(parts, limit) : topWithTies(parts, limit);
}

async function bestTested(
  { requests }: Searching,
  opened: Opened,
  { where, fits }: Restriction,
  { limit, signal }: StoreQuery,
  ask: (where: QdrantCondition | undefined, count: number) => Promise<readonly FoundRow[]>,
): Promise<readonly FoundRow[] | undefined> {
  if ((await countPoints(requests, opened, firstOf(opened, where), { signal })) <= FEW) return undefined;
  let share = 1;
  for (const times of [FIRST, SECOND]) {
    if (share * times < LIKELY) return undefined;
    const rows = await ask(where, limit * times);
    const unread = rows.filter(({ payload }) => payload?.document === undefined).map(({ id }) => pointId(id, 0));
    const read = await retrieve(requests, opened, unread, { payload: ['id', 'document'], signal });
    const documents = [
      ...read.map(({ payload }) => payload),
      ...rows.flatMap(({ payload }) => (payload?.document === undefined ? [] : [payload])),
    ];
    const fitting = new Set(documents.filter((payload) => fits(documentIn(payload))).map(({ id }) => textHeld(id)));
    const some = rows.filter(({ id }) => fitting.has(id));
    if (some.length >= limit || rows.length < limit * times) return some.slice(0, limit);
    share = some.length / rows.length;
  }
  return undefined;
}
