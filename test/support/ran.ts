import { PassThrough } from 'node:stream';
import { runCommand } from '../../src/cli/run-command.ts';
import { streamTerminal } from '../../src/cli/terminal.ts';

export interface RanOptions {
  /** A terminal of so many columns, with colours; without it a pipe. */
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in this process, from its words to what leaves it, in a pipe or on a terminal. */
export async function ran(words: readonly string[], { columns, env = {} }: RanOptions = {}): Promise<Ran> {
  const [stdout, stderr] = [outputStream(columns), outputStream(columns)];
  const stdin = new PassThrough();
  stdin.end();
  const terminal = streamTerminal({ stdin, stdout: stdout.stream, stderr: stderr.stream, env }, (error) => {
    throw error;
  });
  const status = await runCommand(words, { terminal, signal: new AbortController().signal, env });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function outputStream(columns: number | undefined) {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  return { stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }), text: () => text };
}
