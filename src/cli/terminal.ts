import { diskErrorOf, systemCodeOf } from '../errors.ts';

/** The only place that prints. Standard output is data, standard error is talk. */
export interface Terminal {
  /** Somebody reads standard error as it comes. */
  readonly live: boolean;
  /** Characters in a line of standard output; 100 where nobody can tell. */
  readonly columns: number;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Data, as it is. */
  write(text: string): void;
  /** Waits until what was written has left the process, so that a slow reader slows the work down. */
  drained(): Promise<void>;
  /** A line for people. */
  say(line: string): void;
  /** A line that replaces itself; shown on a terminal only. '' takes it away. */
  progress(line: string): void;
}

/** A line may carry a stranger's title: whatever could command the terminal is shown as a mark. */
export const harmless = (text: string): string =>
  text.replace(/\s+/gu, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (it) => (it === '\u200d' || it === '\ufe0f' ? it : '\u{fffd}'));

/** Terminal over the process's own streams. `fail` hears of output that cannot be written; nothing when its reader has gone away. */
export const processTerminal = (fail: (error: unknown) => void): Terminal => {
  const { stdout, stderr } = process;
  stdout.on('error', (error) => fail(systemCodeOf(error) === 'EPIPE' ? undefined : diskErrorOf(error, 'standard output')));
  stderr.on('error', () => {});
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    live: stderr.isTTY === true,
    columns: stdout.columns > 0 ? stdout.columns : 100,
    stdin: process.stdin,
    write: (text) => {
      clear();
      stdout.write(text);
    },
    drained: () =>
      stdout.writableNeedDrain && !stdout.destroyed
        ? new Promise((resolve) => {
            stdout.once('drain', resolve);
            stdout.once('close', resolve);
          })
        : Promise.resolve(),
    say: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      clear();
      if (line === '') return;
      // A terminal that does not know its width says 0.
      stderr.write(line.slice(0, (stderr.columns > 0 ? stderr.columns : 80) - 1));
      shown = true;
    },
  };
};
