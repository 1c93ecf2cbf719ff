import type { SearchResult } from '../search/results.ts';
import { harmless } from '../wording/terminal-text.ts';
import { labelOf } from './text.ts';

/** Characters of a sentence that are shown; all of it is in --json. */
const MOST = 300;

/** Of each long document the sentence that matters, and where it stands. */
export function highlightLines(results: readonly SearchResult[]): string {
  const lines = results.flatMap(({ rank, id, document, highlight }) => {
    if (highlight === undefined) return [];
    const where = highlight.lines === undefined ? '' : `, line ${highlight.lines[0]}`;
    const label = document === undefined ? id : labelOf(id, document);
    return [`${String(rank).padStart(3)}  ${harmless(label)}${where}: ${harmless(highlight.text.replace(/\s+/g, ' ').slice(0, MOST))}\n`];
  });
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}
