import type { FieldType, FieldTypes } from '../filter/filter.ts';
import { isOfType, spanOf, typedValue } from '../filter/typed-value.ts';
import { isTextName } from '../text/recipe.ts';
import type { FieldValue, ReadDocument } from '../types.ts';

/** Letters of the longest text that is a keyword, and fields that are inferred at most: each costs four columns. */
const LONGEST_KEYWORD = 128;
const MOST_FIELDS = 32;

/** What documents are read by. */
export interface Roles {
  /** Fields that make the text, in order. */
  readonly fields: readonly string[];
  readonly idField?: string;
}

/**
 * What the fields hold that some of these documents have; null, blank texts, and those that stand for nothing (`NA`, `null`, `-`) are no values. Of each all values, alone or in lists, are truth values,
 * numbers, or dates, written as such or in texts; otherwise they are keywords, if they are nothing but numbers, truth values and short texts. A
 * number in a text is one as JSON writes it without exponent: not 007, +49, 1.10.2, or 1.10 beside 1.9. A date has a day somewhere. Ids in texts are
 * keywords, and what makes the text has no type unless it is all numbers or dates. The 32 that most documents have, in whatever order they come.
 */
export function inferTypes(documents: readonly ReadDocument[], { fields, idField }: Roles): FieldTypes {
  const seen = new Map<string, Seen>();
  for (const { document } of documents)
    for (const [field, value] of Object.entries(document)) {
      if (value === undefined || value === null || (fields.includes(field) && isTextName(field))) continue;
      const before = seen.get(field) ?? nothing();
      before.documents++;
      for (const item of Array.isArray(value) ? (value as readonly FieldValue[]) : [value]) see(before, item);
      seen.set(field, before);
    }
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
  const typed = [...seen].flatMap(([field, values]) => {
    const type = field === idField && values.texts > 0 ? 'keyword' : typeFor(values);
    const isKept = type !== undefined && (type !== 'keyword' || !fields.includes(field));
    return isKept && values.isShort ? [[field, { type, documents: values.documents }] as const] : [];
  });
  return Object.fromEntries(
    typed
      .sort((a, b) => b[1].documents - a[1].documents || byName(a, b))
      .slice(0, MOST_FIELDS)
      .sort(byName)
      .map(([field, { type }]) => [field, type]),
  );
}

/** What is known of the values of one field, blank ones apart: how many there are, and how many are what. */
interface Seen {
  documents: number;
  values: number;
  texts: number;
  numbers: number;
  truths: number;
  dates: number;
  /** Dates that name a day. */
  days: number;
  /** Places after the point that its texts have, 0 for numbers without a point; whether one of them ends with a 0 that says nothing, but for ".0". */
  readonly places: Set<number>;
  isPadded: boolean;
  /** Nothing but numbers, truth values and short texts. */
  isShort: boolean;
}

const nothing = (): Seen => ({
  documents: 0,
  values: 0,
  texts: 0,
  numbers: 0,
  truths: 0,
  dates: 0,
  days: 0,
  places: new Set(),
  isPadded: false,
  isShort: true,
});

function see(seen: Seen, item: FieldValue): void {
  if (item === null || (typeof item === 'string' && (item.trim() === '' || noValue.test(item.trim())))) return;
  seen.values++;
  if (typeof item === 'object' || (typeof item === 'string' && item.length > LONGEST_KEYWORD)) seen.isShort = false;
  if (typeof item === 'string') seen.texts++;
  if (typeof item === 'boolean' || isOfType(typedValue(item, 'boolean'), 'boolean')) seen.truths++;
  if (typeof item === 'number' || (typeof item === 'string' && isPlainNumber(item.trim()))) {
    seen.numbers++;
    const text = String(item).trim();
    seen.places.add(/\.(\d+)$/.exec(text)?.[1]?.length ?? 0);
    seen.isPadded ||= /\.\d+0$/.test(text);
  }
  if ((typeof item === 'number' && item >= 1000 && item <= 9999) || typeof item === 'string') {
    const { start, end } = spanOf(item) ?? {};
    if (start === undefined) return;
    seen.dates++;
    if (end === undefined || end - start === DAY) seen.days++;
  }
}

/** What programs write into a table for a value that is not there: R, pandas, spreadsheets, dumps of databases. */
const noValue = /^(?:#?n\/?a|nan|null|none|\\n|-+)$/i;

const DAY = 86_400_000;

/** Digits that name a thing are none: those that begin with 0, and those of which a number would not keep all. */
const isPlainNumber = (text: string): boolean =>
  /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) && isOfType(typedValue(text, 'number'), 'number');

function typeFor({ values, truths, numbers, dates, days, places, isPadded }: Seen): FieldType {
  if (values > 0 && truths === values) return 'boolean';
  // 1.9 and 1.10 are versions; 1.90 and 1.10 are prices.
  if (values > 0 && numbers === values && !(isPadded && places.size > 1)) return 'number';
  return days > 0 && dates === values ? 'date' : 'keyword';
}
