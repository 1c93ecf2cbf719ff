import type { FullTextQuery, Table } from '@lancedb/lancedb';
import { topK } from '../../math/top-k.ts';
import { bestOfEach, type PassageRow } from '../best-passages.ts';
import type { LanceLibraries } from './library.ts';
import { learnRarities } from './rarities.ts';
import type { WordIndex } from './word-index.ts';
import { wordScorer } from './word-scores.ts';
import { wordQuery } from './words.ts';

/** LanceDB goes through so many documents in the time in which one candidate is read and scored here. */
const PER_CANDIDATE = 50;
/** How many times more candidates are asked for, or a power of it, while one that did not come may be among the best. */
const MORE = 4;
/** Beyond so often a word counts, all that has one is gone through. */
const MOST_TIMES = 6;
/** A score in single precision is off by at most this share of it, and those that are as near to each other are ties. */
const NOISE = 3e-6;

interface Asked {
  readonly terms: readonly string[];
  /** How often each of them is asked. */
  readonly times: ReadonlyMap<string, number>;
  readonly built: WordIndex;
  /** Documents that are wanted, and rows that are asked for first. */
  readonly count: number;
  readonly first: number;
}

/**
 * The rows among which the best of a query are that asks some words several times. LanceDB weighs words only by going through every row that has one of them, which takes
 * a second in a million; asked once each it skips most. So the query is taken apart: all words once, those that are asked twice or more once, and so on. What
 * is not among the best of any part scores at most the sum of what these end with (Fagin, Lotem and Naor 2003, https://doi.org/10.1016/S0022-0000(03)00026-6): more come
 * until that is less than the best have. Nothing where it takes too many; `ask` brings rows with their words, of a query and of a limit.
 */
export async function rowsOfRepeated<Row extends PassageRow & { readonly terms?: string }>(
  libraries: LanceLibraries,
  table: Table,
  { terms, times, built, count, first }: Asked,
  ask: (query: FullTextQuery, limit: number) => Promise<readonly Row[]>,
): Promise<readonly Row[] | undefined> {
  const most = Math.max(...times.values());
  if (most > MOST_TIMES) return undefined;
  const parts = Array.from(
    { length: most },
    (_, at) => new Map([...times].flatMap(([term, asked]) => (asked > at ? [[term, 1] as const] : []))),
  );
  const mostCandidates = Math.max(first, built.documents / PER_CANDIDATE / parts.length);
  // What is asked for is in the index, and has no word that came later.
  const whole = { ...built, hasUnindexed: false };
  let before: number | undefined;
  for (let limit = first; limit <= mostCandidates; ) {
    const found = await Promise.all(parts.map((part) => ask(wordQuery(libraries, part), limit)));
    for (const [at, part] of parts.entries()) learnRarities(found[at] as readonly Row[], part, built);
    const { score } = await wordScorer(libraries, table, terms, whole);
    const rows = new Map(found.flat().map((row) => [`${row.at} ${row.id}`, row]));
    const scored = [...rows.values()].map((row) => ({ ...row, score: score(row.terms as string) }));
    if ((found[0]?.length ?? 0) < limit) return scored;
    const rest = found.reduce((sum, some) => sum + leastOf(some, limit), 0);
    const best = topK(bestOfEach(scored), count);
    const missing = rest - (best.length === count ? (best.at(-1)?.score ?? 0) * (1 - NOISE) : 0);
    if (missing < 0) return scored;
    // It falls about as far with each step.
    limit *= MORE ** (before === undefined ? 1 : Math.max(1, Math.ceil(missing / (before - rest))));
    before = rest;
  }
  return undefined;
}

/** What a row scores at most that is not among these: nothing where all came. */
const leastOf = (rows: readonly PassageRow[], limit: number): number =>
  rows.length < limit ? 0 : rows.reduce((least, { score }) => Math.min(least, score), Number.POSITIVE_INFINITY);
