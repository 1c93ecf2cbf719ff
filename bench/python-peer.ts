/** Python peers in virtual environments of the benchmark's own, versions as in python/*.txt. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Child } from './child.ts';

const run = promisify(execFile);
const scripts = join(import.meta.dirname, 'python');

/** Made once, and again when the versions change; each list of versions has its own. Gives back its python. */
const install = async (requirements: string): Promise<string> => {
  const environment = join(import.meta.dirname, 'peer', requirements === 'requirements' ? 'python' : requirements);
  const stamp = join(environment, 'requirements.txt');
  const python = join(environment, 'bin', 'python');
  const list = join(scripts, `${requirements}.txt`);
  const wanted = await readFile(list, 'utf8');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return python;
  await run('python3', ['-m', 'venv', environment]);
  await run(join(environment, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', list]);
  await writeFile(stamp, wanted);
  return python;
};

const withThreads = (threads: number): NodeJS.ProcessEnv => ({
  ...process.env,
  ...Object.fromEntries(
    ['NUMBA_NUM_THREADS', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map((name) => [name, String(threads)]),
  ),
});

/** Runs a script of bench/python with one thread and gives back what it printed, as JSON. */
export const runPython = async <Answer>(
  script: string,
  args: readonly (string | number)[],
  requirements = 'requirements',
): Promise<Answer> => {
  const python = await install(requirements);
  const { stdout } = await run(python, [join(scripts, script), ...args.map(String)], {
    env: withThreads(1),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Answer;
};

/** Starts a script that serves over HTTP and prints its port; how to stop it comes with its address. */
export const servePython = async (
  script: string,
  args: readonly (string | number)[],
  { requirements, threads }: { readonly requirements: string; readonly threads: number },
): Promise<{ readonly url: string; readonly pid: number; close(): void }> => {
  const python = await install(requirements);
  const child = spawn(python, [join(scripts, script), ...args.map(String)], {
    env: withThreads(threads),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
  if (done) throw new Error(`${script} ${args[0]} ended before it listened`);
  const { port } = JSON.parse(value as string) as { readonly port: number };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid as number, close: () => void child.kill('SIGKILL') };
};

/** Starts a script that answers JSON lines with JSON lines; resolves when it has said that it is ready. */
export const startPython = async (
  script: string,
  args: readonly (string | number)[],
  { requirements, threads }: { readonly requirements: string; readonly threads: number },
): Promise<Child> => {
  const python = await install(requirements);
  const child = spawn(python, [join(scripts, script), ...args.map(String)], { env: withThreads(threads), stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Answer>(): Promise<Answer> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done) throw new Error(`${script} ${args[0]} ended: ${said}`);
    return JSON.parse(value as string) as Answer;
  };
  const ask = <Answer>(request: unknown): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next<Answer>();
  };
  await next();
  return {
    ask,
    close: async () => {
      const peak = await ask<{ readonly peakMegabytes: number }>('peak');
      child.kill('SIGKILL');
      return peak;
    },
  };
};
