import { createHash } from 'node:crypto';

/** What stands before a text that PostgreSQL could not hold as it is. */
const MARK = '\u0001';
/** Longer words are kept by their hash: a B-tree takes no key of more than 2,704 bytes. */
const LONGEST_WORD = 256;

/**
 * A text as it is kept: PostgreSQL takes neither U+0000 nor half a character, so one with such is kept as JSON, in which they are escaped. Different
 * texts stay different.
 */
export function kept(text: string): string {
  return isPlain(text) && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text).replaceAll('\0', '\\u0000');
}

export function unkept(text: string): string {
  return text.startsWith(MARK) ? (JSON.parse(text.slice(1)) as string) : text;
}

/** Whether PostgreSQL can hold a text as it is. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** The nearest to a text that PostgreSQL can hold, where its order and its pieces are what matters. */
export const plainText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** A word as the key of its postings. */
export function wordKey(word: string): string {
  return word.length <= LONGEST_WORD ? kept(word) : `${MARK}#${createHash('sha256').update(kept(word)).digest('hex')}`;
}

/** A token of a sparse model as the key of its postings: no word has it. */
export const tokenKey = (id: number): string => `${MARK}~${id}`;

/** The key of a document, of 16 bytes: ids may be longer than a B-tree takes. */
export const documentKey = (id: string): Buffer => createHash('sha256').update(kept(id)).digest().subarray(0, 16);
