import { eachWord, mix } from './words.ts';

/** Words in a shingle. */
export const SHINGLE = 5;
const BASE = 0x01000193;

/** A text as hashes of 32 bits, signed. Both arrays are reused for the next text: copy what you keep. */
export interface Shingles {
  /** [words] */
  readonly words: Int32Array;
  /** [words - 4, at least 0] Of the five words that start here. */
  readonly shingles: Int32Array;
}

/** Hashes one normalised text after the other, in memory for the longest alone. */
export function shingler(): (plain: string) => Shingles {
  let words = new Int32Array(1024);
  let shingles = new Int32Array(1024);
  return (plain) => {
    let count = 0;
    eachWord(plain, (hash) => {
      if (count === words.length) {
        const longer = new Int32Array(2 * count);
        longer.set(words);
        words = longer;
      }
      words[count++] = hash;
    });
    if (shingles.length < words.length) shingles = new Int32Array(words.length);
    const windows = Math.max(0, count - SHINGLE + 1);
    for (let i = 0; i < windows; i++) {
      let hash = 0;
      for (let j = i; j < i + SHINGLE; j++) hash = (Math.imul(hash, BASE) + (words[j] as number)) | 0;
      shingles[i] = mix(hash);
    }
    return { words: words.subarray(0, count), shingles: shingles.subarray(0, windows) };
  };
}
