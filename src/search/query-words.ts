import type { Manifest } from '../store/store.ts';
import { analyzerVersion, wordsOf } from '../text/analyzer.ts';
import type { SearchIndex } from './search-index.ts';
import { analysisOf, type WordAnalysis } from './word-analysis.ts';

export interface QueryWords {
  /** What BM25 is asked for. */
  readonly terms: readonly string[];
  /** Why it may find less than the query says. */
  readonly notes: readonly string[];
}

/** The words of a query, as the index has those of its documents. */
export async function queryWords(index: SearchIndex, query: string): Promise<QueryWords> {
  const manifest = index.manifest();
  const terms = manifest === undefined ? wordsOf(query, 'query') : await (await analysisOf(manifest)).query(query);
  return { terms, notes: [...emptyNote(terms), ...(manifest === undefined ? [] : earlierNote(query, terms, manifest))] };
}

/** The words of an index that has others than English ones, for what is shown of its documents. */
export async function languagesOf(index: SearchIndex): Promise<WordAnalysis | undefined> {
  const manifest = index.manifest();
  return manifest?.languages === undefined ? undefined : analysisOf(manifest);
}

const emptyNote = (terms: readonly string[]): readonly string[] =>
  terms.length > 0 ? [] : ['the query has no word that BM25 could look for, only signs and spaces: it finds nothing by words; vectors may'];

/** English words are the same in every version, but for those that are written with signs. */
const beyondAscii = /[^\0-\x7f]/;

function earlierNote(query: string, terms: readonly string[], { analyzer }: Manifest): readonly string[] {
  if (analyzer === analyzerVersion || (!beyondAscii.test(query) && terms.join(' ') === wordsOf(query, 'query').join(' '))) return [];
  return [
    `this index has its words by the earlier analysis "${analyzer}", which may find less for this query than "${analyzerVersion}": rebuild it, from itself without embedding (docs/words.md)`,
  ];
}
