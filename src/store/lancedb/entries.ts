import type { MergeResult, Table } from '@lancedb/lancedb';
import type { Entry, EntryField, Passage } from '../store.ts';
import type { Opened } from './connection.ts';
import { columnsFor, entriesIn, firstRows, hasPassages, type RowField } from './rows.ts';
import { conditionsFor } from './search.ts';

/** The entries that fit an SQL condition, or all, with the fields that are named. */
export async function* readEntries<Field extends EntryField>(
  opened: Opened,
  where: string | undefined,
  fields: readonly Field[],
): AsyncGenerator<Pick<Entry, 'id' | Field>> {
  const { table, manifest } = opened;
  const own = fields.filter((name): name is Field & RowField => name !== 'further');
  const isFurther = hasPassages(manifest) && own.length < fields.length;
  const first = firstRows(manifest, where);
  const query = first === undefined ? table.query() : table.query().where(first);
  for await (const batch of query.select(['id', ...columnsFor(own, manifest)])) {
    const entries = [...entriesIn(batch, own)];
    const further = isFurther ? await furtherOf(opened, entries) : undefined;
    for (const entry of entries)
      yield (further?.has(entry.id) ? { ...entry, further: further.get(entry.id) } : entry) as Pick<Entry, 'id' | Field>;
  }
}

/**
 * Puts rows in the place of all that there is of some documents, in one commit: what a longer version had more of goes. Rows of which the columns of
 * `key` are the same stay in their places.
 */
export async function replaceAll(
  table: Table,
  ids: readonly string[],
  rows: Parameters<Table['add']>[0],
  key: readonly string[] = ['id', 'passage'],
): Promise<MergeResult> {
  const [where] = [...conditionsFor(ids, undefined, ids.length)];
  return table
    .mergeInsert([...key])
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .whenNotMatchedBySourceDelete({ where: where as string })
    .execute(rows);
}

async function furtherOf(
  { table, manifest }: Opened,
  entries: readonly { readonly id: string }[],
): Promise<ReadonlyMap<string, readonly Passage[]>> {
  const found = new Map<string, { readonly at: number; readonly passage: Passage }[]>();
  const fields = ['vector', 'tokens', 'terms', 'sparse', 'place'] as const;
  for (const condition of conditionsFor(entries.map(({ id }) => id)))
    for await (const batch of table
      .query()
      .where(`${condition} AND passage > 0`)
      .select(['id', ...columnsFor(fields, manifest)])) {
      const numbers = batch.getChild('passage' as never) as unknown as { get(row: number): number };
      for (const [row, { id, ...passage }] of [...entriesIn(batch, fields)].entries()) {
        const known = found.get(id);
        const one = { at: numbers.get(row), passage };
        if (known === undefined) found.set(id, [one]);
        else known.push(one);
      }
    }
  return new Map([...found].map(([id, passages]) => [id, passages.sort((a, b) => a.at - b.at).map(({ passage }) => passage)]));
}
