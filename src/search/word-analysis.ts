import { FinetoothError } from '../errors.ts';
import type { Manifest } from '../store/store.ts';
import {
  type Analyzer,
  analyzerVersion,
  createAnalyzer,
  distinctForms,
  englishStem,
  type Normalizer,
  stemmedBy,
  wordsOf,
} from '../text/analyzer.ts';
import { fold } from '../text/fold.ts';
import { piecesOf } from '../text/pieces.ts';
import { firstAnalyzer, firstPiecesOf, firstWordsOf } from '../text/words-1.ts';
import type { Document } from '../types.ts';
import { type Language, languageIn, openDetector, openStemmer } from './languages.ts';
import type { HighlightWords } from './sentences.ts';
import type { Analysis } from './turns.ts';

/** How an index makes words of texts, as its manifest says. */
export interface WordAnalysis {
  /** Of a document with this text: in its language, or in none where that is not one of the index. */
  of(document: Document, text: string): Analysis & { readonly isStemmed: boolean };
  query(query: string): readonly string[];
}

/** By whose words the sentences of a document are compared with a query. */
export const comparedBy = (analysis: WordAnalysis, document: Document, text: string): HighlightWords => ({
  text: analysis.of(document, text).words,
  query: analysis.query,
});

type Recipe = Pick<Manifest, 'analyzer' | 'languages' | 'languageField'>;

const known = new Map<string, Promise<WordAnalysis>>();

/** Throws E_INDEX_DAMAGED for an analysis that this version does not have, and E_PACKAGE where stemming needs a package that is not installed. */
export async function analysisOf({ analyzer, languages, languageField }: Recipe, where = 'the index'): Promise<WordAnalysis> {
  const key = JSON.stringify([analyzer, languages, languageField]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = openAnalysis({ analyzer, languages, languageField }, where);
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

async function openAnalysis({ analyzer, languages, languageField }: Recipe, where: string): Promise<WordAnalysis> {
  if (analyzer === firstAnalyzer) return only({ pieces: firstPiecesOf, words: firstWordsOf }, firstWordsOf);
  if (analyzer !== analyzerVersion)
    throw new FinetoothError(
      'E_INDEX_DAMAGED',
      (say) =>
        `${where} was made with the word analysis "${analyzer}"; this version has "${analyzerVersion}". Rebuild it with ${say.rebuildIndex(where)}.`,
    );
  if (languages === undefined) return only({ pieces: piecesOf, words: wordsOf }, (query) => wordsOf(query, 'query'));
  const normalizers = new Map<string, Normalizer>();
  for (const language of languages)
    normalizers.set(language, language === 'en' ? englishStem : stemmedBy(await openStemmer(language as Language), language));
  const analyzers = new Map<string, Analyzer>([...normalizers].map(([language, one]) => [language, createAnalyzer(one)]));
  const [single] = languages.length === 1 ? analyzers.values() : languages.length === 0 ? [createAnalyzer(fold)] : [];
  if (single !== undefined) return only({ pieces: piecesOf, words: single }, (query) => single(query, 'query'));
  const plain = createAnalyzer(fold);
  const detect = languageField === undefined ? await openDetector() : undefined;
  return {
    of: (document, text) => {
      const language =
        detect === undefined ? languageIn(document, languageField as string) : detect(text, languages as readonly Language[]);
      const words = analyzers.get(language ?? '');
      return { pieces: piecesOf, words: words ?? plain, isStemmed: words !== undefined };
    },
    query: distinctForms([...normalizers.values(), fold]),
  };
}

const only = (analysis: Analysis, query: (query: string) => readonly string[]): WordAnalysis => ({
  of: () => ({ ...analysis, isStemmed: true }),
  query,
});
