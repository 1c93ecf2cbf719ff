import { type JudgmentChange, type JudgmentSet, readJudgmentFile, withJudgmentFile } from '../eval/judgment-file.ts';
import { queryIdOf } from '../eval/label/queries.ts';
import type { CallOptions } from '../types.ts';
import { checkGrade } from './label.ts';

/** A judgment as someone gives it: of a query by its words. */
export interface Judgment {
  readonly query: string;
  /** Of the document. */
  readonly id: string;
  /** From 0, not relevant, to 3; null takes it back. */
  readonly grade: number | null;
  /**
   * Grades that it may replace, null for none: those which its giver knew of. Where another one is there, someone gave that meanwhile, and it stays.
   * @default any
   */
  readonly was?: readonly (number | null)[];
}

/** All that is there, and the judgments that were not made, since another grade than those of `was` is there. */
export interface MergedJudgments extends JudgmentSet {
  readonly passedOver: readonly Judgment[];
}

/** What is in a folder of judgments; nothing where there is no such folder. Waits for no one. Throws E_INPUT_FORMAT, E_USAGE. */
export const readJudgmentsIn = (folder: string, { signal }: CallOptions = {}): Promise<JudgmentSet> => readJudgmentFile(folder, signal);

/**
 * Adds judgments to those of a folder, changes those that are there, and takes back those of null: all of them but those that `was` forbids, or none.
 * Others may do so at the same time, in this process and in others. What has resolved is on the disk. A query that was judged before keeps its id.
 *
 * @returns all that is there afterwards, and what was passed over
 * @throws E_LOCKED while `finetooth label` judges into that folder, E_INPUT_FORMAT, E_USAGE, E_DISK_FULL, E_STOPPED
 */
export async function mergeJudgments(folder: string, given: readonly Judgment[], { signal }: CallOptions = {}): Promise<MergedJudgments> {
  for (const { grade } of given) if (grade !== null) checkGrade(grade);
  return withJudgmentFile(folder, signal, async (file) => {
    const { judgments } = file.all();
    const passedOver: Judgment[] = [];
    const changes = given.flatMap((one): JudgmentChange[] => {
      const { id, grade, was } = one;
      const text = one.query.trim();
      const query = { id: file.idOf(text) ?? queryIdOf(text), text };
      const there = judgments.get(query.id)?.get(id) ?? null;
      // The same grade again is no conflict: the answer to who gave it may have been lost.
      if (was === undefined || there === grade || was.includes(there)) return [{ query, id, grade }];
      passedOver.push(one);
      return [];
    });
    await file.merge(changes);
    return { ...file.all(), passedOver };
  });
}
