import { Readable, Writable } from 'node:stream';
import type { CommandSpec } from '../../src/cli/command.ts';
import { runCommand, sayWarning } from '../../src/cli/run-command.ts';
import { streamTerminal } from '../../src/cli/terminal.ts';

export interface RanOptions {
  /** A terminal of so many columns, with colours; without it a pipe. */
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** What stands on standard input. @default nothing */
  readonly input?: string | Uint8Array;
  /** @default all commands */
  readonly specs?: readonly CommandSpec[];
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in this process, from its words to what leaves it, in a pipe or on a terminal. */
export async function ran(words: readonly string[], { columns, env = {}, input = '', specs }: RanOptions = {}): Promise<Ran> {
  const [stdout, stderr] = [outputStream(columns), outputStream(columns)];
  const stdin = Readable.from(input.length === 0 ? [] : [Buffer.from(input)]);
  const terminal = streamTerminal({ stdin, stdout: stdout.stream, stderr: stderr.stream, env }, (error) => {
    throw error;
  });
  const warn = (warning: Error): void => sayWarning(warning, terminal);
  process.on('warning', warn);
  const status = await runCommand(words, { terminal, signal: new AbortController().signal, env, specs });
  // Warnings come a turn of the event loop later.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warn);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function outputStream(columns: number | undefined) {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (more: string, _, done) => {
      text += more;
      done();
    },
  });
  return { stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }), text: () => text };
}
