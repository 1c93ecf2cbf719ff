import type { Entry } from '../store.ts';
import { type Collections, MEAN, type Opened } from './collection.ts';
import { waitsForGraph } from './graph.ts';
import { wordsIn } from './points.ts';

/** The share by which a mean length may be off before words are weighed by another: candidates come in a worse order, none is missed. */
const DRIFT = 0.2;
/** Mean lengths of one load: two who load texts of different lengths at once would change it for ever. */
const MOST = 8;

export const isOff = (mean: number, now: number, drift = DRIFT): boolean => Math.abs(now / mean - 1) > drift;

export interface MeanLength {
  /** Hundredths of the mean length by which the words of these are to be weighed. */
  of(opened: Opened, entries: readonly Entry[]): Promise<number>;
}

/**
 * That of what was written first, until the index is optimized; while an index is loaded for the first time it follows what was written so far, as
 * texts come folder by folder, so that few are to be weighed again.
 */
export function meanLength(collections: Collections): MeanLength {
  let [words, passages] = [0, 0];
  return {
    of: async (opened, entries) => {
      for (const { terms, further = [] } of entries)
        for (const one of [terms, ...further.map((passage) => passage.terms)]) {
          words += wordsIn(one).length;
          passages++;
        }
      const [known] = opened.means;
      const now = Math.max(1, Math.round((100 * words) / passages));
      if (known !== undefined && !(waitsForGraph(opened) && opened.means.length < MOST && isOff(known, now))) return known;
      await collections.describe(opened, { [`${MEAN}${now}`]: new Date().toISOString() });
      return now;
    },
  };
}
