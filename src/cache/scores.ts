import type { Span } from '../types.ts';

/** What a reranker gave for one query and text. */
export interface KnownScore {
  readonly score: number;
  readonly relevance?: number;
  /** Tokens of the text that were not read. */
  readonly truncatedTokens: number;
  /** Tokens of the query that were not read beside the text. */
  readonly queryTruncatedTokens: number;
  readonly span?: Span;
}

/** Scores by key. Keys are of equal length and mean nothing here. */
export interface ScoreStore {
  /** In the order of the keys; undefined for what is not known. */
  get(keys: readonly string[]): readonly (KnownScore | undefined)[];
  /** Replaces what was known under the same key. */
  put(entries: readonly (readonly [key: string, known: KnownScore])[]): void;
  close(): void;
}

/** In this process, the `maxEntries` that were used last. */
export function memoryScores(maxEntries: number): ScoreStore {
  const known = new Map<string, KnownScore>();
  return {
    get: (keys) =>
      keys.map((key) => {
        const found = known.get(key);
        if (found !== undefined) {
          // A Map keeps the order of insertion: the least used is the first.
          known.delete(key);
          known.set(key, found);
        }
        return found;
      }),
    put: (entries) => {
      for (const [key, value] of entries) {
        known.delete(key);
        known.set(key, value);
        if (known.size > maxEntries) known.delete(known.keys().next().value as string);
      }
    },
    close: () => known.clear(),
  };
}
