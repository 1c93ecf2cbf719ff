import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const entry = `import { main } from ${JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts'))}; await main(process.argv.slice(1));`;

const onlyLoopback = pathToFileURL(join(import.meta.dirname, 'only-loopback-process.ts')).href;

/** `finetooth serve` from its sources, in a process of its own; resolves when it listens. */
export const serverProcess = async (words: readonly string[]): Promise<{ readonly url: string; readonly child: ChildProcess }> => {
  const child = spawn(
    process.execPath,
    ['--import', onlyLoopback, '--input-type=module', '-e', entry, '--', 'serve', '--port', '0', '--json', ...words],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const url = await new Promise<string>((resolve, reject) => {
    lines.once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${errors}`)));
  });
  return { url, child };
};
