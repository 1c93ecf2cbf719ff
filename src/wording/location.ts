import type { Document, Span } from '../types.ts';

/** Where a part of a text stands in its source. */
interface Place {
  readonly lines?: readonly [first: number, last: number];
  readonly pages?: readonly [first: number, last: number];
}

/** What is read of a result. */
export interface Located {
  readonly id: string;
  readonly document?: Document;
  readonly snippet?: Place & { readonly text: string; readonly sentence: Span };
  readonly highlight?: Place;
}

/** The file, line and page of what was found, as far as they are known. */
export interface Location {
  readonly path?: string;
  /** Of the sentence that was chosen, from 1. */
  readonly line?: number;
  readonly page?: number;
}

/** Where a person finds a result, and the sentence that was chosen: `kitchen/moka.md:14`, `manual.pdf, page 3`; the id of what is in no file. */
export function locationOf(result: Located): string {
  const { path = result.id, line, page } = placeOf(result);
  if (page !== undefined) return `${path}, page ${page}`;
  return line === undefined ? path : `${path}:${line}`;
}

/** The same in its parts. */
export function placeOf({ document, snippet, highlight }: Located): Location {
  const path = document?.path;
  return {
    path: typeof path === 'string' && path !== '' ? path : undefined,
    line: snippet?.lines === undefined ? highlight?.lines?.[0] : snippet.lines[0] + linesBefore(snippet),
    page: (snippet ?? highlight)?.pages?.[0],
  };
}

/** Line ends of a snippet before the sentence that was chosen. */
const linesBefore = ({ text, sentence }: { readonly text: string; readonly sentence: Span }): number =>
  text.slice(0, sentence[0]).split('\n').length - 1;

/** Its title or name; nothing where it has none. */
export function titleOf(document: Document | undefined): string | undefined {
  for (const name of ['title', 'name', 'heading']) {
    const value = document?.[name];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, 300);
  }
  return undefined;
}
