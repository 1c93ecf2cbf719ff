import type { Document, FieldValue } from '../types.ts';

/** Words of one value: strings as they are, lists joined by ", ", objects as JSON; nothing for null. */
const wordsOf = (value: FieldValue | undefined): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    return (value as readonly FieldValue[])
      .map(wordsOf)
      .filter((words) => words.trim() !== '')
      .join(', ');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/**
 * The text of a document: the named fields in the order given, joined by one space. A field that is null, absent or only
 * white space adds nothing. A text without any field is ''.
 */
export const textOf = (document: Document, fields: readonly string[]): string =>
  fields
    .map((field) => wordsOf(Object.hasOwn(document, field) ? document[field] : undefined))
    .filter((words) => words.trim() !== '')
    .join(' ');

/** Fields that hold a text in most collections: one of these alone is the text, with a title before it. */
const textNames = ['text', 'content', 'body', 'passage', 'contents', 'abstract', 'overview', 'description'];

/** Fields that name a thing rather than tell of it. */
const idNames = new Set(['id', '_id', 'url', 'uri', 'path', 'href', 'link', 'image']);

/** The recipe when the user names no fields: title and text where the document has them, otherwise all fields that hold words. */
export const defaultFields = (document: Document): readonly string[] => {
  const named = textNames.find((name) => typeof document[name] === 'string');
  if (named !== undefined) return typeof document.title === 'string' ? ['title', named] : [named];
  return Object.keys(document).filter((name) => typeof document[name] === 'string' && !idNames.has(name.toLowerCase()));
};
