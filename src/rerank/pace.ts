/** Learns how long a stage takes and says how much of it fits into the time left. One for each stage, kept over calls. */
export interface Pace {
  /** How many of the next texts to take, 1 or more; 0 when not even one is expected to fit in `remaining` milliseconds. */
  next(works: readonly number[], remaining: number): number;
  /** After a slice: what it held and how long it took. */
  learn(work: number, milliseconds: number): void;
}

/** Milliseconds that a slice should take at most: what a deadline can be exceeded by, once the speed is known. */
const SLICE_MS = 20;

/** Share of the newest measurement in the running mean. */
const NEWEST = 0.3;

/** Characters that a text costs besides its own: template and query. */
const SHORTEST_CHARACTERS = 64;

/** Characters from which on a text costs no more, since models cut it: 512 tokens of 4. */
const LONGEST_CHARACTERS = 2048;

/** `concurrency`: texts that the stage works on at the same time; a slice is never fewer, while there are as many. */
export function createPace(concurrency: number): Pace {
  let perCharacter: number | undefined;
  return {
    next: (works, remaining) => {
      if (remaining <= 0) return 0;
      const least = Math.min(concurrency, works.length);
      // Nothing is known yet: the smallest slice measures.
      if (perCharacter === undefined) return least;
      const most = Math.min(remaining, Math.max(SLICE_MS, 0)) / perCharacter;
      let sum = 0;
      let count = 0;
      while (count < works.length && sum + (works[count] as number) <= most) sum += works[count++] as number;
      if (count >= least) return count;
      const smallest = works.slice(0, least).reduce((total, work) => total + work, 0);
      return smallest * perCharacter <= remaining ? least : count;
    },
    learn: (work, milliseconds) => {
      const seen = milliseconds / Math.max(1, work);
      perCharacter = perCharacter === undefined ? seen : perCharacter * (1 - NEWEST) + seen * NEWEST;
    },
  };
}

/** Characters that a model will have to read of a candidate, about. `most`: it reads no more of any. */
export const workIn = ({ text }: { readonly text: string }, most = LONGEST_CHARACTERS): number =>
  SHORTEST_CHARACTERS + Math.min(text.length, most);
