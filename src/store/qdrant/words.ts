import type { CallOptions } from '../../types.ts';
import { rarityOf, saturationOf, upperBoundOf } from '../bm25.ts';
import type { Opened } from './collection.ts';
import { allOf, type QdrantCondition } from './filter.ts';
import { heldText, textHeld, wordIndex } from './names.ts';
import { countsOf, type Payload, WORDS, wordsIn } from './points.ts';
import { countPoints } from './reading.ts';
import type { Requests } from './requests.ts';

/** How rare the words of a query are. */
export interface WordStatistics {
  readonly meanLength: number;
  /** By each word of the query how often it is asked, in the order of the query. */
  readonly times: ReadonlyMap<string, number>;
  /** The idf of a word; of one that no passage has, that of a word that is nowhere. */
  rarityOf(word: string): number;
  /** BM25 of a passage of these words, joined by one space. */
  score(terms: string): number;
  /** What no document can exceed, see `upperBoundOf`. */
  readonly most: number;
  /** Every passage that shares a word, where all were read to count them. */
  readonly sharing?: readonly WordRow[];
}

/** A passage with its words. */
export interface WordRow extends Pick<Payload, 'id' | 'at' | 'of' | 'place' | 'terms'> {}

export const ROW = ['id', 'at', 'of', 'place'] as const;

export interface WordCounter {
  statistics(opened: Opened, terms: readonly string[], options?: CallOptions): Promise<WordStatistics>;
  /** What was counted is not true any more: who counts wrote. */
  forget(): void;
}

/** Up to so many words with their counts are kept. */
const MOST_WORDS = 10_000;
/** Lengths of passages that differ: none has more words than this many. */
const MOST_LENGTHS = 100_000;

interface Counted {
  readonly passages: number;
  readonly meanLength: number;
  readonly having: Map<string, number>;
}

/**
 * Counts passages and words. Below `countedFrom` passages all that share a word are read, so that counts are of this moment; above, the engine
 * counts, and what it said holds until the index is optimized.
 */
export function createWordCounter(requests: Requests, countedFrom: number): WordCounter {
  let counted: { readonly of: string; readonly counts: Promise<Counted> } | undefined;
  const lengths = async (opened: Opened, options: CallOptions | undefined) => {
    const { hits } = await requests.ask(
      (client) => client.facet(opened.collection, { key: 'length', limit: MOST_LENGTHS, exact: true }),
      options,
    );
    const passages = hits.reduce((sum, { count }) => sum + count, 0);
    const words = hits.reduce((sum, { value, count }) => sum + Number(value) * count, 0);
    return { passages, meanLength: words / Math.max(1, passages) };
  };
  const readAll = async (opened: Opened, times: ReadonlyMap<string, number>, options: CallOptions | undefined) => {
    const [all, { passages, meanLength }] = await Promise.all([
      sharing(requests, opened, times, { limit: 2 * countedFrom + 1000, payload: [...ROW, 'terms'], ...options }),
      lengths(opened, options),
    ]);
    // What shares but the number of a word has none of it.
    const rows = all.flatMap(({ payload }): WordRow[] => {
      const row = { ...payload, terms: textHeld(payload.terms) };
      return wordsIn(row.terms).some((word) => times.has(word)) ? [row] : [];
    });
    const having = new Map<string, number>();
    for (const { terms } of rows)
      for (const word of new Set(wordsIn(terms))) if (times.has(word)) having.set(word, (having.get(word) ?? 0) + 1);
    return statisticsOf(times, { passages, meanLength, having }, rows);
  };
  /** Searches that come at once share what is counted, and none stops it for another. */
  const countedNow = async (opened: Opened): Promise<Counted> => {
    const of = `${opened.collection} ${opened.optimized}`;
    if (counted?.of !== of) {
      const counts = lengths(opened, undefined).then((all) => ({ ...all, having: new Map<string, number>() }));
      counted = { of, counts };
      counts.catch(() => {
        counted = undefined;
      });
    }
    return counted.counts;
  };
  return {
    statistics: async (opened, terms, options) => {
      const times = countsOf(terms);
      if (opened.points < countedFrom) return readAll(opened, times, options);
      const { passages, meanLength, having } = await countedNow(opened);
      if (having.size > MOST_WORDS) having.clear();
      // What another search counts or forgets meanwhile is nothing to this one.
      const own = new Map<string, number>();
      await inTurns([...times.keys()], async (word) => {
        const where: QdrantCondition = { key: 'terms', match: { text: heldText(word) } };
        const count = having.get(word) ?? (await countPoints(requests, opened, allOf(where), options));
        // One that is nowhere may be somewhere the next time.
        if (count === 0) return;
        own.set(word, count);
        having.set(word, count);
      });
      return statisticsOf(times, { passages, meanLength, having: own });
    },
    forget: () => {
      counted = undefined;
    },
  };
}

/** Points that share a word with a query, or the number of one, best first as their words were weighed when they were written. */
export async function sharing(
  requests: Requests,
  { collection }: Opened,
  weights: ReadonlyMap<string, number>,
  {
    limit,
    payload,
    where,
    signal,
  }: CallOptions & { readonly limit: number; readonly payload: readonly string[]; readonly where?: QdrantCondition },
) {
  const values = new Map<number, number>();
  for (const [word, weight] of weights) values.set(wordIndex(word), (values.get(wordIndex(word)) ?? 0) + weight);
  const query = { indices: [...values.keys()], values: [...values.values()] };
  const { points } = await requests.ask(
    (client) =>
      client.query(collection, {
        query,
        using: WORDS,
        filter: allOf(where),
        limit,
        with_payload: payload.length === 0 ? false : [...payload],
      }),
    { signal },
  );
  return points.map((point) => ({ point: point.id as string, score: point.score, payload: (point.payload ?? {}) as unknown as Payload }));
}

function statisticsOf(
  times: ReadonlyMap<string, number>,
  { passages, meanLength, having }: Pick<Counted, 'passages' | 'meanLength' | 'having'>,
  rows?: readonly WordRow[],
): WordStatistics {
  // Words may be counted a moment after passages were.
  const most = Math.max(passages, ...[...times.keys()].map((word) => having.get(word) ?? 0));
  const rarities = new Map([...times.keys()].map((word) => [word, rarityOf(having.get(word) ?? 0, most)]));
  return {
    meanLength,
    times,
    rarityOf: (word) => rarities.get(word) as number,
    score: (terms) => {
      const words = wordsIn(terms);
      const counts = new Map<string, number>();
      for (const word of words) if (times.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
      let score = 0;
      // In the order of the query: texts with the same words have the same score to the last bit.
      for (const [word, asked] of times) {
        const count = counts.get(word);
        if (count !== undefined) score += asked * (rarities.get(word) as number) * saturationOf(count, words.length, meanLength);
      }
      return score;
    },
    most: upperBoundOf(
      [...times].flatMap(([word, asked]) => (having.has(word) ? Array<number>(asked).fill(rarities.get(word) as number) : [])),
    ),
    sharing: rows,
  };
}

/** Eight at a time. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const turns = Array.from({ length: 8 }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  });
  await Promise.all(turns);
}
