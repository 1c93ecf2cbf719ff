import { FinetoothError } from '../../errors.ts';
import { checkArguments } from '../../wording/check-options.ts';
import { anyText } from '../../wording/check-shapes.ts';
import { beginEvaluation, type Evaluation, judgmentsCheck, type MeasureOptions, measureChecks } from './evaluation.ts';
import type { Judgments } from './judged-ranking.ts';
import { areMeasures, type Measure } from './measure.ts';
import { readTable, type TableOptions, tableChecks } from './table.ts';

/** A query's lines of a run file. `ranks` where a header names them: they decide between equal scores. */
export interface RunList {
  readonly ids: string[];
  readonly scores: number[];
  readonly ranks?: number[];
}

/**
 * Reads a whole run into memory: TREC's columns, or tabs with a header as BEIR has it, plain or gz.
 *
 * @example
 * import { readRun } from 'finetooth/eval';
 *
 * const run = await readRun('run.trec'); // q1 Q0 a 1 0.9 mine
 * console.log(run.get('q1')?.ids[0], run.get('q1')?.scores[0]); // a 0.9
 */
export async function readRun(path: string, options: TableOptions = {}): Promise<Map<string, RunList>> {
  checkArguments("readRun('run.txt')", { path: [path, anyText], options: [options, tableChecks] });
  const run = new Map<string, RunList>();
  const add = (query: string, id: string, score: string, line: number, rank?: string): boolean => {
    let list = run.get(query);
    if (list === undefined) {
      list = beginList(rank !== undefined);
      run.set(query, list);
    }
    push(list, id, score, rank, () => `${options.where ?? path} line ${line}`);
    return true;
  };
  await readTable(path, 'run', add, options);
  return run;
}

/**
 * Measures a run that lies in a file, plain or gz. One query at a time is in memory when the lines of a query follow each other, as every
 * tool writes them; otherwise the file is read again and held whole.
 *
 * @example
 * import { evaluateFile, parseMeasures, readJudgments } from 'finetooth/eval';
 *
 * const { values } = await evaluateFile('run.trec', await readJudgments('qrels.txt'), parseMeasures('RR@10')); // q1 Q0 a 1 0.9 mine
 * console.log(values[0][0]); // 1
 */
export async function evaluateFile(
  path: string,
  judgments: Judgments,
  measures: readonly Measure[],
  options: MeasureOptions & TableOptions = {},
): Promise<Evaluation> {
  checkArguments("evaluateFile('run.txt', judgments, parseMeasures('nDCG@10'))", {
    path: [path, anyText],
    judgments: [judgments, judgmentsCheck],
    measures: [measures, areMeasures],
    options: [options, { ...measureChecks, ...tableChecks }],
  });
  const { signal, stdin, where } = options;
  const evaluation = beginEvaluation(judgments, measures, options);
  if (await inPieces(path, options, evaluation.add)) return evaluation.end();
  const again = beginEvaluation(judgments, measures, options);
  for (const [query, list] of await readRun(path, { signal, stdin, where })) again.add(query, list);
  return again.end();
}

const beginList = (ranked: boolean): RunList => (ranked ? { ids: [], scores: [], ranks: [] } : { ids: [], scores: [] });

function push(list: RunList, id: string, score: string, rank: string | undefined, where: () => string): void {
  list.ids.push(id);
  const value = Number(score);
  // The common case without the cost of naming the place.
  list.scores.push(score !== '' && value - value === 0 ? value : numberOf(score, 'score', where()));
  if (rank !== undefined) list.ranks?.push(numberOf(rank, 'rank', where()));
}

function numberOf(text: string, what: 'score' | 'rank', where: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    `${where}: the ${what} is "${text}"; a run needs finite numbers. Mend what wrote it: a NaN often comes from an empty text.`,
  );
}

/** Gives each query's lines as one list, while the lines of a query follow each other; false when a query comes back later. */
async function inPieces(path: string, options: TableOptions, give: (query: string, list: RunList) => void): Promise<boolean> {
  const ended = new Set<string>();
  let query: string | undefined;
  let list = beginList(false);
  const take = (of: string, id: string, score: string, line: number, rank?: string): boolean => {
    if (of !== query) {
      if (query !== undefined) give(query, list);
      if (ended.has(of)) return false;
      ended.add(of);
      query = of;
      list = beginList(rank !== undefined);
    }
    push(list, id, score, rank, () => `${options.where ?? path} line ${line}`);
    return true;
  };
  let whole = true;
  await readTable(path, 'run', (...row) => (whole = take(...row)), options);
  if (whole && query !== undefined) give(query, list);
  return whole;
}
