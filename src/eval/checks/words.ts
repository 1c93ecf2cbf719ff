/** What a character does in a text. */
const SPLITS = 1;
const IN_WORD = 2;
const AFTER_WORD = 3;
const ALONE = 4;

const letter = /[\p{L}\p{N}]/u;
const mark = /\p{M}/u;
/** Script extensions rather than scripts, so that the long-vowel mark of kana is among them. */
const unspaced = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

/** Kinds of the characters up to U+FFFF that were met; 0 for the others. */
const known = new Uint8Array(0x10000);

const OFFSET = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/** Spreads every bit over all 32 (MurmurHash3's `fmix32`, https://github.com/aappleby/smhasher). */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** NFKC in lower case. */
export const normalised = (text: string): string => (/^[\0-\x7f]*$/.test(text) ? text : text.normalize('NFKC')).toLowerCase();

/**
 * Calls back for every word of a normalised text with its hash (FNV-1a, a character at a time, then `mix`: 32 bits, signed) and where it
 * stands. A word is a run of letters, digits and the marks on them; a letter of a script written without spaces is a word of its own.
 */
export function eachWord(plain: string, each: (hash: number, from: number, to: number) => void): void {
  let from = -1;
  let hash = OFFSET;
  for (let at = 0, next = 0; at < plain.length; at = next) {
    const code = plain.codePointAt(at) as number;
    next = at + (code > 0xffff ? 2 : 1);
    const kind = kindOf(code);
    if (kind === IN_WORD || (kind === AFTER_WORD && from >= 0)) {
      if (from < 0) [from, hash] = [at, OFFSET];
      hash = Math.imul(hash ^ code, PRIME);
      continue;
    }
    if (from >= 0) each(mix(hash), from, at);
    from = -1;
    if (kind === ALONE) each(mix(Math.imul(OFFSET ^ code, PRIME)), at, next);
  }
  if (from >= 0) each(mix(hash), from, plain.length);
}

/** The words of a normalised text. */
export function wordsOf(plain: string): string[] {
  const words: string[] = [];
  eachWord(plain, (_, from, to) => words.push(plain.slice(from, to)));
  return words;
}

/** How many words these are to a reader: letters of scripts written without spaces count as half a word. */
export const lengthInWords = (words: readonly string[]): number =>
  words.reduce((sum, word) => sum + (kindOf(word.codePointAt(0) as number) === ALONE ? 0.5 : 1), 0);

function kindOf(code: number): number {
  if (code > 0xffff) return kindOfCharacter(code);
  return (known[code] ||= kindOfCharacter(code));
}

function kindOfCharacter(code: number): number {
  const character = String.fromCodePoint(code);
  if (letter.test(character)) return unspaced.test(character) ? ALONE : IN_WORD;
  if (!mark.test(character)) return SPLITS;
  return unspaced.test(character) ? ALONE : AFTER_WORD;
}
