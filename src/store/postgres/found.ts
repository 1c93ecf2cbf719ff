import { unpackTitle } from '../../math/packed-title.ts';
import type { Document, Hit, OtherScore, PassagePlace } from '../../types.ts';
import type { PassageRow } from '../best-passages.ts';
import type { HitField } from '../store.ts';
import { bigintArray, vectorIn } from './binary-array.ts';
import type { Ask, Row } from './database.ts';
import { bytesOf, placeIn } from './entries.ts';
import type { State } from './session.ts';
import { unkept } from './text.ts';

/** A passage that was found. */
export interface FoundRow extends PassageRow {
  readonly row: number;
  /** Of its document. */
  readonly key: string;
  readonly place: PassagePlace | undefined;
}

/** The columns of a passage `p` and its document `d` that make a found row. */
export const FOUND = 'p."row"::float8, p.key, d.id, p.passage, p.begins, p.ends, p.line';

export function foundIn(row: Row, score: number): FoundRow {
  return {
    id: unkept(String(row.id)),
    score,
    at: Number(row.passage),
    row: Number(row.row),
    key: String(row.key),
    place: placeIn(row),
  };
}

/** What was found as hits, with the fields that are asked for. */
export async function hitsOf(
  ask: Ask,
  { tables, manifest }: State,
  found: readonly FoundRow[],
  fields: readonly HitField[],
  others: ReadonlyMap<string, OtherScore> | undefined,
): Promise<Hit[]> {
  const form = fields.includes('tokens') ? manifest.tokens : undefined;
  const columns = [
    ...(fields.includes('document') ? ['d.document'] : []),
    ...(form === undefined ? [] : ['p.tokens', 'CASE WHEN length(p.tokens) > 0 THEN vector_send(p.vector) END AS vector', 'd.title']),
  ];
  const read = new Map<number, Row>();
  if (columns.length > 0 && found.length > 0)
    for (const row of await ask(
      `SELECT p."row"::float8, ${columns.join(', ')} FROM ${tables.passages} p JOIN ${tables.documents} d ON d.key = p.key WHERE p."row" = ANY($1::bigint[])`,
      [bigintArray(found.map(({ row }) => row))],
    ))
      read.set(Number(row.row), row);
  return found.map(({ id, score, place, row }) => {
    const { document, tokens, vector, title } = read.get(row) ?? {};
    return {
      id,
      score,
      passage: place,
      other: others?.get(id),
      document: document === undefined ? undefined : (JSON.parse(String(document)) as Document),
      // Those of a document whose vector was given are none.
      tokens: form && vector ? { form, data: bytesOf(tokens as Buffer), vector: vectorIn(vector as Buffer) } : undefined,
      titleTokens: form && title ? unpackTitle(bytesOf(title as Buffer), form) : undefined,
    } as Hit;
  });
}
