import { throwIfStopped } from '../../errors.ts';
import type { Exported } from '../../read/exported.ts';
import type { CallOptions, Document, FieldValue, Origin } from '../../types.ts';
import { keepsTitles, type Store } from '../store.ts';

/** What a column of a field holds: one type, or JSON where documents differ. */
export type ColumnKind = 'text' | 'boolean' | 'integer' | 'number' | 'texts' | 'json';

/** The columns of an export. */
export interface ExportColumns {
  /** By name, in the order in which documents have them. */
  readonly fields: ReadonlyMap<string, ColumnKind>;
  readonly exported: Exported;
}

export interface ColumnsOptions extends CallOptions {
  readonly fits: (document: Document) => boolean;
}

interface Seen {
  kind: ColumnKind | undefined;
  count: number;
  nulls: number;
}

/** Looks through all documents for the type of each field, so that the rows can be written as they are read. */
export async function exportColumns(store: Store, origin: Origin, { fits, signal }: ColumnsOptions): Promise<ExportColumns> {
  const seen = new Map<string, Seen>();
  let documents = 0;
  let isIdField = origin.idField !== undefined;
  for await (const { id, document } of store.get('all', ['document'])) {
    throwIfStopped(signal);
    if (!fits(document)) continue;
    documents++;
    if (isIdField && String(document[origin.idField as string]) !== id) isIdField = false;
    for (const [name, value] of Object.entries(document)) {
      if (value === undefined) continue;
      const known = seen.get(name) ?? { kind: undefined, count: 0, nulls: 0 };
      seen.set(name, known);
      known.count++;
      if (value === null) known.nulls++;
      else known.kind = widened(known.kind, kindOf(value));
    }
  }
  // A cell without a value is either null or no field; where it could be both, the cells say which.
  const isTorn = ({ nulls, count }: Seen): boolean => nulls > 0 && count < documents;
  const fields = new Map([...seen].map(([name, one]) => [name, isTorn(one) ? 'json' : (one.kind ?? 'text')] as const));
  const own = (name: string): string => (fields.has(name) ? own(`_${name}`) : name);
  const parts =
    origin.splitter === undefined ? {} : { passage: own('passage'), begins: own('begins'), ends: own('ends'), line: own('line') };
  return {
    fields,
    exported: {
      version: 1,
      origin,
      columns: {
        id: isIdField ? (origin.idField as string) : own('id'),
        text_hash: own('text_hash'),
        vector: own('vector'),
        ...(origin.tokens === undefined ? {} : { tokens: own('tokens') }),
        ...(keepsTitles(origin) ? { title: own('title_vectors') } : {}),
        ...parts,
      },
      idIsField: isIdField,
      json: [...fields].filter(([, kind]) => kind === 'json').map(([name]) => name),
      nulls: [...seen].filter(([, one]) => one.nulls > 0 && !isTorn(one)).map(([name]) => name),
    },
  };
}

/** The type of a value by itself. */
export function kindOf(value: FieldValue): ColumnKind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isTexts ? 'texts' : 'json';
}

function widened(before: ColumnKind | undefined, kind: ColumnKind): ColumnKind {
  if (before === undefined || before === kind) return kind;
  const both = [before, kind];
  return both.every((one) => one === 'integer' || one === 'number') ? 'number' : 'json';
}
