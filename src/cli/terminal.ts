import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { diskErrorOf, systemCodeOf } from '../errors.ts';
import { commanding, fitted } from '../wording/terminal-text.ts';
import { type Clock, minuteLines, systemClock } from './minute-lines.ts';
import { rendered, type Shown } from './styled.ts';

/** The only place that prints. Standard output is data, standard error is talk. */
export interface Terminal {
  /** Someone reads standard error as it comes. */
  readonly live: boolean;
  /** Characters in a line of standard output; 100 where no one can tell. */
  readonly columns: number;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Lines for people. What could command the terminal is shown as a mark, whoever wrote it; colours only where there are some. */
  write(text: Shown): void;
  /** Data: one line of JSON. What could command the terminal is escaped, so that nothing of it is lost. */
  json(value: unknown): void;
  /** Standard output as a line to another program, which reads nothing else there: whatever this process prints afterwards goes to standard error. */
  wire(): Writable;
  /** Waits until what was written has left the process, so that a slow reader slows the work down. */
  drained(): Promise<void>;
  /** Lines for people on standard error, as those of `write`. */
  say(text: Shown): void;
  /** A screen on standard error in place of what is there; in a pipe below it. */
  paint(text: Shown): void;
  /** A line that replaces itself; where no terminal shows it, one a minute. '' takes it away. */
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
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Of these NO_COLOR, FORCE_COLOR and FINETOOTH_QUIET. @default none */
  readonly env?: NodeJS.ProcessEnv;
  /** @default that of the system */
  readonly clock?: Clock;
}

/** A pipe, or a terminal. */
type OutputStream = Writable & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'hasColors'>>;

/** Terminal over streams, the process's own for one. `fail` hears of output that cannot be written; nothing when its reader has gone away. */
export function streamTerminal(
  { stdin, stdout, stderr, env = {}, clock = systemClock }: Streams,
  fail: (error: unknown) => void,
): Terminal {
  stdout.on('error', (error) => fail(systemCodeOf(error) === 'EPIPE' ? undefined : diskErrorOf(error, 'standard output')));
  stderr.on('error', () => {});
  let shown = false;
  const isQuiet = !['', '0', undefined].includes(env.FINETOOTH_QUIET);
  const log = minuteLines((line) => stderr.write(`${line}\n`), clock);
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    live: stderr.isTTY === true,
    columns: columnsOf(stdout, 100),
    stdin,
    write: (text) => {
      clear();
      stdout.write(rendered(text, hasColours(stdout, env)));
    },
    json: (value) => {
      clear();
      stdout.write(`${jsonLine(value)}\n`);
    },
    wire: () => wireOver(stdout, stderr),
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
      stderr.write(`${rendered(text, hasColours(stderr, env))}\n`);
    },
    paint: (text) => {
      clear();
      // Home, and clear the screen.
      const above = stderr.isTTY === true ? '\u001b[H\u001b[2J' : '\n';
      stderr.write(`${above}${rendered(text, hasColours(stderr, env))}\n`);
    },
    progress: (line) => {
      if (isQuiet) return;
      if (stderr.isTTY !== true) return log(line);
      clear();
      if (line === '') return;
      stderr.write(fitted(line, columnsOf(stderr, 80) - 1).trimEnd());
      shown = true;
    },
  };
}

function wireOver(stdout: OutputStream, stderr: OutputStream): Writable {
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  const wire = new Writable({ decodeStrings: false, write: (chunk, encoding, done) => void write(chunk, encoding, done) });
  stdout.once('error', (error) => wire.destroy(error));
  return wire;
}

/** A terminal that does not know its width says 0. */
const columnsOf = ({ columns = 0 }: OutputStream, otherwise: number): number => (columns > 0 ? columns : otherwise);

/** FORCE_COLOR decides, then NO_COLOR (https://no-color.org), then whether it is a terminal that has colours; Node's own streams judge by TERM and the like. */
function hasColours(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused } = env;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  if (refused !== undefined && refused !== '') return false;
  return stream.isTTY === true && (stream.hasColors?.(16, env) ?? true);
}
