import { keyOf } from '../../filter/comparison.ts';
import { valueIn } from '../../filter/document-test.ts';
import { isOfType, typedValue } from '../../filter/typed-value.ts';
import type { Document, FieldValue } from '../../types.ts';
import { type FilterField, filterFields, shortKey } from '../filter-columns.ts';
import type { Manifest } from '../store.ts';

/** Among the keys of a document whose field is missing or null. */
export const MISSING = '-';
/** Among the keys of a document whose field holds no value that facets count. */
export const UNCOUNTED = '!';

/** A filterable field, and where its values are in the payload: lists of Qdrant, of which any item may fit. */
export interface CellField extends Pick<FilterField, 'field' | 'type' | 'readAs'> {
  /** The keys of the value, and of each item of a list: equality, existence and facets. */
  readonly keys: string;
  /** The numbers among them, and the moments: ranges. Absent for types that have none. */
  readonly numbers: string | undefined;
}

export function cellFields(manifest: Pick<Manifest, 'format' | 'filterable'>): readonly CellField[] {
  return filterFields(manifest).map(({ field, type, readAs }, at) => ({
    field,
    type,
    readAs,
    keys: `keys${at}`,
    numbers: type === 'number' || type === 'date' ? `numbers${at}` : undefined,
  }));
}

/** What all passages of a document have in their payload to be filtered by. */
export function cellsIn(document: Document, fields: readonly CellField[]): Readonly<Record<string, readonly (string | number)[]>> {
  const cells: Record<string, readonly (string | number)[]> = {};
  for (const { field, type, readAs, keys, numbers } of fields) {
    const typed = typedValue(valueIn(document, field), readAs);
    const items: readonly (FieldValue | undefined)[] = Array.isArray(typed) ? typed : [typed];
    const isMissing = keyOf(typed) === 'null';
    const known = isMissing ? [MISSING] : [...new Set([typed, ...items].map(shortKey))];
    cells[keys] = items.some(isCounted) ? known : [...known, UNCOUNTED];
    // -0 is 0 in JSON too.
    if (numbers !== undefined) cells[numbers] = [...new Set(items.filter((item) => isOfType(item, type)).map(Number))];
  }
  return cells;
}

const isCounted = (value: FieldValue | undefined): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
