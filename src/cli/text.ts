import type { Document, FieldValue } from '../types.ts';
import { titleOf } from '../wording/location.ts';

/** Characters of a value that are shown. */
const MOST = 60;

/** What a person calls a document: its title or name, else its first words, else its id. */
export const labelOf = (id: string, document: Document): string => titleOf(document) ?? firstWordsOf(id, document);

/** The first words of a document, else its id. */
export function firstWordsOf(id: string, document: Document): string {
  const { text } = document;
  if (typeof text === 'string' && text.trim() !== '') return text.slice(0, 300);
  const words = Object.values(document).find((value): value is string => typeof value === 'string' && value.trim() !== '');
  return words?.slice(0, 300) ?? id;
}

/** A value of a field in few words: a text as it is, anything else as JSON. */
export function valueText(value: FieldValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
