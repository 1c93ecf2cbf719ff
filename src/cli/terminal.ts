import type { Writable } from 'node:stream';
import { diskErrorOf, systemCodeOf } from '../errors.ts';
import { commanding, harmless } from '../wording/terminal-text.ts';

/** The only place that prints. Standard output is data, standard error is talk. */
export interface Terminal {
  /** Someone reads standard error as it comes. */
  readonly live: boolean;
  /** Characters in a line of standard output; 100 where no one can tell. */
  readonly columns: number;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Lines for people. What could command the terminal is shown as a mark, whoever wrote it. */
  write(text: string): void;
  /** Data: one line of JSON. What could command the terminal is escaped, so that nothing of it is lost. */
  json(value: unknown): void;
  /** Waits until what was written has left the process, so that a slow reader slows the work down. */
  drained(): Promise<void>;
  /** Lines for people, made harmless as those of `write`. */
  say(text: string): void;
  /** A screen with commands for the terminal in it. Whoever paints makes harmless what strangers wrote. */
  paint(text: string): void;
  /** A line that replaces itself; shown on a terminal only. '' takes it away. */
  progress(line: string): void;
}

/** One line of JSON in which nothing commands a terminal, and which is read as the same value. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(commanding, (it) =>
    Array.from({ length: it.length }, (_, i) => `\\u${it.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );

/** What a command reads from and prints to. */
export interface Streams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Writable & { readonly columns?: number };
  readonly stderr: Writable & { readonly columns?: number; readonly isTTY?: boolean };
}

/** Terminal over streams, the process's own for one. `fail` hears of output that cannot be written; nothing when its reader has gone away. */
export function streamTerminal({ stdin, stdout, stderr }: Streams, fail: (error: unknown) => void): Terminal {
  const columns = stdout.columns ?? 0;
  stdout.on('error', (error) => fail(systemCodeOf(error) === 'EPIPE' ? undefined : diskErrorOf(error, 'standard output')));
  stderr.on('error', () => {});
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    live: stderr.isTTY === true,
    columns: columns > 0 ? columns : 100,
    stdin,
    write: (text) => {
      clear();
      stdout.write(harmlessLines(text));
    },
    json: (value) => {
      clear();
      stdout.write(`${jsonLine(value)}\n`);
    },
    drained: () =>
      stdout.writableNeedDrain && !stdout.destroyed
        ? new Promise((resolve) => {
            const done = (): void => {
              stdout.off('drain', done).off('close', done);
              resolve();
            };
            stdout.on('drain', done).on('close', done);
          })
        : Promise.resolve(),
    say: (text) => {
      clear();
      stderr.write(`${harmlessLines(text)}\n`);
    },
    paint: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      clear();
      if (line === '') return;
      // A terminal that does not know its width says 0.
      stderr.write(harmless(line).slice(0, (stderr.columns || 80) - 1));
      shown = true;
    },
  };
}

/** `harmless` for several lines, which stay apart. */
const harmlessLines = (text: string): string => text.replace(commanding, (it) => (it === '\n' || it === '\t' ? it : '\u{fffd}'));
