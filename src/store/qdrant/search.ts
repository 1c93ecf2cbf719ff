import { topWithTies } from '../../math/near-ties.ts';
import { sparseScorer } from '../../math/sparse.ts';
import { topK } from '../../math/top-k.ts';
import { cosine } from '../../math/vectors.ts';
import type { CallOptions, PassagePlace, SparseVector } from '../../types.ts';
import { bestOfEach, type PassageRow } from '../best-passages.ts';
import type { SearchedBy } from '../store.ts';
import type { Opened } from './collection.ts';
import { allOf, type QdrantCondition } from './filter.ts';
import { pointId, textHeld } from './names.ts';
import { bytesIn, type Payload, placeIn, SPARSE, sparseOf, VECTOR } from './points.ts';
import { type PayloadField, retrieve } from './reading.ts';
import type { Requests } from './requests.ts';
import { ROW, sharing, type WordCounter, type WordStatistics } from './words.ts';

/** A document that was found by its best passage. */
export interface FoundRow extends PassageRow {
  readonly place: PassagePlace | undefined;
  /** Passages of the document. */
  readonly of: number;
  /** What was brought with it, where anything was. */
  readonly payload?: Payload;
}

export interface RowQuery extends CallOptions {
  readonly limit: number;
  readonly where: QdrantCondition | undefined;
  readonly exact: boolean;
  /** What is wanted of what is found, and comes with it where that saves a request. */
  readonly bring: readonly PayloadField[];
}

export interface Searching {
  readonly requests: Requests;
  readonly words: WordCounter;
  /** Points from which the approximate index is asked. */
  readonly approximateFrom: number;
  readonly ef: number;
}

/** Points asked for beyond those wanted: most ties at the cut end within them, so that one request is enough. */
const SPARE = 8;
/** How many times more are asked for while a tie goes on, or one document takes the places of others. */
const MORE = 4;
/** Up to so many points bring at once what is wanted of those that are found. */
const MANY = 500;
/** A cosine in single precision is off by at most a tenth of this (seen: 1e-7). */
const NOISE = 1e-6;
/** So is a sum of weights, by at most this share. */
const SUM_NOISE = 1e-5;
/** Candidates that are scored again by the originals, for each one wanted, where vectors are kept in 8 bits. */
const OVERSAMPLING = 2;

/** The best documents of a restriction, each by its best passage, in the one total order. */
export function findBest(searching: Searching, opened: Opened, asked: SearchedBy, query: RowQuery): Promise<readonly FoundRow[]> {
  if ('sparse' in asked) return bestBySparse(searching, opened, asked.sparse, query);
  return 'vector' in asked ? nearest(searching, opened, asked.vector, query) : bestByWords(searching, opened, asked.terms, query);
}

/** By the weights of tokens. Qdrant adds them up in single precision: candidates are scored again, and more come until no other can be among the best. */
async function bestBySparse({ requests }: Searching, { collection }: Opened, vector: SparseVector, query: RowQuery): Promise<FoundRow[]> {
  const { limit: count, where, signal } = query;
  const score = sparseScorer(vector);
  for (let limit = count + SPARE; ; limit *= MORE) {
    const { points } = await requests.ask(
      (client) =>
        client.query(collection, {
          query: sparseOf(vector),
          using: SPARSE,
          filter: allOf(where),
          limit,
          with_payload: [...ROW, 'sparse', ...broughtBy(query, limit)],
        }),
      { signal },
    );
    const rows = points.flatMap(({ payload: held }): FoundRow[] => {
      const payload = held as unknown as Payload;
      const sum = score(bytesIn(payload.sparse) ?? new Uint8Array());
      return sum === undefined ? [] : [{ ...rowOf(payload), payload, score: sum }];
    });
    const best = topK(bestOfEach(rows), count);
    if (points.length < limit) return best;
    // No passage that did not come scores more than this.
    const rest = (points.at(-1)?.score ?? 0) * (1 + SUM_NOISE);
    if (best.length === count && (best.at(-1)?.score ?? 0) > rest) return best;
  }
}

/** By BM25 with the counts of now: candidates come by the weights that their words were written with. */
async function bestByWords({ requests, words }: Searching, opened: Opened, terms: readonly string[], query: RowQuery): Promise<FoundRow[]> {
  const { limit: count, where, signal } = query;
  const statistics = await words.statistics(opened, terms, { signal });
  if (statistics.sharing !== undefined) return bestOfAll(requests, opened, statistics, query);
  const weights = new Map([...statistics.times].map(([word, times]) => [word, times * statistics.rarityOf(word)]));
  const most = reach(statistics, opened);
  for (let limit = count + SPARE; ; limit *= MORE) {
    const payload = [...ROW, 'terms', ...broughtBy(query, limit)];
    const points = await sharing(requests, opened, weights, { limit, where, payload, signal });
    const rows = points.map((point) => ({
      ...rowOf(point.payload),
      payload: point.payload,
      score: statistics.score(textHeld(point.payload.terms)),
    }));
    // What shares but the number of a word has none of it.
    const found = bestOfEach(rows.filter(({ score }) => score > 0));
    if (points.length < limit) return topWithTies(found, count);
    // No passage that did not come scores more than this.
    const rest = (points.at(-1)?.score ?? 0) * most;
    const last = found.length < count ? 0 : (topK(found, count).at(-1)?.score ?? 0);
    if (last * (1 - 2 * NOISE) > rest) return topWithTies(found, count);
  }
}

async function bestOfAll(
  requests: Requests,
  opened: Opened,
  statistics: WordStatistics,
  { limit, where, signal }: RowQuery,
): Promise<FoundRow[]> {
  const rows = statistics.sharing as NonNullable<WordStatistics['sharing']>;
  const fitting =
    where === undefined
      ? undefined
      : new Set(
          (await sharing(requests, opened, statistics.times, { limit: rows.length * 2 + 1000, where, payload: [], signal })).map(
            ({ point }) => point,
          ),
        );
  const some = rows.map((row) => ({ ...rowOf(row), score: statistics.score(row.terms) }));
  const left = fitting === undefined ? some : some.filter(({ id, at }) => fitting.has(pointId(id, at)));
  return topWithTies(bestOfEach(left), limit);
}

/**
 * How many times its weight of when it was written a word can weigh now. Of a passage of any length that is between 1 and the quotient of the mean
 * lengths of now and then: the part of BM25 that holds the length is least 0 and grows with their inverse.
 */
const reach = ({ meanLength }: WordStatistics, { means }: Opened): number =>
  Math.max(1, ...means.map((mean) => meanLength / (mean / 100))) * (1 + SUM_NOISE);

/** By cosine. Qdrant's are of single precision, so that near ties are compared again; a tie that goes on past the cut is read to its end. */
async function nearest(searching: Searching, opened: Opened, vector: Float32Array, query: RowQuery): Promise<FoundRow[]> {
  const { requests, approximateFrom } = searching;
  const { limit: count, signal } = query;
  let isExact = query.exact || opened.points < approximateFrom;
  for (let limit = count + SPARE; ; ) {
    const points = await nearestPoints(searching, opened, vector, { ...query, limit, isExact });
    // An approximate index may reach fewer than there are.
    if (points.length < limit && !isExact) {
      isExact = true;
      continue;
    }
    const rows = await withNearTies(requests, opened, vector, points, signal);
    const found = bestOfEach(rows);
    const best = topK(found, count);
    if (points.length < limit) return best;
    const isWhole = best.length === count && (best.at(-1)?.score ?? 0) > (points.at(-1)?.score ?? 0) + NOISE;
    if (isWhole) return best;
    // Of a tie an approximate index may bring a part only.
    isExact ||= best.length === count;
    limit *= MORE;
  }
}

async function nearestPoints(
  { requests, ef }: Searching,
  { collection, info }: Opened,
  vector: Float32Array,
  query: RowQuery & { readonly isExact: boolean },
): Promise<readonly { readonly score: number; readonly payload: Payload }[]> {
  const { limit, where, isExact, signal } = query;
  const isQuantized = JSON.stringify(info.config.params.vectors).includes('"scalar"');
  const params = {
    exact: isExact,
    hnsw_ef: Math.max(ef, limit),
    // The graph has no links for what fits alone: it is followed through the others.
    ...(where !== undefined && { acorn: { enable: true, max_selectivity: 1 } }),
    ...(isQuantized && { quantization: { rescore: true, oversampling: OVERSAMPLING } }),
  };
  const { points } = await requests.ask(
    (client) =>
      client.query(collection, {
        query: [...vector],
        using: VECTOR,
        filter: allOf(where),
        params,
        limit,
        with_payload: [...ROW, ...broughtBy(query, limit)],
      }),
    { signal },
  );
  return points.map(({ score, payload }) => ({ score, payload: payload as unknown as Payload }));
}

/** Where cosines differ by no more than they may be off, those of the vectors themselves. */
async function withNearTies(
  requests: Requests,
  opened: Opened,
  vector: Float32Array,
  points: readonly { readonly score: number; readonly payload: Payload }[],
  signal: AbortSignal | undefined,
): Promise<readonly FoundRow[]> {
  const scored = points.map(({ score, payload }) => ({ ...rowOf(payload), payload, score: Math.min(1, Math.max(-1, score)) }));
  const near = scored.filter(({ score }, at) =>
    [scored[at - 1], scored[at + 1]].some((other) => other !== undefined && Math.abs(other.score - score) <= NOISE),
  );
  const ids = near.map(({ id, at }) => pointId(id, at));
  const read = await retrieve(requests, opened, ids, { payload: ['id', 'at'], vector: true, signal });
  const cosines = new Map(
    read.map(({ payload, vector: own }) => [`${payload.at} ${textHeld(payload.id)}`, own === undefined ? undefined : cosine(vector, own)]),
  );
  return scored.map((row) => ({ ...row, score: cosines.get(`${row.at} ${row.id}`) ?? row.score }));
}

/** A tie may be long: its documents are read afterwards. */
const broughtBy = ({ bring }: RowQuery, limit: number): readonly PayloadField[] => (limit <= MANY ? bring : []);

function rowOf({ id, at, of, place }: Pick<Payload, 'id' | 'at' | 'of' | 'place'>) {
  return { id: textHeld(id), at, of, place: placeIn({ place }) };
}
