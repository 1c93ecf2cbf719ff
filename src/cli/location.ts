import type { SearchResult } from '../search/results.ts';
import type { Snippet } from '../search/snippet.ts';
import type { Document } from '../types.ts';

type Located = Pick<SearchResult, 'id' | 'snippet' | 'highlight'> & { readonly document?: Document };

/** Where a person finds a result, and the sentence that was chosen: `kitchen/moka.md:14`, `manual.pdf, page 3`; the id of what is in no file. */
export function locationOf({ id, document, snippet, highlight }: Located): string {
  const path = document?.path;
  const place = typeof path === 'string' && path !== '' ? path : id;
  const line = snippet?.lines === undefined ? highlight?.lines?.[0] : snippet.lines[0] + linesBefore(snippet);
  const [page] = (snippet ?? highlight)?.pages ?? [];
  if (page !== undefined) return `${place}, page ${page}`;
  return line === undefined ? place : `${place}:${line}`;
}

/** Line ends of a snippet before the sentence that was chosen. */
const linesBefore = ({ text, sentence }: Snippet): number => text.slice(0, sentence[0]).split('\n').length - 1;

/** Its title or name; nothing where it has none. */
export function titleOf(document: Document | undefined): string | undefined {
  for (const name of ['title', 'name', 'heading']) {
    const value = document?.[name];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, 300);
  }
  return undefined;
}
