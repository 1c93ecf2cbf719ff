import { createHash } from 'node:crypto';
import { keyOf } from '../filter/comparison.ts';
import { valueIn } from '../filter/document-test.ts';
import type { FieldType } from '../filter/filter.ts';
import { isOfType, spanOf, textIn, typedValue } from '../filter/typed-value.ts';
import type { Document, FieldValue } from '../types.ts';
import { type Manifest, typesIn } from './store.ts';

/** A field that filters are fast on, and its columns, by its place in the manifest: its name may be any text. */
export interface FilterField {
  readonly field: string;
  readonly type: FieldType;
  /** The type by which values are read; none before format 6, where they stand as they are. */
  readonly readAs: FieldType | undefined;
  /** The value where it is of the field's type, of a list the least such item; true is 1 and false 0. */
  readonly value: string;
  /** The greatest item of the field's type; only of lists. */
  readonly high: string;
  /** What is not of the field's type, and of a list itself and each item, as JSON; of the dates of a list also their day, month and year. */
  readonly other: string;
  /** `s` and the text of a value that is not kept as a keyword; of every list `l` and each text in it as JSON, after U+0001. From format 6 on. */
  readonly text: string | undefined;
}

/** What the columns hold for a document; null in all of them: the field is missing or null. */
export interface FilterCells {
  readonly value: number | string | null;
  readonly high: number | string | null;
  readonly other: readonly string[] | null;
  readonly text: string | null;
}

/** Characters of a JSON value that is kept as it is; longer ones are kept as a hash. */
const LONGEST_KEY = 256;

/** What stands before each text of a list: JSON has no such character. */
export const MARK = '\u0001';

export function filterFields(manifest: Pick<Manifest, 'format' | 'filterable'>): readonly FilterField[] {
  const isTyped = typesIn(manifest) === manifest.filterable;
  return Object.entries(manifest.filterable ?? {}).map(([field, type], at) => ({
    field,
    type,
    readAs: isTyped ? type : undefined,
    value: `filter${at}_value`,
    high: `filter${at}_high`,
    other: `filter${at}_other`,
    text: isTyped ? `filter${at}_text` : undefined,
  }));
}

export function cellsOf(document: Document, { field, type, readAs }: FilterField): FilterCells {
  const written = valueIn(document, field);
  const typed = typedValue(written, readAs);
  const none = { value: null, high: null, other: null, text: null };
  // What is no number in JSON is null there.
  if (keyOf(typed) === 'null') return none;
  if (!Array.isArray(typed)) {
    const text = type === 'keyword' ? undefined : textIn(written, type);
    const cells = { ...none, text: text === undefined ? null : `s${text}` };
    return isOfType(typed, type) ? { ...cells, value: plain(typed) } : { ...cells, other: [shortKey(typed)] };
  }
  const items = (typed as readonly FieldValue[]).filter((item): item is number | string | boolean => isOfType(item, type)).map(plain);
  const pick = (isBetter: (a: number | string, b: number | string) => boolean) =>
    items.length === 0 ? null : items.reduce((best, item) => (isBetter(item, best) ? item : best));
  const periods = readAs === 'date' ? items.flatMap((item) => periodsOf(Number(item))) : [];
  const texts = (written as readonly FieldValue[]).map((item) => textIn(item, type)).filter((text) => text !== undefined);
  return {
    value: pick((a, b) => a < b),
    high: pick((a, b) => a > b),
    other: [...new Set([...[typed, ...(typed as readonly FieldValue[])].map(shortKey), ...periods])],
    text: `l${texts.map((text) => `${MARK}${keyOf(text)}`).join('')}`,
  };
}

/**
 * What `cellsOf` read, from the columns `value` and `other` as Arrow has them: of a list all items, in any order. `hashed`: they do not tell.
 */
export function valueOfCells(
  value: unknown,
  other: { readonly length: number; get(at: number): string } | null,
  { type }: FilterField,
): { readonly value: FieldValue | undefined } | 'hashed' {
  if (other === null) return { value: value === null ? undefined : type === 'boolean' ? value === 1 : (value as FieldValue) };
  // Of a list the whole stands first, before its items.
  const isList = other.length > 1;
  const values: FieldValue[] = [];
  for (let at = isList ? 1 : 0; at < other.length; at++) {
    const key = other.get(at);
    if (key.startsWith('#')) return 'hashed';
    if (!key.startsWith('@')) values.push(JSON.parse(key) as FieldValue);
  }
  return { value: isList ? values : values[0] };
}

/** The key of a value, never long. */
export function shortKey(typed: FieldValue | undefined): string {
  return shortened(keyOf(typed));
}

export function shortened(key: string): string {
  return key.length <= LONGEST_KEY ? key : `#${createHash('sha256').update(key).digest('hex')}`;
}

/** Under which key a list has the days, months and years of its dates: that of the span's first moment, and how long it is. */
export const periodKey = (start: number, end: number): string => `@${start}+${end - start}`;

/** -0 is equal to 0 here, and smaller to Arrow, which cannot hold a column of truth values that are all missing. */
const plain = (value: number | string | boolean): number | string => (typeof value === 'string' ? value : Number(value) + 0);

function periodsOf(moment: number): readonly string[] {
  const date = new Date(Math.floor(moment));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) return [];
  const day = date.toISOString().slice(0, 10);
  return [day, day.slice(0, 7), day.slice(0, 4)].map((period) => {
    const { start, end = start } = spanOf(period) ?? { start: moment };
    return periodKey(start, end);
  });
}
