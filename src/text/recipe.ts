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

export interface RecipeOptions {
  /** Put the name of each field before its words, a line a field: "title: …". @default false */
  readonly labels?: boolean;
}

/**
 * The text of a document: the named fields in the order given, joined by one space, or with labels by line ends. Strings stand as they are,
 * numbers and truth values as JSON has them, lists joined by ", ", objects as JSON. A field that is null, absent or only white space adds
 * nothing, nor does its label. A text without any field is ''.
 */
export const textOf = (document: Document, fields: readonly string[], { labels = false }: RecipeOptions = {}): string =>
  fields
    .map((field) => [field, wordsOf(Object.hasOwn(document, field) ? document[field] : undefined)] as const)
    .filter(([, words]) => words.trim() !== '')
    .map(([field, words]) => (labels ? `${field}: ${words}` : words))
    .join(labels ? '\n' : ' ');

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
