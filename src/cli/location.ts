import type { SearchResult } from '../search/results.ts';
import type { Document } from '../types.ts';

type Located = Pick<SearchResult, 'id' | 'snippet' | 'highlight'> & { readonly document?: Document };

/** Where a person finds a result: `kitchen/moka.md:14`, `manual.pdf, page 3`; the id of what is in no file. */
export function locationOf({ id, document, snippet, highlight }: Located): string {
  const path = document?.path;
  const place = typeof path === 'string' && path !== '' ? path : id;
  const lines = snippet?.lines ?? highlight?.lines;
  return lines === undefined ? place : `${place}:${lines[0]}`;
}

/** Its title or name; nothing where it has none. */
export function titleOf(document: Document | undefined): string | undefined {
  for (const name of ['title', 'name', 'heading']) {
    const value = document?.[name];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, 300);
  }
  return undefined;
}
