import { groupsOf, runsOf } from './groups.ts';
import type { Shingles } from './shingles.ts';
import { mix } from './words.ts';

const PERMUTATIONS = 128;
const BANDS = 16;
const ROWS = PERMUTATIONS / BANDS;
/** Shorter documents have so few shingles that one other word changes most of them: they are compared for equality alone. */
const SHORTEST = 10;
const LEAST_SIMILARITY = 0.9;
/**
 * Of 128 values of 8 bits, those that agree at a Jaccard similarity of 0.9: values of different shingles agree by chance one time in 256
 * (Li and König 2010, "b-bit minwise hashing", equation 4).
 */
const LEAST_AGREEING = Math.ceil(PERMUTATIONS * (LEAST_SIMILARITY + (1 - LEAST_SIMILARITY) / 256));
/** In a band that many share, such as one of a text that stands in all documents, each is compared with this many before it. */
const NEIGHBOURS = 32;
/** Documents in one block of memory. */
const BLOCK = 4096;

const multipliers = Int32Array.from({ length: PERMUTATIONS }, (_, i) => mix(2 * i + 1) | 1);
const addends = Int32Array.from({ length: PERMUTATIONS }, (_, i) => mix(2 * i + 2));

export interface NearDocuments {
  /** The next document; it is called by how many came before it. */
  add(text: Shingles): void;
  /** Every group of two and more: each member is equal to, or a near-duplicate of, at least one other. */
  groups(): number[][];
  /** Whether two documents have the same words in the same order; told by a hash of 64 bits. */
  equal(a: number, b: number): boolean;
  /** Whether two documents are equal, or share 90 % and more of their shingles by estimate. */
  near(a: number, b: number): boolean;
}

/**
 * Finds documents that are the same or nearly the same by MinHash over shingles of five words (Broder 1997, "On the resemblance and containment
 * of documents") with banding (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.4): pairs that agree in all 8 values of
 * one of 16 bands are compared. Of pairs of a similarity of 0.95 99 % are found, of 0.98 all; of 0.8 one in 1,000 is taken for 0.9.
 * Time is linear in the length of the texts; memory is about 140 bytes a document. Documents without a letter or digit are in no group.
 */
export function nearDocuments(): NearDocuments {
  const blocks: { readonly signatures: Uint8Array; readonly hashes: Int32Array; readonly lengths: Uint32Array }[] = [];
  let count = 0;
  const blockOf = (i: number) => blocks[Math.floor(i / BLOCK)] as (typeof blocks)[number];
  const lengthOf = (i: number): number => blockOf(i).lengths[i % BLOCK] as number;
  const hashOf = (i: number, which: 0 | 1): number => blockOf(i).hashes[2 * (i % BLOCK) + which] as number;

  const add = ({ words, shingles }: Shingles): void => {
    if (count % BLOCK === 0)
      blocks.push({
        signatures: new Uint8Array(BLOCK * PERMUTATIONS),
        hashes: new Int32Array(BLOCK * 2),
        lengths: new Uint32Array(BLOCK),
      });
    const { signatures, hashes, lengths } = blockOf(count);
    const row = count++ % BLOCK;
    let [first, second] = [0, 0];
    for (const word of words) {
      first = (Math.imul(first, 0x01000193) + word) | 0;
      second = mix(second ^ word) + 1;
    }
    hashes[2 * row] = mix(first);
    hashes[2 * row + 1] = second;
    lengths[row] = words.length;
    if (words.length < SHORTEST) return;
    for (let p = 0; p < PERMUTATIONS; p++) {
      const [factor, addend] = [multipliers[p] as number, addends[p] as number];
      let least = 0x7fffffff;
      for (let i = 0; i < shingles.length; i++) {
        const value = (Math.imul(factor, shingles[i] as number) + addend) | 0;
        if (value < least) least = value;
      }
      signatures[row * PERMUTATIONS + p] = mix(least) & 255;
    }
  };

  const equal = (a: number, b: number): boolean =>
    lengthOf(a) === lengthOf(b) && hashOf(a, 0) === hashOf(b, 0) && hashOf(a, 1) === hashOf(b, 1);

  const near = (a: number, b: number): boolean => {
    if (equal(a, b)) return true;
    if (lengthOf(a) < SHORTEST || lengthOf(b) < SHORTEST) return false;
    const [left, right] = [blockOf(a).signatures, blockOf(b).signatures];
    const [from, to] = [(a % BLOCK) * PERMUTATIONS, (b % BLOCK) * PERMUTATIONS];
    let differing = 0;
    for (let p = 0; p < PERMUTATIONS; p++)
      if (left[from + p] !== right[to + p] && ++differing > PERMUTATIONS - LEAST_AGREEING) return false;
    return true;
  };

  const bandOf = (i: number, band: number): number => {
    const { signatures } = blockOf(i);
    const from = (i % BLOCK) * PERMUTATIONS + band * ROWS;
    let key = 0;
    for (let p = from; p < from + ROWS; p++) key = mix(key ^ (signatures[p] as number)) + 1;
    return key >>> 0;
  };

  const groups = (): number[][] => {
    const found = groupsOf(count);
    for (const run of runsOf(count, (i) => hashOf(i, 0) >>> 0)) {
      const firsts: number[] = [];
      for (const one of run) {
        if (lengthOf(one) === 0) continue;
        const first = firsts.find((other) => equal(one, other));
        if (first === undefined) firsts.push(one);
        else found.join(first, one);
      }
    }
    const long: number[] = [];
    for (let i = 0; i < count; i++) if (lengthOf(i) >= SHORTEST) long.push(i);
    const at = (place: number): number => long[place] as number;
    for (let band = 0; band < BANDS; band++)
      for (const run of runsOf(long.length, (place) => bandOf(at(place), band)))
        for (let later = 1; later < run.length; later++)
          for (let earlier = Math.max(0, later - NEIGHBOURS); earlier < later; earlier++) {
            const [a, b] = [at(run[earlier] as number), at(run[later] as number)];
            if (!found.together(a, b) && near(a, b)) found.join(a, b);
          }
    return found.all();
  };
  return { add, groups, equal, near };
}
