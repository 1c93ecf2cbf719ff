import type { ModelOptions } from '../assemble/model-options.ts';
import { modelChecks } from '../assemble/model-options.ts';
import { openIndex } from '../assemble/open-index.ts';
import { FinetoothError } from '../errors.ts';
import { type JudgmentFile, withJudgmentFile } from '../eval/judgment-file.ts';
import { checkTableId, type LabelQuery, queryIdOf, readLabelQueries } from '../eval/label/queries.ts';
import {
  countsOf,
  inJudgingOrder,
  type LabelCandidate,
  newSession,
  type OnScreen,
  onScreen,
  pastQuery,
  type Session,
  type Task,
  withoutLastStep,
  withStep,
  withTask,
} from '../eval/label/session.ts';
import type { SearchOptions } from '../search/options.ts';
import { plan } from '../search/plan.ts';
import { search } from '../search/search.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { CallOptions, Document } from '../types.ts';
import { callback, checkOptions, needed, type OptionChecks, path, signal as signalCheck, text, whole } from '../wording/check-options.ts';
import { counted, grouped } from '../wording/numbers.ts';
import { judgmentsBeside } from './judgments-beside.ts';

/**
 * What the grades of a judgment are called; the place is the grade.
 *
 * @example
 * import { gradeNames } from 'finetooth/tasks';
 *
 * console.log(gradeNames[3]); // exactly
 */
export const gradeNames = ['not', 'a little', 'mostly', 'exactly'] as const;

/** A grade, or what is done instead of judging. */
export type Decision = number | 'skip' | 'undo' | 'next query' | 'end';

export interface Shown extends OnScreen {
  /** Judgments in all. */
  readonly judged: number;
  /** What the last decision brought about, a sentence; '' where it speaks for itself. */
  readonly note: string;
}

/** Who judges: a person at a terminal, a page, a model. Asked for one thing at a time; whenever it is, all judgments are on the disk. */
export interface Judge {
  decide(shown: Shown): Promise<Decision>;
  /** Nothing is left: of the query that was typed, or of all that were listed. 'undo' takes the last decision back. */
  pause(): Promise<'undo' | 'next query' | 'end'>;
  /** Another query, asked for where none are listed; nothing ends the session. */
  query(): Promise<string | undefined>;
  /** Called at the end, whatever ended it. */
  close?(): void;
}

export interface LabelOptions extends CallOptions {
  /** The index whose documents are judged. */
  readonly in: string;
  /** A file of queries; see docs/evaluation.md. @default the judge is asked for them */
  readonly queries?: string;
  /** The folder of the judgments, made where there is none. @default the index's, with `-judgments` behind it */
  readonly judgments?: string;
  /** Documents of each list that are judged for a query, 1 to 1,000. @default 10 */
  readonly depth?: number;
  readonly embedder?: string;
  readonly models?: ModelOptions;
  /** Called once, when the judgments are open. `textFields`: those of a document to be shown first. */
  readonly judge: (session: { readonly textFields: readonly string[]; readonly signal: AbortSignal }) => Judge;
  /** What the person should know, a sentence each. */
  readonly onNote?: (sentence: string) => void;
  /** What is waited for; '' when it is there. */
  readonly onWait?: (what: string) => void;
}

const labelChecks: OptionChecks<LabelOptions> = {
  in: needed(path),
  queries: text,
  judgments: path,
  depth: whole(1, 1000),
  embedder: text,
  models: modelChecks,
  judge: callback,
  onNote: callback,
  onWait: callback,
  signal: signalCheck,
};

export interface LabelReport {
  /** Queries with a judgment, judgments and skips of this session alone. */
  readonly queries: number;
  readonly judged: number;
  readonly skipped: number;
  /** The folder, and the file of judgments in it. */
  readonly into: string;
  readonly qrels: string;
}

/**
 * Has what searches find judged, as test data for `evaluate`: the first `depth` by words, by vectors and reranked, each once, in an order that tells
 * nothing of who found it. Every judgment is on the disk before the next document is shown; another call goes on where the last one stopped.
 *
 * @example
 * import { label } from 'finetooth/tasks';
 *
 * const { judged, qrels } = await label({
 *   in: './movies',
 *   queries: 'queries.txt',
 *   judge: () => ({
 *     decide: async ({ candidate }) => (candidate.document.year === 1975 ? 3 : 0), // a person, a page, a model
 *     pause: async () => 'end',
 *     query: async () => undefined,
 *   }),
 * });
 * console.log(judged, qrels);
 *
 * @throws E_LOCKED while another session judges into that folder, E_DUPLICATE_ID, E_INPUT_FORMAT, E_DISK_FULL, E_STOPPED, and what `openIndex` throws
 */
export async function label(options: LabelOptions): Promise<LabelReport> {
  checkOptions('label', options, labelChecks);
  const { in: folder, embedder, models, signal, onNote, onWait } = options;
  const into = options.judgments ?? judgmentsBeside(folder);
  const listed = options.queries === undefined ? undefined : await readLabelQueries(options.queries, { signal });
  await using index = await openIndex(folder, { embedder, models });
  onWait?.(`opening ${into}; after a kill this takes a few seconds`);
  const session = await withJudgmentFile(into, signal, async (file, held) => {
    onWait?.('');
    for (const note of file.notes) onNote?.(note);
    onNote?.(`Judgments are kept in ${into} (${grouped(file.count())} so far).`);
    const judge = options.judge({ textFields: index.manifest()?.fields ?? [], signal: held });
    const tasks = tasksOf(queriesOf(listed, file, judge), file, index, { ...options, signal: held });
    try {
      return await judgeAll(tasks, judge, file, listed === undefined);
    } catch (error) {
      if (file.count() > 0) onNote?.(`What was judged is kept: ${counted(file.count(), 'judgment')} in ${into}.`);
      throw error;
    } finally {
      judge.close?.();
    }
  });
  return { ...countsOf(session), into, qrels: `${into}/qrels.tsv` };
}

/** The same grade. Throws E_USAGE for what is none. */
export function checkGrade(grade: number): number {
  if (gradeNames[grade] !== undefined) return grade;
  throw new FinetoothError('E_USAGE', `a grade is a whole number from 0 to ${gradeNames.length - 1}; got ${grade}.`);
}

/** Of each query the candidates that are not judged yet. */
async function* tasksOf(
  queries: AsyncIterable<LabelQuery>,
  file: JudgmentFile,
  index: SearchIndex,
  { depth = 10, signal, onNote, onWait }: LabelOptions,
): AsyncGenerator<Task> {
  for await (const query of queries) {
    file.check(query);
    onWait?.(`searching: ${query.text}`);
    const pool = await poolOf(index, query.text, depth, signal);
    onWait?.('');
    for (const { id } of pool) checkTableId(id, 'a document of the index');
    const left = pool.filter(({ id }) => !file.has(query.id, id));
    if (left.length > 0) yield { query, candidates: inJudgingOrder(query.id, left), before: pool.length - left.length };
    else onNote?.(pool.length === 0 ? `Nothing was found for "${query.text}".` : `All judged already: "${query.text}".`);
  }
}

/** Queries of a list, or those that the judge thinks of. */
async function* queriesOf(listed: ReadonlyMap<string, string> | undefined, file: JudgmentFile, judge: Judge): AsyncGenerator<LabelQuery> {
  for (const [id, text] of listed ?? []) yield { id, text };
  while (listed === undefined) {
    const text = (await judge.query())?.trim() ?? '';
    if (text === '') return;
    yield { id: file.idOf(text) ?? queryIdOf(text), text };
  }
}

/** `pauses`: after each query, not only after the last, so that its last judgment can be taken back before another is asked for. */
async function judgeAll(tasks: AsyncIterator<Task>, judge: Judge, file: JudgmentFile, pauses: boolean): Promise<Session> {
  let session = newSession;
  let note = '';
  /** The last decision was about a candidate, so that "undo" is a likely next one. */
  let stepped = false;

  const takeBack = async (): Promise<void> => {
    const last = session.steps.at(-1);
    if (last?.grade !== undefined) await file.undo();
    session = withoutLastStep(session);
    note =
      last === undefined ? 'There is nothing to take back.' : `Taken back: ${last.grade === undefined ? 'a skip' : `a ${last.grade}`}.`;
  };
  /** Another query, or a pause; says whether to go on. */
  const refill = async (): Promise<boolean> => {
    if (!(pauses && stepped)) {
      const { value, done } = await tasks.next();
      if (done !== true) {
        session = withTask(session, value);
        return true;
      }
      if (!stepped) return false;
    }
    stepped = false;
    const wanted = await judge.pause();
    if (wanted === 'undo') await takeBack();
    return wanted === 'undo' || (pauses && wanted === 'next query');
  };

  for (;;) {
    const shown = onScreen(session);
    if (shown === undefined) {
      if (await refill()) continue;
      return session;
    }
    const decision = await judge.decide({ ...shown, judged: file.count(), note });
    note = '';
    if (decision === 'end') return session;
    if (decision === 'undo') await takeBack();
    else if (decision === 'next query') [session, stepped] = [pastQuery(session), false];
    else {
      const grade = decision === 'skip' ? undefined : checkGrade(decision);
      if (grade !== undefined) await file.add(shown.task.query, shown.candidate.id, grade);
      session = withStep(session, grade);
      stepped = true;
    }
  }
}

/** What is worth judging for a query: the first `depth` by words, by vectors, and reranked, each once and in no order. */
async function poolOf(index: SearchIndex, query: string, depth: number, signal: AbortSignal | undefined): Promise<LabelCandidate[]> {
  const find = (options: SearchOptions) => search(index, query, { collapse: 'off', ...options, signal });
  const words = await find({ firstStage: 'bm25', reranker: null, candidates: depth });
  // The list that goes to the default reranker is no shorter than that of a search.
  const candidates = Math.max(depth, plan.candidates.default);
  const vectors = await find({ firstStage: 'dense', candidates, top: depth, documents: true });
  const found = new Map<string, Document>();
  for (const { id, document } of [...words.candidates, ...vectors.candidates.slice(0, depth)]) found.set(id, document);
  for (const { id, document } of vectors.results) if (document !== undefined) found.set(id, document);
  return [...found].map(([id, document]) => ({ id, document }));
}
