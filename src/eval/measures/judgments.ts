import { FinetoothError } from '../../errors.ts';
import { checkArguments } from '../../wording/check-options.ts';
import { anyText } from '../../wording/check-shapes.ts';
import { hasRelevant, type Judgments } from './judged-ranking.ts';
import { readTable, type TableOptions, tableChecks } from './table.ts';

/**
 * Reads judgments (qrels), TREC's columns or BEIR's, plain or gz. Two judgments of one pair are E_DUPLICATE_ID.
 *
 * @example
 * import { readJudgments } from 'finetooth/eval';
 *
 * const judgments = await readJudgments('qrels.txt'); // q1 0 a 1
 * console.log(judgments.get('q1')?.get('a')); // 1
 */
export async function readJudgments(path: string, options: TableOptions = {}): Promise<Map<string, Map<string, number>>> {
  checkArguments("readJudgments('qrels.tsv')", { path: [path, anyText], options: [options, tableChecks] });
  const judgments = new Map<string, Map<string, number>>();
  const name = options.where ?? path;
  const add = (query: string, id: string, text: string, line: number): boolean => {
    const grade = gradeOf(text, `${name} line ${line}`);
    let grades = judgments.get(query);
    if (grades === undefined) judgments.set(query, (grades = new Map()));
    const before = grades.get(id);
    if (before !== undefined)
      throw new FinetoothError(
        'E_DUPLICATE_ID',
        `${name} line ${line} judges query "${query}" and document "${id}" a second time (${before === grade ? `both times ${grade}` : `${before} before, ${grade} now`}). Keep one of the lines.`,
      );
    grades.set(id, grade);
    return true;
  };
  await readTable(path, 'judgments', add, options);
  return judgments;
}

/** Throws E_JUDGMENTS when nothing can be measured with them. */
export function checkJudgments(judgments: Judgments, name: string): void {
  let pairs = 0;
  for (const grades of judgments.values()) {
    if (hasRelevant(grades.values())) return;
    pairs += grades.size;
  }
  throw new FinetoothError(
    'E_JUDGMENTS',
    `${name}: none of its ${pairs} judgments says relevant (a grade of 1 or more), so every measure would be 0. Check that the last column is the grade.`,
  );
}

function gradeOf(text: string, where: string): number {
  const grade = Number(text);
  if (text.trim() === '' || !Number.isInteger(grade) || Math.abs(grade) > 1e9)
    throw new FinetoothError('E_INPUT_FORMAT', `${where}: the grade is "${text}"; a grade is a whole number, 0 for not relevant.`);
  return grade;
}
