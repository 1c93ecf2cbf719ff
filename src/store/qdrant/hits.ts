import { unpackTitle } from '../../math/packed-title.ts';
import { cosine } from '../../math/vectors.ts';
import type { CallOptions, Hit, OtherScore } from '../../types.ts';
import { type AskedBy, type HitField, keepsTitles } from '../store.ts';
import type { Opened } from './collection.ts';
import { pointId, textHeld } from './names.ts';
import { bytesIn, documentIn, type Payload, packIn } from './points.ts';
import { type PayloadField, retrieve } from './reading.ts';
import type { FoundRow, Searching } from './search.ts';

/** What is asked of found documents beside their scores. */
export interface Bringing extends CallOptions {
  readonly fields: readonly HitField[];
  readonly other?: AskedBy;
}

/** Found documents as hits; what was deleted meanwhile is left out. */
export async function hitsOf(
  searching: Searching,
  opened: Opened,
  rows: readonly FoundRow[],
  { fields, other, signal }: Bringing,
): Promise<Hit[]> {
  const { requests } = searching;
  const { manifest } = opened;
  const form = fields.includes('tokens') ? manifest.tokens : undefined;
  const isRead = fields.includes('document');
  const wanted = bringing(opened, fields);
  const first = new Map(rows.flatMap(({ id, at, payload }) => (at === 0 && hasAll(payload, wanted) ? [[id, payload] as const] : [])));
  const pack = new Map(rows.flatMap(({ id, payload }) => (payload?.tokens === undefined ? [] : [[id, payload] as const])));
  const unread = rows.filter(({ id }) => !first.has(id)).map(({ id }) => pointId(id, 0));
  const unpacked = form === undefined ? [] : rows.filter(({ id }) => !pack.has(id)).map(({ id, at }) => pointId(id, at));
  const [firsts, packs, others] = await Promise.all([
    retrieve(requests, opened, unread, { payload: ['id', ...wanted.filter((field) => field !== 'tokens')], signal }),
    retrieve(requests, opened, unpacked, { payload: ['id', 'tokens'], signal }),
    other && scoreByOther(searching, opened, rows, other, { signal }),
  ]);
  for (const { payload } of firsts) first.set(textHeld(payload.id), payload);
  for (const { payload } of packs) pack.set(textHeld(payload.id), payload);
  return rows.flatMap(({ id, score, place }): Hit[] => {
    const own = first.get(id);
    if (own === undefined) return [];
    const packed = packIn(pack.get(id) ?? {}, manifest.dimensions);
    const title = form && bytesIn(own.title);
    return [
      {
        id,
        score,
        passage: place,
        other: others?.get(id),
        document: isRead ? documentIn(own) : undefined,
        // Those of a document whose vector was given are none.
        tokens: form === undefined || !packed?.tokens.length ? undefined : { form, data: packed.tokens, vector: packed.vector },
        titleTokens: form === undefined || title === undefined ? undefined : unpackTitle(title, form),
      } as Hit,
    ];
  });
}

/** What of the payload hits are made of. */
export const bringing = ({ manifest }: Opened, fields: readonly HitField[]): readonly PayloadField[] => [
  ...(fields.includes('document') ? (['document'] as const) : []),
  ...(fields.includes('tokens') && manifest.tokens !== undefined ? (['tokens'] as const) : []),
  ...(fields.includes('tokens') && keepsTitles(manifest) ? (['title'] as const) : []),
];

/** A document without a title brings none. */
const hasAll = (payload: Payload | undefined, wanted: readonly PayloadField[]): payload is Payload =>
  payload !== undefined && wanted.every((field) => field === 'title' || payload[field] !== undefined);

/** What a search by the other gives the documents of these rows: any of their passages may be the best one, so all are read. */
async function scoreByOther(
  { requests, words }: Searching,
  opened: Opened,
  rows: readonly FoundRow[],
  other: AskedBy,
  options: CallOptions,
): Promise<ReadonlyMap<string, OtherScore>> {
  const best = new Map<string, number>();
  const add = (id: string, score: number): void => void best.set(id, Math.max(score, best.get(id) ?? score));
  const points = rows.flatMap(({ id, of }) => Array.from({ length: of }, (_, at) => pointId(id, at)));
  if ('vector' in other) {
    for (const { payload, vector } of await retrieve(requests, opened, points, { payload: ['id'], vector: true, ...options }))
      if (vector !== undefined) add(textHeld(payload.id), cosine(other.vector, vector));
    return new Map([...best].map(([id, score]) => [id, { score, most: 1 }]));
  }
  if (other.terms.length === 0) return new Map(rows.map(({ id }) => [id, { score: 0, most: 0 }]));
  const [read, { score, most }] = await Promise.all([
    retrieve(requests, opened, points, { payload: ['id', 'terms'], ...options }),
    words.statistics(opened, other.terms, options),
  ]);
  for (const { payload } of read) add(textHeld(payload.id), score(textHeld(payload.terms)));
  return new Map([...best].map(([id, sum]) => [id, { score: sum, most }]));
}
