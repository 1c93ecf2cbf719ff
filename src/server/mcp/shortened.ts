import type { Document, FieldValue } from '../../types.ts';

/** A text from a place on, no more than so many characters of it, and no half of a character at either end. */
export function pieceOf(text: string, from: number, most: number): { readonly text: string; readonly next?: number } {
  const start = isInPair(text, from) ? from + 1 : from;
  const end = Math.min(text.length, start + most);
  const cut = isInPair(text, end) && end > start + 1 ? end - 1 : end;
  return { text: text.slice(start, cut), next: cut < text.length ? cut : undefined };
}

/** What is left of a value where there is room for so many characters: of a text its beginning, of what else is longer its JSON as such a text. */
export function cutValue(
  value: FieldValue,
  most: number,
): { readonly value: FieldValue; readonly characters?: number; readonly next?: number } {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return { value };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= most) return { value };
  const { text: piece, next } = pieceOf(text, 0, most);
  return { value: piece, characters: text.length, next };
}

/** The named fields of a document, each no longer than that, with a mark where it is cut. */
export function fieldsOf(document: Document, names: readonly string[], most: number): Readonly<Record<string, FieldValue>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(document, name) ? document[name] : undefined;
      if (value === undefined) return [];
      const cut = cutValue(value, most);
      return [[name, cut.next === undefined ? cut.value : `${String(cut.value)}…`] as const];
    }),
  );
}

const isInPair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && /[\ud800-\udbff]/.test(text[at - 1] as string) && /[\udc00-\udfff]/.test(text[at] as string);
