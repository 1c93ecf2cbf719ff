import type { Entry, EntryField, Passage } from '../store.ts';
import type { Opened } from './collection.ts';
import { allOf } from './filter.ts';
import { pointId, textHeld } from './names.ts';
import { bytesIn, documentIn, hasPassages, type Payload, passageIn } from './points.ts';
import { firstOf, type PayloadField, type ReadPoint, retrieve, scroll } from './reading.ts';
import type { Requests } from './requests.ts';

/** What of the payload each field of an entry is read from. */
const columns: Readonly<Record<EntryField, readonly PayloadField[]>> = {
  document: ['document'],
  hash: ['hash'],
  textHash: ['textHash'],
  vector: [],
  tokens: ['tokens'],
  terms: ['terms'],
  sparse: ['sparse'],
  place: ['place'],
  further: ['of'],
  title: ['title'],
};

/** Ids of one request. */
const MANY_IDS = 1000;

/** The entries of these ids, or all, with the fields that are named. */
export async function* readEntries<Field extends EntryField>(
  requests: Requests,
  opened: Opened,
  ids: readonly string[] | 'all',
  fields: readonly Field[],
): AsyncGenerator<Pick<Entry, 'id' | Field>> {
  const payload: readonly PayloadField[] = ['id', ...fields.flatMap((field) => columns[field])];
  const vector = (fields as readonly EntryField[]).includes('vector');
  const isFurther = hasPassages(opened.manifest) && (fields as readonly EntryField[]).includes('further');
  const told = async (points: readonly ReadPoint[]) => {
    const further = isFurther ? await furtherOf(requests, opened, points) : undefined;
    return points.map((point) => entryIn(point, fields, opened.manifest.dimensions, further?.get(point.payload.id)));
  };
  if (ids === 'all') {
    for await (const page of scroll(requests, opened, firstOf(opened), { payload, vector })) yield* await told(page);
    return;
  }
  const wanted = [...new Set(ids)];
  for (let at = 0; at < wanted.length; at += MANY_IDS) {
    const points = wanted.slice(at, at + MANY_IDS).map((id) => pointId(id, 0));
    yield* await told(await retrieve(requests, opened, points, { payload, vector }));
  }
}

function entryIn<Field extends EntryField>(
  { payload, vector }: ReadPoint,
  fields: readonly Field[],
  dimensions: number,
  further: readonly Passage[] | undefined,
): Pick<Entry, 'id' | Field> {
  const passage = passageIn(payload, vector, dimensions);
  const values = fields.map((field): readonly [Field, unknown] => {
    switch (field) {
      case 'document':
        return [field, documentIn(payload)];
      case 'hash':
      case 'textHash':
        return [field, textHeld(payload[field as 'hash'])];
      case 'title':
        return [field, bytesIn(payload.title)];
      case 'further':
        return [field, further];
      default:
        return [field, passage[field as keyof Passage]];
    }
  });
  return { id: textHeld(payload.id), ...Object.fromEntries(values) } as Pick<Entry, 'id' | Field>;
}

/** By document, as it is held, its passages after the first. */
async function furtherOf(
  requests: Requests,
  opened: Opened,
  firsts: readonly ReadPoint[],
): Promise<ReadonlyMap<string, readonly Passage[]>> {
  const long = firsts.filter(({ payload }) => payload.of > 1).map(({ payload }) => payload.id);
  const found = new Map<string, { readonly at: number; readonly passage: Passage }[]>();
  if (long.length === 0) return new Map();
  const where = allOf({ key: 'id', match: { any: long } }, { key: 'at', range: { gte: 1 } });
  const payload: readonly (keyof Payload)[] = ['id', 'at', 'tokens', 'terms', 'sparse', 'place'];
  for await (const page of scroll(requests, opened, where, { payload, vector: true }))
    for (const point of page) {
      const one = { at: point.payload.at, passage: passageIn(point.payload, point.vector, opened.manifest.dimensions) };
      const known = found.get(point.payload.id);
      if (known === undefined) found.set(point.payload.id, [one]);
      else known.push(one);
    }
  return new Map([...found].map(([id, passages]) => [id, passages.sort((a, b) => a.at - b.at).map(({ passage }) => passage)]));
}
