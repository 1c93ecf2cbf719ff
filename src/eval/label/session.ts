import { hashOfText } from '../../text/identity.ts';
import type { Document } from '../../types.ts';
import type { LabelQuery } from './queries.ts';

export interface LabelCandidate {
  readonly id: string;
  readonly document: Document;
}

/** A query and what is to be judged for it, in the order in which it is shown. */
export interface Task {
  readonly query: LabelQuery;
  readonly candidates: readonly LabelCandidate[];
  /** Candidates of this query that were judged before the session. */
  readonly before: number;
}

/** What was done with one candidate. */
export interface Step {
  /** Place in the session's tasks. */
  readonly task: number;
  readonly id: string;
  /** Nothing: skipped. */
  readonly grade?: number;
}

/** Everything that a person did since the start, and where they are. A new object for every key. */
export interface Session {
  readonly tasks: readonly Task[];
  /** Place of the task on the screen; beyond the last one when another is wanted. */
  readonly at: number;
  readonly steps: readonly Step[];
}

/** What is on the screen. */
export interface OnScreen {
  readonly task: Task;
  readonly candidate: LabelCandidate;
  /** From 1, among all the candidates of the query, those that were judged before included. */
  readonly place: number;
  readonly of: number;
}

export const newSession: Session = { tasks: [], at: 0, steps: [] };

/**
 * An order that tells nothing of who found a candidate and how high: by a hash of query and document. It is the same in every session
 * and on every machine, and a candidate that joins later does not move the others.
 */
export function inJudgingOrder(query: string, candidates: readonly LabelCandidate[]): LabelCandidate[] {
  const keyed = candidates.map((candidate) => ({ candidate, key: hashOfText(JSON.stringify([query, candidate.id])) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ candidate }) => candidate);
}

/** What to show now; nothing when the query on the screen is done and another is wanted. */
export function onScreen(session: Session): OnScreen | undefined {
  const task = session.tasks[session.at];
  if (task === undefined) return undefined;
  const done = idsDone(session, session.at);
  const candidate = task.candidates.find(({ id }) => !done.has(id));
  if (candidate === undefined) return undefined;
  return { task, candidate, place: task.before + done.size + 1, of: task.before + task.candidates.length };
}

/** Another query, shown at once. */
export const withTask = (session: Session, task: Task): Session =>
  onward({ ...session, tasks: [...session.tasks, task], at: session.tasks.length });

/** The candidate on the screen is judged, or skipped when there is no grade. */
export function withStep(session: Session, grade?: number): Session {
  const shown = onScreen(session);
  if (shown === undefined) return session;
  const step = { task: session.at, id: shown.candidate.id, grade };
  return onward({ ...session, steps: [...session.steps, step] });
}

/** The last judgment or skip is taken back, and its candidate is on the screen again. */
export function withoutLastStep(session: Session): Session {
  const last = session.steps.at(-1);
  return last === undefined ? session : { ...session, at: last.task, steps: session.steps.slice(0, -1) };
}

/** The rest of the query on the screen is left for another time. */
export const pastQuery = (session: Session): Session => onward({ ...session, at: Math.min(session.at + 1, session.tasks.length) });

/** Numbers of this session alone. */
export function countsOf({ steps, tasks }: Session): { readonly queries: number; readonly judged: number; readonly skipped: number } {
  const judged = steps.filter(({ grade }) => grade !== undefined);
  return {
    queries: new Set(judged.map(({ task }) => tasks[task]?.query.id)).size,
    judged: judged.length,
    skipped: steps.length - judged.length,
  };
}

const idsDone = (session: Session, task: number): ReadonlySet<string> =>
  new Set(session.steps.filter((step) => step.task === task).map(({ id }) => id));

function onward(session: Session): Session {
  let at = session.at;
  while (at < session.tasks.length && onScreen({ ...session, at }) === undefined) at++;
  return { ...session, at };
}
