import type { JudgmentFile } from '../eval/judgment-file.ts';
import {
  gradeNames,
  newSession,
  onScreen,
  pastQuery,
  type Session,
  type Task,
  withoutLastStep,
  withStep,
  withTask,
} from '../eval/label/session.ts';
import type { Keys } from './label-keys.ts';
import { screenOf } from './label-screen.ts';
import { harmless, type Terminal } from './terminal.ts';

export interface JudgeOptions {
  readonly tasks: AsyncIterator<Task>;
  readonly keys: Keys;
  readonly file: JudgmentFile;
  readonly terminal: Terminal;
  /** Fields of a document that are shown first. */
  readonly textFields: readonly string[];
  /** Waits for a key after each query, not only after the last, so that its last judgment can be taken back before another is asked for. */
  readonly pauses: boolean;
}

/** A screen in place of the one before it; in a pipe, below it. */
const show = (terminal: Terminal, text: string): void => terminal.paint(terminal.live ? `\u001b[H\u001b[2J${text}` : `\n${text}`);

/** Read anew for each screen: windows change. A terminal that does not know its size says 0. */
const sizeOf = (terminal: Terminal): { readonly columns: number; readonly rows: number } => ({
  columns: process.stderr.columns > 0 ? process.stderr.columns : terminal.columns,
  rows: process.stderr.rows > 0 ? process.stderr.rows : Number.POSITIVE_INFINITY,
});

const gradeOf = (key: string): number | undefined => (/^\d$/.test(key) && Number(key) < gradeNames.length ? Number(key) : undefined);

/** Runs until nothing is left, "q", or the end of input. Whenever it waits for a key, all judgments are in the file. */
export const judge = async ({ tasks, keys, file, terminal, textFields, pauses }: JudgeOptions): Promise<Session> => {
  let session = newSession;
  let page = 0;
  let note = '';
  /** The last key was about a candidate, so that "u" is a likely next one. */
  let stepped = false;

  const step = async (grade?: number): Promise<void> => {
    const shown = onScreen(session);
    if (shown === undefined) return;
    if (grade !== undefined) await file.add(shown.task.query, shown.candidate.id, grade);
    session = withStep(session, grade);
    [stepped, page] = [true, 0];
  };
  const takeBack = async (): Promise<void> => {
    const last = session.steps.at(-1);
    if (last?.grade !== undefined) await file.undo();
    session = withoutLastStep(session);
    page = 0;
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
    show(terminal, `Nothing is left to judge here.\n\nu undo  ${pauses ? 'n or Enter another query  q quit' : 'q or Enter quit'}`);
    keys.forget();
    // Any other key is one too many for the candidate before.
    const known: readonly (string | undefined)[] = ['u', 'n', 'q', '\r', undefined];
    let key = await keys.key();
    while (!known.includes(key)) key = await keys.key();
    if (key === 'u') await takeBack();
    return key === 'u' || (pauses && key !== 'q' && key !== undefined);
  };

  for (;;) {
    const shown = onScreen(session);
    if (shown === undefined) {
      if (await refill()) continue;
      return session;
    }
    const screen = screenOf(shown, { ...sizeOf(terminal), page, judged: file.count(), textFields, note, bold: terminal.live });
    show(terminal, screen.text);
    keys.forget();
    const key = await keys.key();
    if (key === undefined || key === 'q') return session;
    if (key === 'resize') {
      page = 0;
      continue;
    }
    note = '';
    const grade = gradeOf(key);
    if (grade !== undefined) await step(grade);
    else if (key === 's') await step();
    else if (key === 'u') await takeBack();
    else if (key === 'm' && (screen.more || page > 0)) page = screen.more ? page + 1 : 0;
    else if (key === 'm') note = 'That is all of it.';
    else if (key === 'n') [session, stepped, page] = [pastQuery(session), false, 0];
    else note = `There is no key ${JSON.stringify(harmless(key))}.`;
  }
};
