import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/main.ts';

export interface RanOptions {
  /** A terminal of so many columns, with colours; without it a pipe. */
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in this process, from its words to what leaves it. */
export async function ran(words: readonly string[], { columns, env = {}, input = '' }: RanOptions = {}): Promise<Ran> {
  const [stdout, stderr] = [outputStream(columns), outputStream(columns)];
  const stdin = new PassThrough();
  stdin.end(input);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main(words, undefined, { stdin, stdout: stdout.stream, stderr: stderr.stream, env });
    return { status: Number(process.exitCode), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = before;
  }
}

function outputStream(columns: number | undefined) {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => (text += more));
  return { stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }), text: () => text };
}
