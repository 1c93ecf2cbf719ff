import { stemmer } from 'stemmer';

/** Written into an index: a change of the words makes old ones unusable. */
export const analyzerVersion = 'words-1';

/** Letters, as code points, after which a word is cut, so that a line of base64 is no word of a megabyte. */
export const LONGEST_WORD = 64;

const wordPattern = /[\p{L}\p{N}]+/gu;

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const asciiWord = /^[a-z]+$/;
/** Texts without one are the same in every form of Unicode. */
const beyondAscii = /[^\0-\x7f]/;
const asciiWords = /[a-z0-9]+/g;

/** Stems of words that were met: stemming a word anew costs twenty times as much as looking it up. Emptied when it is full. */
const stems = new Map<string, string>();
const MOST_STEMS = 100_000;
/** V8 takes a longer part of a text for a window on it, and so would keep the whole text. */
const LONGEST_KNOWN = 12;

/**
 * The words that BM25 counts: NFKC, lower case, accents dropped, split at everything that is no letter or digit. Words of a-z
 * are stemmed (Porter, https://tartarus.org/martin/PorterStemmer); scripts written without spaces become pairs of letters.
 * No stop words: BM25's own weights make them count for little.
 */
export function wordsOf(text: string): string[] {
  if (!beyondAscii.test(text)) return (text.toLowerCase().match(asciiWords) ?? []).map(stemOf);
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '')
    .normalize('NFC');
  const words: string[] = [];
  for (const [word] of plain.matchAll(wordPattern)) {
    // One by one: a run of a hundred thousand letters is more than a call takes arguments.
    if (unspaced.test(word)) for (const pair of pairsOf(word)) words.push(pair);
    else words.push(stemOf(word));
  }
  return words;
}

/** Of a word of a-z the stem, of others the beginning. */
function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = asciiWord.test(word) && word.length <= LONGEST_WORD ? stemmer(word) : beginningOf(word);
  if (word.length > LONGEST_KNOWN) return stem;
  if (stems.size >= MOST_STEMS) stems.clear();
  stems.set(word, stem);
  return stem;
}

function pairsOf(word: string): string[] {
  const letters = [...word];
  if (letters.length < 2) return letters;
  return letters.slice(1).map((letter, i) => `${letters[i]}${letter}`);
}

/** A code point is one or two units long, so that the first 64 lie within 128 of them. */
const beginningOf = (word: string): string =>
  word.length <= LONGEST_WORD ? word : [...word.slice(0, 2 * LONGEST_WORD)].slice(0, LONGEST_WORD).join('');
