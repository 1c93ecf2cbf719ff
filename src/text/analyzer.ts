import { stemmer } from 'stemmer';
import { fold } from './fold.ts';
import { PIECE, piecesOf } from './pieces.ts';
import { writtenWords } from './scan.ts';
import type { Role } from './unspaced.ts';

/** Written into an index: a change of the words makes old ones unusable. */
export const analyzerVersion = 'words-2';

/** Letters, as code points, after which a word is cut, so that a line of base64 is no word of a megabyte. */
export const LONGEST_WORD = 64;

/** The words of a text, of a document unless it is a query. */
export type Analyzer = (text: string, role?: Role) => string[];
/** What BM25 counts of a word that is written so: its stem, lowercase and without accents. */
export type Normalizer = (word: string) => string;

const beyondAscii = /[^\0-\x7f]/;
const asciiWord = /^[a-z]+$/;
const isWord = /^[\p{L}\p{M}]+$/u;
/** Tatweel stretches a word; the others are not to be seen (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point). */
const invisible = /[\p{Default_Ignorable_Code_Point}\u0640]+/gu;
/** In Persian it parts words that are written as one. */
const arabicBorder = /(?<=\p{scx=Arab})\u200c(?=\p{scx=Arab})/gu;
const hyphens = /[\u2010\u2011]/g;
/** Composed they would be letters of the word before them. */
const marksOfTrade = /[\u2120\u2122]/g;

/** Words that an analyzer keeps: making one again costs twenty times as much as looking it up. They are emptied when it is full. */
const MOST_KNOWN = 100_000;
/** V8 takes a longer part of a text for a window on it, and so would keep the whole text. */
const LONGEST_KNOWN = 12;

/**
 * The words that BM25 counts: see docs/words.md. Stemmed are words of a-z (Porter, https://tartarus.org/martin/PorterStemmer). No stop words: BM25's
 * own weights make them count for little.
 */
export const wordsOf: Analyzer = createAnalyzer(englishStem);

export function createAnalyzer(normalize: Normalizer): Analyzer {
  const known = new Map<string, string>();
  const wordFor = (word: string): string => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const own = beginningOf(normalize(word));
    if (word.length > LONGEST_KNOWN) return own;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(word, own);
    return own;
  };
  return (text, role = 'document') => {
    if (text.length <= PIECE) return writtenWords(visible(text), role).map(wordFor);
    const words: string[] = [];
    for (const piece of piecesOf(text)) for (const word of writtenWords(visible(piece), role)) words.push(wordFor(word));
    return words;
  };
}

export function englishStem(word: string): string {
  const folded = fold(word);
  return asciiWord.test(folded) && folded.length <= LONGEST_WORD ? stemmer(folded) : folded;
}

/** Of a language whose stemmer takes lowercase. Accents are dropped behind it, since its endings have some. */
export function stemmedBy(stem: (word: string) => string, language: string): Normalizer {
  return (word) => fold(isWord.test(word) && word.length <= LONGEST_WORD ? stem(word.toLocaleLowerCase(language)) : word);
}

/** The words of a query for documents that were normalized differently: each form of each word once. */
export function distinctForms(normalizers: readonly Normalizer[]): (query: string) => string[] {
  const written = createAnalyzer((word) => word);
  return (query) => written(query, 'query').flatMap((word) => [...new Set(normalizers.map((normalize) => beginningOf(normalize(word))))]);
}

function visible(text: string): string {
  if (!beyondAscii.test(text)) return text;
  return text.replace(arabicBorder, ' ').replace(invisible, '').replace(marksOfTrade, ' ').replace(hyphens, '-').normalize('NFKC');
}

/** A code point is one or two units long, so that the first 64 lie within 128 of them. */
const beginningOf = (word: string): string =>
  word.length <= LONGEST_WORD ? word : [...word.slice(0, 2 * LONGEST_WORD)].slice(0, LONGEST_WORD).join('');
