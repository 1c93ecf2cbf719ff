/** Texts with the words of a language rather than `text 1`: the size of the vocabulary decides how a word index is built. */
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { collectionsFolder } from '../results/collections.ts';
import { randomFrom } from './texts.ts';

const WORDS = 50_000;
/** Words of a passage: of 90,174 of test collections the mean is 339 characters. */
const [LEAST, MOST] = [20, 90];
const SYLLABLES = 'ba ce di fo gu ha ki le mo nu pa re si to vu wa xi ya zo qua tri ster ment ing ol an er is um ek'.split(' ');

/** The word of each rank, made of syllables: all different, frequent ones short. */
const wordOf = (rank: number): string => {
  let word = '';
  for (let left = rank + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length))
    word += SYLLABLES[left % SYLLABLES.length] as string;
  return word;
};

/** Draws words of 50,000 with weights 1 / rank (Zipf), the same for a seed on every machine. */
export const zipfTexts = (): ((seed: number, words?: number) => string) => {
  const vocabulary = Array.from({ length: WORDS }, (_, rank) => wordOf(rank));
  const sums = new Float64Array(WORDS);
  let sum = 0;
  for (let rank = 0; rank < WORDS; rank++) sums[rank] = sum += 1 / (rank + 1);
  const draw = (at: number): string => {
    let [low, high] = [0, WORDS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < at) low = middle + 1;
      else high = middle;
    }
    return vocabulary[low] as string;
  };
  return (seed, words) => {
    const random = randomFrom(seed);
    const count = words ?? LEAST + Math.floor(random() * (MOST - LEAST));
    return Array.from({ length: count }, () => draw(random() * sum)).join(' ');
  };
};

/**
 * More texts than there are: the first half of one and the second half of another, as unevenly worded as these. Every fifth has a word that is in
 * no other, since a language's vocabulary grows with its texts.
 */
export const recombinedTexts = ({ length, at }: KeptTexts): ((seed: number) => string) => {
  return (seed) => {
    const random = randomFrom(seed);
    const draw = (): readonly [string, string] => {
      const text = at(Math.floor(random() * length)) as string;
      const middle = text.indexOf(' ', text.length / 2);
      return middle < 0 ? [text, text] : [text.slice(0, middle), text.slice(middle)];
    };
    const own = seed % 5 === 0 ? ` ${wordOf(WORDS + seed)}` : '';
    return `${draw()[0]}${draw()[1]}${own}`;
  };
};

/** Texts in a file, read one at a time: the memory of who asks for them is not theirs. */
export interface KeptTexts {
  readonly length: number;
  /** Undefined beyond the last. */
  at(place: number): string | undefined;
}

export const keptTexts = (texts: readonly string[]): KeptTexts => {
  const { length } = texts;
  const folder = mkdtempSync(join(tmpdir(), 'finetooth-texts-'));
  const path = join(folder, 'texts');
  const ends = new Float64Array(length);
  let end = 0;
  for (const [at, text] of texts.entries()) ends[at] = end += Buffer.byteLength(text);
  writeFileSync(path, texts.join(''));
  const file = openSync(path, 'r');
  // It is read through its handle, and gone when that is closed.
  rmSync(folder, { recursive: true });
  return {
    length,
    at: (place) => {
      if (place >= length) return undefined;
      const from = ends[place - 1] ?? 0;
      const bytes = Buffer.alloc((ends[place] as number) - from);
      readSync(file, bytes, 0, bytes.length, from);
      return bytes.toString('utf8');
    },
  };
};

/** Texts of the collections that are on this machine, at most so many; none where there are no collections. */
export const collectionTexts = (most: number): readonly string[] => {
  const folder = collectionsFolder();
  const files = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name, 'corpus.jsonl.gz'))
    : [];
  const texts: string[] = [];
  for (const file of files.filter((path) => existsSync(path)))
    for (const line of gunzipSync(readFileSync(file)).toString('utf8').split('\n'))
      if (line !== '' && texts.length < most) texts.push((JSON.parse(line) as { readonly text: string }).text);
  return texts;
};
