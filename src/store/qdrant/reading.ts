import type { CallOptions } from '../../types.ts';
import type { Opened } from './collection.ts';
import { allOf, type QdrantCondition } from './filter.ts';
import type { Schemas } from './library.ts';
import { hasPassages, type Payload, VECTOR, vectorIn } from './points.ts';
import type { Requests } from './requests.ts';

/** Ids of one request. */
const MANY_IDS = 2000;
/** Points of one page: without vectors, and with what is large. */
const PAGE = 2000;
const LARGE_PAGE = 256;

export type PayloadField = keyof Payload;

/** A point as it is read: of its payload what was asked for. */
export interface ReadPoint {
  readonly payload: Payload;
  readonly vector: Float32Array | undefined;
}

export interface ReadOptions extends CallOptions {
  readonly payload: readonly (PayloadField | string)[];
  readonly vector?: boolean;
}

/** One passage of each document, the one that holds it. */
export const firstPoints = (opened: Opened): QdrantCondition | undefined =>
  hasPassages(opened.manifest) ? { key: 'at', match: { value: 0 } } : undefined;

/** Points by their ids, in any order, those that there are. */
export async function retrieve(
  requests: Requests,
  { collection }: Opened,
  ids: readonly string[],
  { payload, vector = false, signal }: ReadOptions,
): Promise<readonly ReadPoint[]> {
  const found: ReadPoint[] = [];
  const each = vector || isLarge(payload) ? LARGE_PAGE : MANY_IDS;
  for (let at = 0; at < ids.length; at += each) {
    const some = ids.slice(at, at + each);
    const points = await requests.ask(
      (client) => client.retrieve(collection, { ids: some, with_payload: [...payload], with_vector: vector ? [VECTOR] : false }),
      { signal },
    );
    for (const point of points) found.push(readPoint(point));
  }
  return found;
}

/** All points that fit a condition, page by page, by their ids. */
export async function* scroll(
  requests: Requests,
  { collection }: Opened,
  where: Schemas['Filter'] | undefined,
  { payload, vector = false, signal }: ReadOptions,
): AsyncGenerator<readonly ReadPoint[]> {
  const limit = vector || isLarge(payload) ? LARGE_PAGE : PAGE;
  for (let offset: unknown; offset !== null; ) {
    const from = offset as Schemas['ExtendedPointId'] | undefined;
    const page = await requests.ask(
      (client) =>
        client.scroll(collection, {
          filter: where,
          limit,
          offset: from,
          with_payload: [...payload],
          with_vector: vector ? [VECTOR] : false,
        }),
      { signal },
    );
    yield page.points.map(readPoint);
    offset = page.next_page_offset ?? null;
  }
}

export async function countPoints(requests: Requests, { collection }: Opened, where: Schemas['Filter'] | undefined, options?: CallOptions) {
  const { count } = await requests.ask((client) => client.count(collection, { filter: where, exact: true }), options);
  return count;
}

/** Points of these documents: as they are held. */
export const ofIds = (ids: readonly string[]): QdrantCondition => ({ key: 'id', match: { any: [...ids] } });

export const firstOf = (opened: Opened, ...conditions: readonly (QdrantCondition | undefined)[]): Schemas['Filter'] | undefined =>
  allOf(firstPoints(opened), ...conditions);

const readPoint = (point: { readonly payload?: unknown; readonly vector?: unknown }): ReadPoint => ({
  payload: (point.payload ?? {}) as Payload,
  vector: vectorIn(point),
});

const isLarge = (payload: readonly string[]): boolean => payload.includes('tokens') || payload.includes('sparse');
