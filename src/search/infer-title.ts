import { textOf } from '../text/recipe.ts';
import { spacedWords } from '../text/spaced-words.ts';
import type { ReadDocument } from '../types.ts';

/** Documents from which on their first fields tell whether they are records with names. */
const LEAST_DOCUMENTS = 16;
/** Share of the documents that have a title, and of the titles that no other has. */
const NEARLY_ALL = 0.95;
/**
 * Words of a title in the middle and at nine tenths: names have 2 and 4 to 6 (films), titles of papers and questions, which are sentences of their
 * own, 7 to 12 and 13 to 20 (CISI, Cranfield, SciFact).
 */
const MIDDLE_WORDS = 5;
const LONG_WORDS = 10;
/** Times as many words as the title that the rest of a text has, in the middle. */
const LONGER = 4;

/** A field of these names goes before the first one. */
const titleNames = ['title', 'name'];

/**
 * The field that names each of these documents rather than telling of it: a short text that nearly all have and nearly all have another, where what
 * else is read of them is much longer. `title` or `name` where they are read by one, otherwise the first field; nothing where it is no such text.
 */
export function inferTitle(documents: readonly ReadDocument[], fields: readonly string[]): string | undefined {
  const field = fields.find((name) => titleNames.includes(name.toLowerCase())) ?? fields[0];
  if (field === undefined || fields.length < 2 || documents.length < LEAST_DOCUMENTS) return undefined;
  // Texts of files are no records: on the bundled notes late interaction loses .018 by their titles.
  if (documents.some(({ line }) => line !== undefined)) return undefined;
  const rest = fields.filter((name) => name !== field);
  const titles = documents.flatMap(({ document }) => (typeof document[field] === 'string' ? document[field].trim() : '') || []);
  if (titles.length < NEARLY_ALL * documents.length) return undefined;
  if (new Set(titles.map((title) => title.toLowerCase())).size < NEARLY_ALL * titles.length) return undefined;
  const words = sortedCounts(titles);
  const others = sortedCounts(documents.map(({ document }) => textOf(document, rest)));
  const isShort = at(words, 0.5) <= MIDDLE_WORDS && at(words, 0.9) <= LONG_WORDS;
  return isShort && at(others, 0.5) >= LONGER * at(words, 0.5) ? field : undefined;
}

const sortedCounts = (texts: readonly string[]): readonly number[] => texts.map((text) => spacedWords(text).length).sort((a, b) => a - b);

const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * (sorted.length - 1))] as number;
