import { type Decision, gradeNames, type Judge } from '../tasks/label.ts';
import type { Keys } from './label-keys.ts';
import { screenOf } from './label-screen.ts';
import type { Terminal } from './terminal.ts';

export interface JudgeOptions {
  readonly keys: Keys;
  readonly terminal: Terminal;
  /** Fields of a document that are shown first. */
  readonly textFields: readonly string[];
  /** Queries are typed, one after the other. */
  readonly typed: boolean;
}

const decisions: Readonly<Record<string, Decision>> = { s: 'skip', u: 'undo', n: 'next query', q: 'end' };

/** A person at a terminal, one key for each decision. */
export function judgeAtTerminal({ keys, terminal, textFields, typed }: JudgeOptions): Judge {
  return {
    decide: async (shown) => {
      let page = 0;
      let note = shown.note;
      for (;;) {
        const screen = screenOf(shown, { ...sizeOf(terminal), page, judged: shown.judged, textFields, note });
        terminal.paint(screen.lines.flatMap((line, at) => (at === 0 ? [line] : ['\n', line])));
        keys.forget();
        const key = await keys.key();
        if (key === undefined) return 'end';
        if (key === 'resize') {
          page = 0;
          continue;
        }
        note = '';
        const decision = gradeOf(key) ?? decisions[key];
        if (decision !== undefined) return decision;
        if (key !== 'm') note = `There is no key ${JSON.stringify(key)}.`;
        else if (screen.more || page > 0) page = screen.more ? page + 1 : 0;
        else note = 'That is all of it.';
      }
    },
    pause: async () => {
      terminal.paint(`Nothing is left to judge here.\n\nu undo  ${typed ? 'n or Enter another query  q quit' : 'q or Enter quit'}`);
      keys.forget();
      // Any other key is one too many for the candidate before.
      const known: readonly (string | undefined)[] = ['u', 'n', 'q', '\r', undefined];
      let key = await keys.key();
      while (!known.includes(key)) key = await keys.key();
      return key === 'u' ? 'undo' : key === undefined || key === 'q' ? 'end' : 'next query';
    },
    query: () => keys.line('Query (empty line to end): '),
    close: () => keys[Symbol.dispose](),
  };
}

/** Read again for each screen: windows change. A terminal that does not know its size says 0. */
function sizeOf(terminal: Terminal): { readonly columns: number; readonly rows: number } {
  return {
    columns: process.stderr.columns > 0 ? process.stderr.columns : terminal.columns,
    rows: process.stderr.rows > 0 ? process.stderr.rows : Number.POSITIVE_INFINITY,
  };
}

function gradeOf(key: string): number | undefined {
  return /^\d$/.test(key) && Number(key) < gradeNames.length ? Number(key) : undefined;
}
