import { setTimeout as pause } from 'node:timers/promises';
import { FinetoothError } from '../../errors.ts';
import type { Entry } from '../store.ts';
import { type CellField, cellFields, isRough } from './cells.ts';
import { type Collections, type Opened, ROUGH } from './collection.ts';
import { Unfinished } from './faults.ts';
import { allOf } from './filter.ts';
import type { Leases } from './lease.ts';
import type { QdrantClient, Schemas } from './library.ts';
import type { MeanLength } from './mean-length.ts';
import { heldText, pointId } from './names.ts';
import { hasPassages, type Point, pointsOf } from './points.ts';
import { ofIds, retrieve, scroll } from './reading.ts';
import type { Requests } from './requests.ts';

export interface Writing {
  readonly requests: Requests;
  readonly collections: Collections;
  readonly leases: Leases;
  readonly lengths: MeanLength;
  /** The address without its key. */
  readonly shown: string;
}

/** Points of a request, and characters of it; a server takes 32 MB. */
const MOST_POINTS = 256;
const MOST_CHARACTERS = 4_000_000;
const LARGEST = 30_000_000;
/** Requests in flight of one write: more make no server faster, and each holds its points in memory on both sides. */
const IN_FLIGHT = 4;
/** How often a document with several passages is written again, where another writer wrote it at the same time. */
const TRIES = 20;

/** Updates are applied in the order in which a leader of the replicas saw them, so that all hold the same in the end. */
const ordered = { wait: true, ordering: 'medium' } as const;

/**
 * Adds or replaces documents, each by itself whole or not: one that is a single passage is one point, which Qdrant replaces in one step. Of one with
 * several the first is written without its hash, then the others, what a longer version had more goes, and the hash is written last: where a process
 * is killed in between, the document reads as changed.
 */
export async function writeEntries({ requests, collections, leases, lengths }: Writing, entries: readonly Entry[]): Promise<void> {
  // Of an id that comes twice the last one counts.
  const latest = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
  await leases.write(async () => {
    const opened = await collections.here();
    if (latest.length === 0) return opened;
    const mean = await lengths.of(opened, latest);
    const fields = cellFields(opened.manifest);
    await tellRough(collections, opened, latest, fields);
    const pointsFor = (entry: Entry, written: number) => pointsOf(entry, opened.manifest, fields, mean, written);
    const long = hasPassages(opened.manifest) ? await longOf(requests, opened, latest) : [];
    const short = latest.filter((entry) => !long.includes(entry));
    await writePoints(
      requests,
      opened,
      short.map((entry) => pointsFor(entry, stamp())),
    );
    let left = long;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === TRIES) throw tornApart(left, opened);
      if (attempt > 0) await pause(50 * attempt * Math.random());
      left = await writeLong(requests, opened, left, pointsFor);
    }
    return opened;
  });
}

export interface Removal {
  readonly hashes: ReadonlyMap<string, string> | undefined;
  /** Throws where the index is not the one that documents are to be removed from. */
  check(opened: Opened): void;
}

/** Ids of one removal. */
const MANY_IDS = 1000;

/** Removes documents and tells how many there were; with hashes those that still have theirs. */
export async function removeEntries({ requests, leases, collections }: Writing, ids: readonly string[], { hashes, check }: Removal) {
  const wanted = [...new Set(ids)];
  let removed = 0;
  for (let at = 0; at < wanted.length; at += MANY_IDS) {
    const some = wanted.slice(at, at + MANY_IDS);
    let count = 0;
    await leases.write(async () => {
      const opened = await collections.here();
      check(opened);
      const there = await retrieve(
        requests,
        opened,
        some.map((id) => pointId(id, 0)),
        { payload: ['id', 'hash'] },
      );
      const held = new Map(some.map((id) => [heldText(id), heldText(hashes?.get(id) ?? '')]));
      const gone = there.filter(({ payload: { id, hash } }) => hashes === undefined || held.get(id) === hash).map(({ payload }) => payload);
      count += gone.length;
      if (gone.length === 0) return opened;
      // What is written in this moment has another hash, and stays.
      const same = hashes === undefined ? undefined : { key: 'hash', match: { any: gone.map(({ hash }) => hash) } };
      const filter = allOf(ofIds(gone.map(({ id }) => id)), same) as Schemas['Filter'];
      await update(requests, (client) => client.delete(opened.collection, { ...ordered, filter }));
      await collections.describe(opened, { finetooth_deleted: new Date().toISOString() });
      return opened;
    });
    removed += count;
  }
  return removed;
}

/** An update that was not seen to its end is no acknowledgement, and is asked again. */
export function update(requests: Requests, run: (client: QdrantClient) => Promise<Schemas['UpdateResult']>): Promise<void> {
  return requests.ask(async (client) => {
    const { status } = await run(client);
    if (status !== 'completed') throw new Unfinished(`an update was not done in time (${status})`);
  });
}

/** Before it is written, so that whoever asks knows of every number that Qdrant does not read to the last bit. */
async function tellRough(collections: Collections, opened: Opened, entries: readonly Entry[], fields: readonly CellField[]): Promise<void> {
  const unknown = fields.filter(({ numbers }) => numbers !== undefined && !opened.rough.has(numbers));
  const found = unknown.filter((of) => entries.some(({ document }) => isRough(document, of)));
  if (found.length > 0) await collections.describe(opened, Object.fromEntries(found.map(({ numbers }) => [`${ROUGH}${numbers}`, 'true'])));
}

/** Those that have several passages, or had. */
async function longOf(requests: Requests, opened: Opened, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const single = entries.filter(({ further = [] }) => further.length === 0);
  const there = await retrieve(
    requests,
    opened,
    single.map(({ id }) => pointId(id, 0)),
    { payload: ['id', 'of'] },
  );
  const had = new Set(there.filter(({ payload }) => payload.of > 1).map(({ payload }) => payload.id));
  return entries.filter(({ id, further = [] }) => further.length > 0 || had.has(heldText(id)));
}

/** Returns those that another writer wrote at the same time. */
async function writeLong(
  requests: Requests,
  opened: Opened,
  entries: readonly Entry[],
  pointsFor: (entry: Entry, written: number) => Point[],
): Promise<readonly Entry[]> {
  const { collection } = opened;
  // By it this write knows its own points again.
  const written = stamp();
  const all = entries.map((entry) => ({ entry, points: pointsFor(entry, written) }));
  const firsts = all.map(({ points: [first] }) => [{ ...first, payload: { ...first?.payload, hash: '' } } as Point]);
  await writePoints(requests, opened, firsts);
  await writePoints(
    requests,
    opened,
    all.flatMap(({ points }) => points.slice(1).map((point) => [point])),
  );
  const longer = all.map(({ entry, points }) => ({ must: [ofIds([heldText(entry.id)]), { key: 'at', range: { gte: points.length } }] }));
  await update(requests, (client) => client.delete(collection, { ...ordered, filter: { should: longer } }));
  const own = { key: 'written', match: { value: written } };
  const [mine, total] = [new Map<string, number>(), new Map<string, number>()];
  const where = allOf(ofIds(entries.map(({ id }) => heldText(id))));
  for await (const page of scroll(requests, opened, where, { payload: ['id', 'written'] }))
    for (const { payload } of page) {
      total.set(payload.id, (total.get(payload.id) ?? 0) + 1);
      if (payload.written === written) mine.set(payload.id, (mine.get(payload.id) ?? 0) + 1);
    }
  const isWhole = ({ entry: { id }, points }: (typeof all)[number]): boolean =>
    mine.get(heldText(id)) === points.length && total.get(heldText(id)) === points.length;
  const whole = all.filter(isWhole);
  const torn = all.filter((one) => !isWhole(one)).map(({ entry }) => entry);
  if (whole.length === 0) return torn;
  const operations = whole.map(({ entry, points: [first] }) => ({
    set_payload: { payload: { hash: heldText(entry.hash) }, filter: { must: [{ has_id: [first?.id as string] }, own] } },
  }));
  await requests.ask(async (client) => {
    const results = await client.batchUpdate(collection, { ...ordered, operations });
    if (results.some(({ status }) => status !== 'completed')) throw new Unfinished('an update was not done in time');
  });
  return torn;
}

/** The moment, in microseconds since 1970, of which the last three digits are drawn by chance: two writers do not have the same. */
const stamp = (): number => Date.now() * 1000 + Math.floor(1000 * Math.random());

/** Points in bounded requests, some at a time; those of one list stay in one request. */
async function writePoints(requests: Requests, { collection }: Opened, lists: readonly (readonly Point[])[]): Promise<void> {
  const batches: Point[][] = [];
  let characters = 0;
  for (const points of lists) {
    const size = points.reduce((sum, point) => sum + sizeOf(point), 0);
    if (size > LARGEST) throw tooLarge(points[0] as Point, size);
    const last = batches.at(-1);
    if (last === undefined || last.length + points.length > MOST_POINTS || characters + size > MOST_CHARACTERS) {
      batches.push([...points]);
      characters = size;
    } else {
      last.push(...points);
      characters += size;
    }
  }
  const turns = Array.from({ length: IN_FLIGHT }, async () => {
    for (let points = batches.shift(); points !== undefined; points = batches.shift()) {
      const some = points;
      await update(requests, (client) => client.upsert(collection, { ...ordered, points: some })).catch((error: unknown) => {
        // What is refused ends the write: the others need not go on.
        batches.length = 0;
        throw error;
      });
    }
  });
  await Promise.all(turns);
}

/** Characters of a point in a request, about: a number of a vector takes 20. */
function sizeOf({ payload, vector }: Point): number {
  let size = 0;
  for (const value of Object.values(payload ?? {}))
    size += typeof value === 'string' ? value.length : Array.isArray(value) ? 40 * value.length : 20;
  for (const value of Object.values(vector as Readonly<Record<string, unknown>>))
    size += 20 * (Array.isArray(value) ? value.length : numbersIn(value));
  return size;
}

/** Numbers of a sparse vector: a token and its weight. */
const numbersIn = (value: unknown): number => 2 * ((value as Partial<Schemas['SparseVector']>).indices?.length ?? 25);

const tooLarge = ({ payload }: Point, size: number): FinetoothError =>
  new FinetoothError(
    'E_TOO_LARGE',
    `document ${JSON.stringify(String(payload?.id).slice(0, 100))} takes ${Math.round(size / 1e6)} MB in a request, and Qdrant takes ${LARGEST / 1e6} MB. Split it into several documents.`,
  );

const tornApart = ([first, ...others]: readonly Entry[], { collection }: Opened): FinetoothError =>
  new FinetoothError(
    'E_LOCKED',
    `another process writes document ${JSON.stringify(first?.id)}${others.length === 0 ? '' : ` and ${others.length} more`} in ${collection} at the same time. Run the same command again.`,
  );
