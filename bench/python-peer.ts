/** Python peers in a virtual environment of the benchmark's own, versions as in python/requirements.txt. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'python', 'requirements.txt');
const environment = join(import.meta.dirname, 'peer', 'python');
const python = join(environment, 'bin', 'python');

/** Made once, and again when the versions change. */
const install = async (): Promise<void> => {
  const stamp = join(environment, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return;
  await run('python3', ['-m', 'venv', environment]);
  await run(join(environment, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  await writeFile(stamp, wanted);
};

/** Runs a script of bench/python with one thread and gives back what it printed, as JSON. */
export const runPython = async <Answer>(script: string, args: readonly (string | number)[]): Promise<Answer> => {
  await install();
  const single = Object.fromEntries(
    ['NUMBA_NUM_THREADS', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map((name) => [name, '1']),
  );
  const { stdout } = await run(python, [join(import.meta.dirname, 'python', script), ...args.map(String)], {
    env: { ...process.env, ...single },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Answer;
};
