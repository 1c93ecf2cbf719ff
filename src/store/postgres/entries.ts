import type { Document } from '../../types.ts';
import type { Entry, EntryField, Manifest, Passage } from '../store.ts';
import { binaryArray, vectorIn } from './binary-array.ts';
import type { Ask, Row } from './database.ts';
import type { State } from './session.ts';
import { documentKey, unkept } from './text.ts';

/** Documents that are read at a time. */
const AT_ONCE = 500;

/** The entries of these ids, or of all, with the fields that are named, some at a time. */
export async function* readEntries<Field extends EntryField>(
  ask: Ask,
  state: State,
  ids: readonly string[] | 'all',
  fields: readonly Field[],
): AsyncGenerator<readonly Pick<Entry, 'id' | Field>[]> {
  const { tables, manifest } = state;
  const select = `SELECT ${['d.key', ...columnsFor(fields, manifest)].join(', ')} FROM ${tables.documents} d${
    fields.some((field) => passageColumns[field] !== undefined) ? ` JOIN ${tables.passages} p ON p.key = d.key AND p.passage = 0` : ''
  }`;
  if (ids === 'all') {
    await ask(`DECLARE entries NO SCROLL CURSOR FOR ${select}`);
    for (;;) {
      const rows = await ask(`FETCH ${AT_ONCE} FROM entries`);
      if (rows.length > 0) yield await entriesOf(ask, state, rows, fields);
      if (rows.length < AT_ONCE) return;
    }
  }
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const keys = ids.slice(at, at + AT_ONCE).map(documentKey);
    yield await entriesOf(ask, state, await ask(`${select} WHERE d.key = ANY($1::uuid[])`, [binaryArray('uuid', keys)]), fields);
  }
}

/** Of a passage, as it stands in its row. */
export function passageIn(row: Row, fields: readonly EntryField[] = ['vector', 'tokens', 'terms', 'sparse', 'place']): Partial<Passage> {
  return Object.fromEntries(fields.flatMap((field) => (passageColumns[field] === undefined ? [] : [[field, valueIn(row, field)]])));
}

export function placeIn({ begins, ends, line }: Row): Passage['place'] {
  if (ends === null || ends === undefined) return undefined;
  return { span: [Number(begins), Number(ends)], line: line === null ? undefined : Number(line) };
}

const documentColumns: { readonly [Field in EntryField]?: readonly string[] } = {
  document: ['d.document'],
  hash: ['d.hash'],
  textHash: ['d.text_hash'],
  title: ['d.title'],
};
const passageColumns: { readonly [Field in EntryField]?: readonly string[] } = {
  vector: ['vector_send(p.vector) AS vector'],
  tokens: ['p.tokens'],
  terms: ['p.terms'],
  sparse: ['p.sparse'],
  place: ['p.begins', 'p.ends', 'p.line'],
};

const columnsFor = (fields: readonly EntryField[], manifest: Manifest): readonly string[] => [
  'd.id',
  ...new Set(fields.filter((field) => isKept(field, manifest)).flatMap((field) => documentColumns[field] ?? passageColumns[field] ?? [])),
];

/** An index without a sparse model has no column for its weights. */
const isKept = (field: string, { sparse }: Manifest): boolean => field !== 'sparse' || sparse !== undefined;

async function entriesOf<Field extends EntryField>(
  ask: Ask,
  { tables, manifest }: State,
  rows: readonly Row[],
  fields: readonly Field[],
): Promise<readonly Pick<Entry, 'id' | Field>[]> {
  const further = new Map<string, Passage[]>();
  if (manifest.splitter !== undefined && fields.includes('further' as Field) && rows.length > 0) {
    const kept = Object.entries(passageColumns).flatMap(([field, columns]) => (isKept(field, manifest) ? columns : []));
    const columns = [...new Set(kept)].join(', ');
    const found = await ask(
      `SELECT p.key, ${columns} FROM ${tables.passages} p WHERE p.key = ANY($1::uuid[]) AND p.passage > 0 ORDER BY p.key, p.passage`,
      [rows.map(({ key }) => key)],
    );
    for (const row of found) {
      const passages = further.get(String(row.key));
      if (passages === undefined) further.set(String(row.key), [passageIn(row) as Passage]);
      else passages.push(passageIn(row) as Passage);
    }
  }
  return rows.map((row) => {
    const values = fields.map((field) => [field, field === 'further' ? further.get(String(row.key)) : valueIn(row, field)]);
    return { id: unkept(String(row.id)), ...Object.fromEntries(values.filter(([, value]) => value !== undefined)) } as Pick<
      Entry,
      'id' | Field
    >;
  });
}

function valueIn(row: Row, field: EntryField): unknown {
  switch (field) {
    case 'document':
      return JSON.parse(String(row.document)) as Document;
    case 'vector':
      return vectorIn(row.vector as Buffer);
    case 'hash':
      return unkept(String(row.hash));
    case 'textHash':
      return unkept(String(row.text_hash));
    case 'terms':
      return unkept(String(row.terms));
    case 'place':
      return placeIn(row);
    default:
      return row[field] === null || row[field] === undefined ? undefined : bytesOf(row[field] as Buffer);
  }
}

/** Of its own memory: a Buffer may be a part of another's. */
export const bytesOf = (buffer: Buffer): Uint8Array => Uint8Array.from(buffer);
