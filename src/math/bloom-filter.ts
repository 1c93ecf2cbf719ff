/** A set of texts that may take one for a member that is none, and never the other way round. */
export interface BloomFilter {
  /** Texts that it was made for; with more, it takes more for members that are none. */
  readonly room: number;
  add(text: string): void;
  /** Whether it was added, perhaps. */
  mayHave(text: string): boolean;
}

/** Of so many bits a text and places of each, a full filter takes one in 10,000 for a member that is none (https://doi.org/10.1145/362686.362692). */
const BITS = 20;
const PLACES = 10;

/** For `room` texts, in 2.5 bytes each. */
export function bloomFilter(room: number): BloomFilter {
  const size = Math.max(64, room * BITS);
  const words = new Uint32Array(Math.ceil(size / 32));
  /** Places as sums of two hashes (Kirsch and Mitzenmacher 2008, https://doi.org/10.1002/rsa.20208). */
  const every = (text: string, seen: (word: number, bit: number) => boolean): boolean => {
    const [first, second] = [hashOf(text, 0x811c9dc5), hashOf(text, 0x9747b28c) | 1];
    for (let i = 0; i < PLACES; i++) {
      const place = ((first + Math.imul(i, second)) >>> 0) % size;
      if (!seen(place >>> 5, 1 << (place & 31))) return false;
    }
    return true;
  };
  return {
    room,
    add: (text) => {
      every(text, (word, bit) => {
        words[word] = (words[word] as number) | bit;
        return true;
      });
    },
    mayHave: (text) => every(text, (word, bit) => ((words[word] as number) & bit) !== 0),
  };
}

/** FNV-1a over units of UTF-16, mixed at the end as MurmurHash3 does, as near texts have near hashes. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
