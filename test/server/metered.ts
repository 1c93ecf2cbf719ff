import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const fileURL = (name: string): string => pathToFileURL(join(import.meta.dirname, name)).href;
const source = (path: string): string => JSON.stringify(join(import.meta.dirname, '..', '..', 'src', path));

/** What work cost everyone else: milliseconds of the processor in which the event loop answered no one at most, and MB that came on top. */
export interface Cost {
  readonly blocked: number;
  readonly growth: number;
}

export interface Metered {
  readonly child: ChildProcess;
  /** The first line that it printed. */
  readonly line: string;
  /** Runs `work` and says what it cost the process. */
  measure<Result>(work: () => Promise<Result>): Promise<Cost & { readonly result: Result }>;
}

/** Runs code of ours in a process of its own, whose event loop and memory are watched. */
async function meteredProcess(code: string, words: readonly string[]): Promise<Metered> {
  const imports = ['only-loopback-process.ts', 'loop-meter.ts'].flatMap((name) => ['--import', fileURL(name)]);
  const child = spawn(process.execPath, [...imports, '--input-type=module', '-e', code, '--', ...words], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (status) => reject(new Error(`it ended with ${status}: ${errors}`)));
  });
  const ask = async (): Promise<{ longest: number; most: number; now: number }> => {
    child.send('?');
    return ((await once(child, 'message')) as never)[0];
  };
  return {
    child,
    line,
    measure: async (work) => {
      const { now } = await ask();
      const result = await work();
      const { longest, most } = await ask();
      return { result, blocked: longest, growth: most - now };
    },
  };
}

/** `finetooth serve`, watched; `line` is what it says with --json. */
export const meteredServer = (words: readonly string[]): Promise<Metered> =>
  meteredProcess(`import { main } from ${source('cli/main.ts')}; await main(process.argv.slice(1));`, [
    'serve',
    '--port',
    '0',
    '--json',
    '--log-level',
    'error',
    ...words,
  ]);

/** A process that reads the files whose paths it is sent, and answers with how many documents there were, or with the error. */
export async function meteredReader(): Promise<Metered & { read(path: string): Promise<number | string> }> {
  const code = `
    import { messageOf } from ${source('errors.ts')};
    import { readDocuments } from ${source('index.ts')};
    process.on('message', async ({ path }) => {
      if (path === undefined) return;
      let count = 0;
      try {
        for await (const _ of readDocuments(path)) count++;
        process.send({ outcome: count });
      } catch (error) {
        process.send({ outcome: (error.code ?? 'none') + ': ' + messageOf(error) });
      }
    });
    process.channel.ref();
    console.log('ready');`;
  const reader = await meteredProcess(code, []);
  const read = async (path: string): Promise<number | string> => {
    reader.child.send({ path });
    return (((await once(reader.child, 'message')) as never)[0] as { outcome: number | string }).outcome;
  };
  return { ...reader, read };
}
