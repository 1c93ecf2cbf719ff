import { throwIfStopped } from '../../errors.ts';
import { documentTest } from '../../filter/document-test.ts';
import type { Filter } from '../../filter/filter.ts';
import type { CallOptions, Document } from '../../types.ts';
import { typesIn } from '../store.ts';
import type { Opened } from './collection.ts';
import { conditionFor, type QdrantCondition } from './filter.ts';
import { documentIn } from './points.ts';
import { countPoints, firstOf, ofIds, scroll } from './reading.ts';
import type { Requests } from './requests.ts';

/** Which points may be found. */
export interface Restriction {
  /** @default all */
  readonly where?: QdrantCondition;
  readonly isExact: boolean;
  /** Whether a document fits, of those that `where` leaves. */
  fits(document: Document): boolean;
}

/** Ids of one condition: a megabyte or two of a request. */
const MANY_IDS = 40_000;

/** What the cells tell of a filter; undefined: nothing fits. Throws E_USAGE for a filter that is not understood. */
export function restrictionFor(filter: Filter | undefined, { manifest, rough }: Opened): Restriction | undefined {
  if (filter === undefined) return { isExact: true, fits: () => true };
  const { where, isExact } = conditionFor(filter, manifest, rough);
  if (where === 'none') return undefined;
  return { where: where === 'all' ? undefined : where, isExact, fits: documentTest(filter, typesIn(manifest)) };
}

/** How many documents fit. */
export async function countFitting(requests: Requests, opened: Opened, restriction: Restriction, options?: CallOptions): Promise<number> {
  const where = firstOf(opened, restriction.where);
  if (restriction.isExact) return countPoints(requests, opened, where, options);
  let count = 0;
  for await (const id of fittingIds(requests, opened, restriction, options)) if (id !== undefined) count++;
  return count;
}

/** The restriction to what fits as conditions that tell it exactly, each for a part of it, where cells alone do not. */
export async function exactConditions(
  requests: Requests,
  opened: Opened,
  restriction: Restriction,
  options?: CallOptions,
): Promise<readonly (QdrantCondition | undefined)[]> {
  if (restriction.isExact) return [restriction.where];
  const ids = await Array.fromAsync(fittingIds(requests, opened, restriction, options));
  const conditions: QdrantCondition[] = [];
  for (let at = 0; at < ids.length; at += MANY_IDS) conditions.push(ofIds(ids.slice(at, at + MANY_IDS)));
  return conditions;
}

/** The ids of the documents that fit, as they are held: each that the cells leave is read, without its vectors. */
async function* fittingIds(
  requests: Requests,
  opened: Opened,
  { where, fits }: Restriction,
  options?: CallOptions,
): AsyncGenerator<string> {
  for await (const page of scroll(requests, opened, firstOf(opened, where), { payload: ['id', 'document'], ...options })) {
    throwIfStopped(options?.signal);
    for (const { payload } of page) if (fits(documentIn(payload))) yield payload.id;
  }
}
