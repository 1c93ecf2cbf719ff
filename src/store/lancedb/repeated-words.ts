import type { FullTextQuery, Table } from '@lancedb/lancedb';
import { topK } from '../../math/top-k.ts';
import { bestOfEach, type PassageRow } from '../best-passages.ts';
import { upperBoundOf } from '../bm25.ts';
import type { LanceLibraries } from './library.ts';
import { learnRarities, raritiesOf } from './rarities.ts';
import type { WordIndex } from './word-index.ts';
import { wordScorer } from './word-scores.ts';
import { wordQuery } from './words.ts';

/** LanceDB goes through so many documents in the time in which one candidate is read and scored here. */
const PER_CANDIDATE = 100;
/** How many times more candidates are asked for, or a power of it, while one that did not come may be among the best. */
const MORE = 4;
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
 * a second in a million; asked once each it skips most. So its best by that are scored here, and more come until what the repeated words could add
 * lifts no other among them. Nothing where that takes too many; `ask` brings rows with their words, of a query and of a limit.
 */
export async function rowsOfRepeated<Row extends PassageRow & { readonly terms?: string }>(
  libraries: LanceLibraries,
  table: Table,
  { terms, times, built, count, first }: Asked,
  ask: (query: FullTextQuery, limit: number) => Promise<readonly Row[]>,
): Promise<readonly Row[] | undefined> {
  const once = new Map([...times.keys()].map((term) => [term, 1]));
  const query = wordQuery(libraries, once);
  const mostCandidates = Math.max(first, built.documents / PER_CANDIDATE);
  let before: number | undefined;
  for (let limit = first; limit <= mostCandidates; ) {
    const rows = await ask(query, limit);
    learnRarities(rows, once, built);
    const { score } = await wordScorer(libraries, table, terms, built);
    const scored = rows.map((row) => ({ ...row, score: score(row.terms as string) }));
    if (rows.length < limit) return scored;
    const best = topK(bestOfEach(scored), count);
    const rarities = await raritiesOf(libraries, table, [...times.keys()], built);
    const further = [...times].flatMap(([term, asked]) => Array.from({ length: asked - 1 }, () => rarities.get(term) as number));
    const rest = rows.reduce((least, row) => Math.min(least, row.score), Number.POSITIVE_INFINITY) + upperBoundOf(further);
    const missing = rest - (best.length === count ? (best.at(-1)?.score ?? 0) * (1 - NOISE) : 0);
    if (missing < 0) return scored;
    // It falls about as far with each step.
    limit *= MORE ** (before === undefined ? 1 : Math.max(1, Math.ceil(missing / (before - rest))));
    before = rest;
  }
  return undefined;
}
