import { cellsOf, type FilterCells, type FilterField, filterFields } from '../filter-columns.ts';
import type { Entry, Passage } from '../store.ts';
import { countOf } from '../terms.ts';
import { bigintArray, binaryArray, binaryVector, doubleArray, integerArray, textArray, truthArray } from './binary-array.ts';
import type { Ask } from './database.ts';
import { insertPostings, type Posting } from './postings.ts';
import { columnsOf } from './schema.ts';
import type { State } from './session.ts';
import { documentKey, kept, plainText, tokenKey, unkept, wordKey } from './text.ts';
import { weightPostings } from './weights.ts';

/** Rows, and about how many bytes, of one statement. */
const MOST_ROWS = 2000;
const MOST_BYTES = 16 * 2 ** 20;

/** What a write changes in the counts of an index. */
interface Changes {
  documents: number;
  passages: number;
  words: number;
  odd: number;
  /** Passages that are no more. */
  removed: number;
  /** By word how many passages have it more, and which are new. */
  readonly postings: Map<string, { passages: number; readonly rows: Posting[] }>;
  /** The same by token of a sparse model. */
  readonly weights: Map<number, { passages: number; readonly rows: Posting[] }>;
}

interface PassageRow {
  readonly entry: Entry;
  readonly passage: Passage;
  readonly at: number;
  readonly row: number;
  readonly key: Buffer;
  readonly length: number;
}

/** Writes entries of different ids in the place of what there is of them. For who holds the lock of the index. */
export async function replaceEntries(ask: Ask, state: State, entries: readonly Entry[], vectorType: number): Promise<void> {
  const changes = noChanges();
  let nextRow = state.nextRow;
  await removeDocuments(
    ask,
    state,
    entries.map(({ id }) => documentKey(id)),
    changes,
  );
  for (const some of chunksOf(entries)) {
    const rows = some.flatMap((entry): PassageRow[] => {
      const key = documentKey(entry.id);
      return [entry, ...(entry.further ?? [])].map((passage, at) => ({
        entry,
        passage,
        at,
        row: nextRow++,
        key,
        length: countOf(passage.terms),
      }));
    });
    await insertRows(ask, state, some, rows, { changes, vectorType });
  }
  await finish(ask, state, changes, nextRow);
}

/** Removes documents by their keys and returns how many there were. For who holds the lock of the index. */
export async function deleteDocuments(ask: Ask, state: State, keys: readonly Buffer[]): Promise<number> {
  const changes = noChanges();
  await removeDocuments(ask, state, keys, changes);
  if (changes.documents !== 0) await finish(ask, state, changes, state.nextRow);
  return -changes.documents;
}

const noChanges = (): Changes => ({ documents: 0, passages: 0, words: 0, odd: 0, removed: 0, postings: new Map(), weights: new Map() });

async function removeDocuments(ask: Ask, { tables, manifest }: State, keys: readonly Buffer[], changes: Changes): Promise<void> {
  const removed = await ask(`DELETE FROM ${tables.documents} WHERE key = ANY($1::uuid[]) RETURNING odd`, [binaryArray('uuid', keys)]);
  if (removed.length === 0) return;
  changes.documents -= removed.length;
  changes.odd -= removed.filter(({ odd }) => odd === true).length;
  const sparse = manifest.sparse === undefined ? '' : ', sparse';
  const passages = await ask(`DELETE FROM ${tables.passages} WHERE key = ANY($1::uuid[]) RETURNING "row"::float8, terms, length${sparse}`, [
    binaryArray('uuid', keys),
  ]);
  for (const { terms, length, sparse: bytes } of passages) {
    changes.passages--;
    changes.removed++;
    changes.words -= Number(length);
    for (const word of new Set(wordsIn(unkept(String(terms))))) postingsOf(changes.postings, word).passages--;
    if (bytes) for (const { id } of weightPostings(bytes as Buffer)) postingsOf(changes.weights, id).passages--;
  }
  await ask(`INSERT INTO ${tables.gone} SELECT unnest($1::bigint[])`, [bigintArray(passages.map(({ row }) => Number(row)))]);
}

async function insertRows(
  ask: Ask,
  { tables, manifest }: State,
  entries: readonly Entry[],
  rows: readonly PassageRow[],
  { changes, vectorType }: { readonly changes: Changes; readonly vectorType: number },
): Promise<void> {
  const fields = filterFields(manifest);
  const cells = new Map(entries.map((entry) => [entry, fields.map((of) => cellsOf(entry.document, of))]));
  const isOdd = (entry: Entry): boolean => (cells.get(entry) as readonly FilterCells[]).some(isOddCell);
  changes.documents += entries.length;
  changes.odd += entries.filter(isOdd).length;
  await ask(
    `INSERT INTO ${tables.documents} (key, id, hash, text_hash, document, title, odd)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::boolean[])`,
    [
      binaryArray(
        'uuid',
        entries.map(({ id }) => documentKey(id)),
      ),
      ...(['id', 'hash', 'textHash'] as const).map((name) => textArray(entries.map((entry) => kept(entry[name])))),
      textArray(entries.map(({ document }) => JSON.stringify(document))),
      binaryArray(
        'bytea',
        entries.map(({ title }) => title ?? null),
      ),
      truthArray(entries.map(isOdd)),
    ],
  );
  const columns = fields.flatMap((of, field) => columnsOf(of).map((column) => ({ ...column, of, field })));
  const weighs = manifest.sparse !== undefined;
  const own = [
    'row',
    'key',
    'passage',
    'vector',
    'tokens',
    'terms',
    'length',
    'begins',
    'ends',
    'line',
    'odd',
    ...(weighs ? ['sparse'] : []),
  ];
  const plain = ['bigint', 'uuid', 'integer', 'vector', 'bytea', 'text', 'integer', 'integer', 'integer', 'integer', 'boolean'];
  const types = [...plain, ...(weighs ? ['bytea'] : [])];
  const sent = [...types, ...columns.map(({ type }) => (type === 'double precision' ? type : 'text'))];
  const names = [...own, ...columns.map(({ name }) => name)];
  const taken = names.map((_, at) => (columns[at - own.length]?.cell === 'other' ? `v${at}::text[]` : `v${at}`));
  await ask(
    `INSERT INTO ${tables.passages} (${names.map((name) => `"${name}"`).join(', ')}) SELECT ${taken.join(', ')}
      FROM unnest(${sent.map((type, at) => `$${at + 1}::${type}[]`).join(', ')}) AS new (${names.map((_, at) => `v${at}`).join(', ')})`,
    [
      bigintArray(rows.map(({ row }) => row)),
      binaryArray(
        'uuid',
        rows.map(({ key }) => key),
      ),
      integerArray(rows.map(({ at }) => at)),
      binaryArray(
        vectorType,
        rows.map(({ passage }) => binaryVector(passage.vector)),
      ),
      binaryArray(
        'bytea',
        rows.map(({ passage }) => passage.tokens ?? null),
      ),
      textArray(rows.map(({ passage }) => kept(passage.terms))),
      integerArray(rows.map(({ length }) => length)),
      ...[0, 1].map((side) => optionalIntegers(rows.map(({ passage }) => passage.place?.span[side]))),
      optionalIntegers(rows.map(({ passage }) => passage.place?.line)),
      truthArray(rows.map(({ entry }) => isOdd(entry))),
      ...(weighs
        ? [
            binaryArray(
              'bytea',
              rows.map(({ passage }) => passage.sparse ?? new Uint8Array()),
            ),
          ]
        : []),
      ...columns.map(({ cell, field, of }) =>
        cellArray(
          rows.map(({ entry }) => (cells.get(entry) as FilterCells[])[field]?.[cell] ?? null),
          of,
          cell,
        ),
      ),
    ],
  );
  for (const { passage, row, length } of rows) {
    changes.passages++;
    changes.words += length;
    const counts = new Map<string, number>();
    for (const word of wordsIn(passage.terms)) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const posting = postingsOf(changes.postings, word);
      posting.passages++;
      posting.rows.push({ row, count, length });
    }
    for (const { id, count } of weighs && passage.sparse ? weightPostings(passage.sparse) : []) {
      const posting = postingsOf(changes.weights, id);
      posting.passages++;
      posting.rows.push({ row, count, length: 0 });
    }
  }
}

/** The counts last: who reads takes them as they are, and who writes waits for the lock anyhow. */
async function finish(ask: Ask, { tables, generation, nextWrite }: State, changes: Changes, nextRow: number): Promise<void> {
  const words = [
    ...[...changes.postings].map(([word, one]) => [wordKey(word), one] as const),
    ...[...changes.weights].map(([id, one]) => [tokenKey(id), one] as const),
  ].map(([word, { passages, rows }]) => ({ word, passages, postings: rows }));
  await insertPostings(
    ask,
    tables,
    nextWrite,
    words.filter(({ passages, postings }) => passages !== 0 || postings.length > 0),
  );
  await ask(
    `UPDATE ${tables.generations} SET documents = documents + $2, passages = passages + $3, words = words + $4, odd = odd + $5, next_row = $6, next_write = $7,
      removed = removed + $8, changed_at = clock_timestamp() WHERE generation = $1`,
    [generation, changes.documents, changes.passages, changes.words, changes.odd, nextRow, nextWrite + 1, changes.removed],
  );
}

function postingsOf<Key>(postings: Map<Key, { passages: number; readonly rows: Posting[] }>, key: Key) {
  let known = postings.get(key);
  if (known === undefined) postings.set(key, (known = { passages: 0, rows: [] }));
  return known;
}

export const wordsIn = (terms: string): readonly string[] => (terms === '' ? [] : terms.split(' '));

function* chunksOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let [chunk, rows, bytes]: [Entry[], number, number] = [[], 0, 0];
  for (const entry of entries) {
    chunk.push(entry);
    for (const { vector, tokens, terms, sparse } of [entry, ...(entry.further ?? [])]) {
      rows++;
      bytes += vector.byteLength + (tokens?.byteLength ?? 0) + (sparse?.byteLength ?? 0) + 2 * terms.length;
    }
    if (rows < MOST_ROWS && bytes < MOST_BYTES) continue;
    yield chunk;
    [chunk, rows, bytes] = [[], 0, 0];
  }
  if (chunk.length > 0) yield chunk;
}

const optionalIntegers = (numbers: readonly (number | undefined)[]): Buffer =>
  binaryArray(
    'int4',
    numbers.map((value) => {
      if (value === undefined) return null;
      const item = Buffer.alloc(4);
      item.writeInt32BE(value);
      return item;
    }),
  );

function cellArray(values: readonly FilterCells[keyof FilterCells][], { type }: FilterField, cell: keyof FilterCells): Buffer {
  if (cell === 'other') return textArray((values as FilterCells['other'][]).map((list) => list && listOf(list)));
  if (cell !== 'text' && type !== 'keyword') return doubleArray(values as (number | null)[]);
  return textArray((values as (string | null)[]).map((text) => text && plainText(text)));
}

/** A list of texts as PostgreSQL writes it: a parameter has no lists of lists of different lengths. */
const listOf = (texts: readonly string[]): string => `{${texts.map((text) => `"${text.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;

const isOddCell = ({ value, high, text }: FilterCells): boolean =>
  [value, high, text].some((one) => typeof one === 'string' && plainText(one) !== one);
