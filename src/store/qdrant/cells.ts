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

/** Among the keys of a document whose field holds a number that Qdrant does not read to the last bit. */
export const ROUGHLY = '~';

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
    const numbersIn = numbers === undefined ? [] : [...new Set(items.filter((item) => isOfType(item, type)).map(Number))];
    cells[keys] = [...known, ...(items.some(isCounted) ? [] : [UNCOUNTED]), ...(numbersIn.every(isReadExactly) ? [] : [ROUGHLY])];
    // -0 is 0 in JSON too.
    if (numbers !== undefined) cells[numbers] = numbersIn;
  }
  return cells;
}

/** Whether the field of a document holds a number that Qdrant does not read to the last bit. */
export function isRough(document: Document, { field, type, readAs }: CellField): boolean {
  const typed = typedValue(valueIn(document, field), readAs);
  return [typed].flat().some((item) => isOfType(item, type) && !isReadExactly(Number(item)));
}

/**
 * Whether Qdrant reads a number as it was written. It multiplies the digits by a power of ten in double precision (serde_json without
 * `float_roundtrip`): right where both are whole numbers that a double holds, and off by a bit or two elsewhere (seen: 145 of 300 drawn by chance).
 */
export function isReadExactly(value: number): boolean {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return true;
  const [, whole = '', rest = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const digits = `${whole}${rest}`.replace(/0+$/, '');
  const power = Number(exponent) + whole.length - digits.length;
  return Number(digits) <= 2 ** 53 && Math.abs(power) <= 22;
}

const isCounted = (value: FieldValue | undefined): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
