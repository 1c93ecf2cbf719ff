import { FinetoothError } from '../../errors.ts';
import { importFirst } from '../../fetch/import-first.ts';
import type { Batch, Data, Field, MakeData, Type } from './arrow.ts';
import { TypeId } from './arrow.ts';
import { type Pick, takeRows } from './take-rows.ts';

/** The column by which LanceDB knows a row, and the one in which it wants the new score. */
const ROW = '_rowid';
export const SCORE = '_relevance_score';

/** A row that one search found, or both: by search where it is there. */
export type FoundRow = readonly (number | undefined)[];

/** The rows of several searches, each once; the first ones are those of the first list. */
export function distinctRows(batches: readonly Batch[]): readonly { readonly id: string; readonly row: FoundRow }[] {
  const found = new Map<string, (number | undefined)[]>();
  for (const [which, batch] of batches.entries()) {
    if (batch.numRows === 0) continue;
    const ids = columnOf(batch, ROW);
    if (ids === undefined)
      throw new FinetoothError('E_INPUT_FORMAT', `the rows that LanceDB gave have no column "${ROW}"; they have ${namesIn([batch])}.`);
    for (let row = 0; row < batch.numRows; row++) {
      const id = String(ids.get(row));
      const known = found.get(id) ?? batches.map(() => undefined);
      known[which] ??= row;
      found.set(id, known);
    }
  }
  return [...found].map(([id, row]) => ({ id, row }));
}

/**
 * One batch of these rows in this order: all columns that either search has, and their scores. What one search alone has (`_distance`, `_score`) is null in rows that it did
 * not find.
 */
export async function mergeBatches(batches: readonly [Batch, ...Batch[]], rows: readonly FoundRow[], scores: Float32Array): Promise<Batch> {
  const fields = new Map<string, { readonly field: Field; readonly columns: (Data | undefined)[] }>();
  for (const [which, batch] of batches.entries())
    for (const [at, field] of batch.schema.fields.entries()) {
      if (field.name === SCORE) continue;
      const known = fields.get(field.name) ?? { field, columns: batches.map(() => undefined) };
      known.columns[which] = batch.data.children[at] as Data;
      fields.set(field.name, known);
    }
  const columns = [...fields.values()].map((one) => columnFrom(one, rows));
  const [batch] = batches;
  const makeField = (batch.schema.fields[0] as Field & { constructor: unknown }).constructor as new (...words: unknown[]) => Field;
  const makeData = batch.data.constructor as MakeData;
  const type = await floatFrom(batches);
  columns.push({
    field: new makeField(SCORE, type, false, new Map()),
    data: new makeData(type, 0, rows.length, 0, [undefined, scores, undefined]),
  });
  const made = columns.map(({ field, nullable }) =>
    nullable === true ? new makeField(field.name, field.type, true, field.metadata) : field,
  );
  const makeSchema = (batch.schema as { constructor: unknown }).constructor as new (fields: readonly Field[], metadata: unknown) => unknown;
  const makeStruct = (batch.data.type as { constructor: unknown }).constructor as new (fields: readonly Field[]) => Type;
  const makeBatch = (batch as { constructor: unknown }).constructor as new (schema: unknown, data: Data) => Batch;
  const children = columns.map(({ data }) => data);
  const struct = new makeData(new makeStruct(made), 0, rows.length, 0, [undefined, undefined, undefined], children);
  return new makeBatch(new makeSchema(made, (batch.schema as { metadata?: unknown }).metadata), struct);
}

/** A column of a batch by its name. */
export function columnOf(batch: Batch, name: string) {
  const at = batch.schema.fields.findIndex((field) => field.name === name);
  return at < 0 ? undefined : (batch.getChildAt(at) ?? undefined);
}

/** Names of the columns that a user knows. */
export function namesIn(batches: readonly Batch[]): string {
  const names = batches.flatMap(({ schema }) => schema.fields.map(({ name }) => name)).filter((name) => !name.startsWith('_'));
  return [...new Set(names)].join(', ') || 'none';
}

function columnFrom(
  { field, columns }: { readonly field: Field; readonly columns: readonly (Data | undefined)[] },
  rows: readonly FoundRow[],
): { readonly field: Field; readonly data: Data; readonly nullable?: boolean } {
  const sources = columns.filter((one) => one !== undefined);
  const places = columns.map((one) => (one === undefined ? -1 : sources.indexOf(one)));
  const picks = rows.map((row): Pick => {
    const which = row.findIndex((at, list) => at !== undefined && (places[list] as number) >= 0);
    return which < 0 ? undefined : { from: places[which] as number, row: row[which] as number };
  });
  return { field, data: takeRows(sources, picks, field.name), nullable: field.nullable || picks.includes(undefined) };
}

/** Single precision, as LanceDB's own scores are: that of a batch, so that it is of the same copy of apache-arrow wherever that can be. */
async function floatFrom(batches: readonly Batch[]): Promise<Type> {
  const types = batches.flatMap(({ schema }) => schema.fields.map(({ type }) => type));
  const found = types.find(({ typeId, precision }) => typeId === TypeId.Float && precision === 1);
  if (found !== undefined) return found;
  const { Float32 } = (await importFirst('@finetooth/lancedb/apache-arrow', 'apache-arrow')) as typeof import('apache-arrow');
  return new Float32() as Type;
}
