import { createHash } from 'node:crypto';
import { FinetoothError, messageOf } from '../errors.ts';
import type { Document, FieldValue } from '../types.ts';

/** Hash of all fields, whatever their order: hex, 32 characters. Throws E_INPUT_FORMAT for a document that JSON has no form for. */
export const hashOfDocument = (document: Document): string => createHash('sha256').update(sortedText(document)).digest('hex').slice(0, 32);

function sortedText(document: Document): string {
  try {
    return JSON.stringify(sorted(document as FieldValue));
  } catch (cause) {
    throw new FinetoothError('E_INPUT_FORMAT', `a document has no form in JSON: ${messageOf(cause)}. Leave out what holds itself.`, {
      cause,
    });
  }
}

/** Hash of a text: hex, 32 characters. */
export const hashOfText = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** The id of a document that brings none: from its content, so that its place in the file does not matter. */
export const derivedId = (hash: string, repeat: number): string => (repeat === 1 ? hash.slice(0, 16) : `${hash.slice(0, 16)}-${repeat}`);

function sorted(value: FieldValue): FieldValue {
  if (Array.isArray(value)) return (value as readonly FieldValue[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as { readonly [key: string]: FieldValue };
  // A list of pairs, not an object: a key like "__proto__" or "10" keeps its place and its meaning.
  return Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => [key, sorted(record[key] as FieldValue)]);
}
