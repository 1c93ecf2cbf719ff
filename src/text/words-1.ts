import { stemmer } from 'stemmer';

export const firstAnalyzer = 'words-1';

/** Letters, as code points, after which a word is cut. */
const LONGEST_WORD = 64;
/** Characters that are analysed in one go. */
const PIECE = 32_768;

const wordPattern = /[\p{L}\p{N}]+/gu;

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** No word and no sequence of Unicode's composition reaches across one of these. */
const gap = /[\s,;!?。、]/;
const unspacedPair =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{2}/u;

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
 * The words of indexes that were made with "words-1", which stay as they were until such an index is rebuilt: NFKC, lower case, accents dropped, split at everything that is no letter or digit. Words of a-z
 * are stemmed; scripts written without spaces become pairs of letters.
 */
export function firstWordsOf(text: string): string[] {
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

/**
 * Pieces of a text whose words, one piece after the other, are the words of the text. Letters of scripts without spaces count in pairs, so a
 * run of them may be taken apart where the letter at the border is in both pieces.
 */
export function* firstPiecesOf(text: string, length: number = PIECE): Generator<string> {
  let start = 0;
  while (text.length - start > length) {
    let end = start + length;
    while (end > start + length / 2 && !gap.test(text[end] as string)) end--;
    const isApart = gap.test(text[end] as string);
    if (!isApart) {
      end = start + length;
      if (unspacedPair.test(text.slice(end - 1, end + 1)) && !/\p{M}/u.test(text.slice(end - 1, end + 2))) {
        yield text.slice(start, end);
        start = end - 1;
        continue;
      }
      // One word of half a piece and more: it is not taken apart.
      while (end < text.length && !gap.test(text[end] as string)) end++;
    }
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length || start === 0) yield text.slice(start);
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
