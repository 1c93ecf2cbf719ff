import { checkArguments, type OptionChecks, readOf, shown, truth, type ValueCheck, whole } from '../../wording/check-options.ts';
import { anyText, mapOf } from '../../wording/check-shapes.ts';
import {
  createJudge,
  firstOf,
  type Grades,
  hasRelevant,
  type JudgedRanking,
  type Judgments,
  type RankedList,
  type RankedRun,
} from './judged-ranking.ts';
import { areMeasures, type Measure, parseMeasure } from './measure.ts';
import { measureOf } from './measures.ts';

/** Every measure of every judged query. One denominator: a query that the run does not have counts as an empty ranking. */
export interface Evaluation {
  /** [query] In the order of the judgments. */
  readonly queries: readonly string[];
  readonly measures: readonly Measure[];
  /** [measure][query] */
  readonly values: readonly Float64Array[];
  /** [query] What the values were made from. */
  readonly rankings: readonly JudgedRanking[];
  /** [query] The first ids of each ranking, as many as were asked for. */
  readonly heads: readonly (readonly string[])[];
  /** Judged queries that the run has. */
  readonly ranked: number;
  /** Ranked queries that no one judged; they are not in the figures. */
  readonly unjudgedQueries: number;
  /** Queries whose list was not in the order of its scores. */
  readonly unsorted: number;
  /** Judged queries without a relevant document: in the figures with 0, or left out when they were dropped. */
  readonly withoutRelevant: number;
}

export interface MeasureOptions {
  /** Leave out judged queries that have no relevant document, instead of counting them as 0. @default false */
  readonly dropEmpty?: boolean;
  /** Ids that are kept of the head of each ranking. @default 0 */
  readonly heads?: number;
}

export const measureChecks: OptionChecks<MeasureOptions> = { dropEmpty: truth, heads: whole(0, 1_000_000_000) };
export const judgmentsCheck: ValueCheck = mapOf('a Map of Maps: grades by query id, then document id, as readJudgments gives them');
const runCheck: ValueCheck = mapOf('a Map of rankings by query id, as readRun gives them');

/** Takes rankings one query at a time, in any order, and keeps of each only where its judged documents stand. */
export function beginEvaluation(judgments: Judgments, measures: readonly Measure[], options: MeasureOptions = {}) {
  const places = new Map<string, number>();
  const queries: string[] = [];
  let withoutRelevant = 0;
  for (const [query, grades] of judgments) {
    const empty = readOf(`the grades of query ${shown(query)}`, () => !hasRelevant(grades.values()));
    if (empty) withoutRelevant++;
    if (empty && options.dropEmpty) continue;
    places.set(query, queries.length);
    queries.push(query);
  }
  const judge = createJudge();
  const gradesOf = (query: string): Grades => judgments.get(query) as Grades;
  const judged = (query: string, list: RankedList): JudgedRanking =>
    readOf(`the ranking of query ${shown(query)}, or its judgments,`, () => judge(query, list, gradesOf(query)));
  const rankings: JudgedRanking[] = queries.map((query) => judged(query, []));
  const { heads: kept = 0 } = options;
  const heads: (readonly string[])[] = queries.map(() => []);
  let [ranked, unjudgedQueries] = [0, 0];
  return {
    /** Whether the figures need this query. */
    wants: (query: string): boolean => places.has(query),
    add: (query: string, list: RankedList): void => {
      const place = places.get(query);
      if (place === undefined) {
        if (!judgments.has(query)) unjudgedQueries++;
        return;
      }
      rankings[place] = judged(query, list);
      if (kept > 0) heads[place] = firstOf(query, list, kept);
      ranked++;
    },
    end: (): Evaluation => {
      const values = measures.map((measure) => Float64Array.from(rankings, (ranking) => measureOf(ranking, measure)));
      return { queries, measures, values, rankings, heads, ranked, unjudgedQueries, unsorted: judge.unsorted(), withoutRelevant };
    },
  };
}

/**
 * Measures a run that is in memory. Throws E_DUPLICATE_ID for a document that stands twice, E_INPUT_FORMAT for a score that is not finite.
 *
 * @example
 * import { evaluateRun, parseMeasures } from 'finetooth/eval';
 *
 * const judgments = new Map([['q1', new Map([['a', 1]])], ['q2', new Map([['b', 1]])]]);
 * const run = new Map([['q1', [{ id: 'b', score: 2 }, { id: 'a', score: 1 }]]]); // nothing for q2
 * const { queries, values } = evaluateRun(run, judgments, parseMeasures('RR@10,P@1'));
 * console.log(queries.join(' '), [...values[0]].join(' ')); // q1 q2 0.5 0
 */
export function evaluateRun(run: RankedRun, judgments: Judgments, measures: readonly Measure[], options: MeasureOptions = {}): Evaluation {
  checkArguments("evaluateRun(run, judgments, parseMeasures('nDCG@10'))", {
    run: [run, runCheck],
    judgments: [judgments, judgmentsCheck],
    measures: [measures, areMeasures],
    options: [options, measureChecks],
  });
  const evaluation = beginEvaluation(judgments, measures, options);
  readOf('the run of evaluateRun', () => {
    for (const [query, list] of run) evaluation.add(query, list);
  });
  return evaluation.end();
}

/**
 * The mean of one measure over all judged queries, 0 to 1; 0 without any. @default nDCG@10
 *
 * @example
 * import { meanOf } from 'finetooth/eval';
 *
 * const judgments = new Map([['q1', new Map([['a', 1]])], ['q2', new Map([['b', 1]])]]);
 * console.log(meanOf(new Map([['q1', [{ id: 'a', score: 2 }]]]), judgments, 'RR@10')); // 0.5
 */
export function meanOf(run: RankedRun, judgments: Judgments, measure = 'nDCG@10', options: MeasureOptions = {}): number {
  checkArguments("meanOf(run, judgments, 'nDCG@10')", {
    run: [run, runCheck],
    judgments: [judgments, judgmentsCheck],
    measure: [measure, anyText],
    options: [options, measureChecks],
  });
  const [values] = evaluateRun(run, judgments, [parseMeasure(measure)], options).values as [Float64Array];
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
