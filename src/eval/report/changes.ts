import type { Evaluation } from '../measures/evaluation.ts';
import type { JudgedRanking } from '../measures/judged-ranking.ts';
import type { Move, QueryChange } from './report.ts';

/** Queries in each of the two lists, and documents in each query. */
const SHOWN = 10;
const MOVED = 5;

/** The queries that gained most and those that lost most, with the judged documents that moved. */
export function changesBetween(
  before: Evaluation,
  after: Evaluation,
  measure: number,
  judgments: ReadonlyMap<string, ReadonlyMap<string, number>>,
  textOf: (query: string) => string | undefined,
): { readonly helped: readonly QueryChange[]; readonly hurt: readonly QueryChange[] } {
  const [was, is] = [before.values[measure] as Float64Array, after.values[measure] as Float64Array];
  const order = before.queries
    .map((query, at) => ({ query, at, difference: (is[at] as number) - (was[at] as number) }))
    .sort((a, b) => b.difference - a.difference || a.at - b.at);
  const change = ({ query, at }: { readonly query: string; readonly at: number }): QueryChange => {
    const text = textOf(query);
    return {
      query,
      text,
      before: was[at] as number,
      after: is[at] as number,
      moved: movesBetween(
        before.rankings[at] as JudgedRanking,
        after.rankings[at] as JudgedRanking,
        judgments.get(query) as ReadonlyMap<string, number>,
      ),
    };
  };
  return {
    helped: order
      .filter(({ difference }) => difference > 0)
      .slice(0, SHOWN)
      .map(change),
    hurt: order
      .filter(({ difference }) => difference < 0)
      .reverse()
      .slice(0, SHOWN)
      .map(change),
  };
}

function movesBetween(before: JudgedRanking, after: JudgedRanking, grades: ReadonlyMap<string, number>): Move[] {
  const [from, to] = [ranksOf(before), ranksOf(after)];
  return [...grades]
    .map(([id, grade], which) => ({ id, grade, from: from.get(which), to: to.get(which) }))
    .filter((move) => move.from !== move.to)
    .map((move) => ({ ...move, weight: Math.abs(worth(move.grade, move.to) - worth(move.grade, move.from)) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOVED)
    .map(({ id, grade, from: was, to: is }) => ({
      id,
      grade,
      from: was === undefined ? undefined : was + 1,
      to: is === undefined ? undefined : is + 1,
    }));
}

const ranksOf = ({ which, ranks }: JudgedRanking): ReadonlyMap<number, number> =>
  new Map(Array.from(which, (one, at) => [one, ranks[at] as number]));

/** What a document's place is worth to nDCG: enough to tell which moves made the difference, whatever the measure. */
const worth = (grade: number, rank: number | undefined): number => (rank === undefined ? 0 : Math.max(0, grade) / Math.log2(rank + 2));
