import { FinetoothError, messageOf } from '../errors.ts';
import { excessOf, MOST_NAMES } from '../text/json-shape.ts';
import { parseWithLongIntegers } from '../text/long-integers.ts';
import type { Document, FieldValue, ReadDocument } from '../types.ts';
import { checkArguments, type OptionChecks, positive } from '../wording/check-options.ts';
import { anyText } from '../wording/check-shapes.ts';
import { quoteStart } from './text.ts';

/** Levels of arrays and objects in one record; far above real data, far below where JSON.stringify runs out of stack. */
export const deepest = 512;

export interface ParseOptions {
  /** Values of all kinds together. @default 1,000,000 */
  readonly mostValues?: number;
}

/** What Python's json writes for numbers that JSON does not have, where a value may stand. */
const pythonNumber = /[:,[]\s*(?:NaN|-?Infinity)\s*[,\]}]/;

/** Values of all kinds in one record: more than a book has, and fewer than fill the memory. */
const MOST_VALUES = 1_000_000;
/** A shorter text cannot hold more names or values than a record may. */
const SHORT = 20_000;

/**
 * The document of one line of JSON, as `readDocuments` reads it. Throws E_INPUT_FORMAT with the place.
 *
 * @example
 * import { parseDocument } from 'finetooth/stores';
 *
 * console.log(parseDocument('{"title":"Jaws"}', 'movies.jsonl line 3').document.title); // Jaws
 */
export function parseDocument(text: string, where: string, options: ParseOptions = {}): ReadDocument {
  checkArguments("parseDocument(line, 'movies.jsonl line 3')", {
    text: [text, anyText],
    where: [where, anyText],
    options: [options, parseChecks],
  });
  return readRecord(parseJson(text, where, options), where);
}

const parseChecks: OptionChecks<ParseOptions> = { mostValues: positive };

/** The same of a parsed value, and which of its texts are no longer what they were: those cannot be ids. */
export function readRecord(value: unknown, where: string): ReadDocument {
  const document = documentOfRecord(value, where);
  if (document === value || typeof value === 'string') return { document, where };
  const mended = Object.entries(value as Document).flatMap(([name, one]) =>
    typeof one === 'string' && !one.isWellFormed() ? [name.toWellFormed()] : [],
  );
  return { document, where, mended: mended.length === 0 ? undefined : mended };
}

/** A document of a parsed record: an object as it is, a string as `{ text }`. Anything else is E_INPUT_FORMAT. */
export function documentOfRecord(value: unknown, where: string): Document {
  if (typeof value === 'string') return { text: value.toWellFormed() };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const document = wellFormed(value as FieldValue, where);
    // A date is an object until it is written.
    if (typeof document === 'object') return document as Document;
  }
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    `${where} is ${described(value)}; a document is an object or a string. Correct it or take it out.`,
  );
}

/**
 * `parseWithLongIntegers`; throws E_INPUT_FORMAT with the place, the reason and the beginning of the text, and before it is parsed for one of more
 * than 512 levels, 10,000 names in one object, or `mostValues` values.
 */
export function parseJson(text: string, where: string, { mostValues = MOST_VALUES }: ParseOptions = {}): unknown {
  const excess = text.length > SHORT ? excessOf(text, { deepest, mostValues }) : undefined;
  // Which line an element begins in says nothing of one that is too large.
  if (excess !== undefined)
    throw new FinetoothError('E_INPUT_FORMAT', `${where.replace(/ \(line \d+\)$/, '')} ${excess}. Flatten it or take it out.`);
  try {
    return parseWithLongIntegers(text);
  } catch (error) {
    const reason = messageOf(error).replace(/[\u0000-\u001f]/g, ' ');
    const advice = pythonNumber.test(text.slice(0, 1_000_000).replace(/"(?:[^"\\]|\\.)*"/g, '""'))
      ? "NaN and Infinity are no JSON, although Python writes them: write null instead (json.dumps(…, allow_nan=False) refuses them; pandas' to_json writes null)."
      : 'Correct it or take it out.';
    throw new FinetoothError('E_INPUT_FORMAT', `${where} is not JSON: ${reason}. It begins with ${quoteStart(text)}. ${advice}`, {
      cause: error,
    });
  }
}

/** E_INPUT_FORMAT for a column that has no name; columns are counted from 0 here and from 1 in the sentence. */
export const namelessColumn = (at: number, columns: number, where: string): FinetoothError =>
  new FinetoothError(
    'E_INPUT_FORMAT',
    `${where}: column ${at + 1} of ${columns} has no name. Name it; with pandas, to_csv(index=False) leaves such a column out.`,
  );

/** E_INPUT_FORMAT when a column has the name of another, or none, unless `allowNameless`; the columns are counted from 1. */
export function checkColumnNames(names: readonly string[], where: string, { allowNameless = false } = {}): void {
  if (names.length > MOST_NAMES)
    throw new FinetoothError('E_INPUT_FORMAT', `${where} has ${names.length} columns; a document may have ${MOST_NAMES} fields.`);
  const seen = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    if (name === '') {
      if (allowNameless) continue;
      throw namelessColumn(at, names.length, where);
    }
    const first = seen.get(name);
    if (first !== undefined)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${where}: columns ${first} and ${at + 1} have the same name ${quoteStart(name)}. Rename one of them.`,
      );
    seen.set(name, at + 1);
  }
}

/**
 * A copy with every lone surrogate (`"\ud800"` in JSON) replaced by U+FFFD, in names too, as any UTF-8 writer would replace it:
 * so what is embedded, hashed and stored is one text. What needs no change is returned as it is.
 */
function wellFormed(value: FieldValue, where: string, depth = 0): FieldValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    throw new FinetoothError('E_INPUT_FORMAT', `${where} holds a number beyond ±1.8e308. Write it as a string or take it out.`);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) throw tooDeep(where);
  // A date, as JSON has it.
  if ('toJSON' in value && typeof value.toJSON === 'function') return wellFormed(JSON.parse(JSON.stringify(value)), where, depth + 1);
  if (Array.isArray(value)) {
    const items: readonly FieldValue[] = value;
    const copy = items.map((item) => wellFormed(item, where, depth + 1));
    return copy.every((item, at) => item === items[at]) ? items : copy;
  }
  let changed = false;
  const entries: [string, FieldValue][] = [];
  for (const [name, inner] of Object.entries(value as { readonly [key: string]: FieldValue })) {
    const entry: [string, FieldValue] = [name.toWellFormed(), wellFormed(inner, where, depth + 1)];
    changed ||= entry[0] !== name || entry[1] !== inner;
    entries.push(entry);
  }
  if (!changed) return value;
  const copy = Object.fromEntries(entries);
  if (Object.keys(copy).length < entries.length)
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where} has two field names that differ in nothing but half a character (a lone surrogate). Correct one of them.`,
    );
  return copy;
}

function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return `the ${typeof value} ${String(value)}`;
}

export const tooDeep = (where: string): FinetoothError =>
  new FinetoothError('E_INPUT_FORMAT', `${where} is nested more than ${deepest} levels deep. Flatten it or take it out.`);
