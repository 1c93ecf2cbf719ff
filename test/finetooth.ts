import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kept } from './support/kept.ts';
import { ran } from './support/ran.ts';

export interface Outcome {
  /** Exit status; 128 + signal when one ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Invocation {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A shell line in which "$@" is the command, for limits and redirections. */
  readonly shell?: string;
  /** Called with each piece of standard error, and the process, to send it a signal at the right moment. */
  readonly watch?: (stderr: string, child: { kill(signal: NodeJS.Signals): boolean }) => void;
}

const entry = `import { main } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'cli', 'main.ts'))}; await main(process.argv.slice(1));`;

/** A new folder for one test. */
export const workFolder = (): string => mkdtempSync(join(tmpdir(), 'finetooth-test-'));

/**
 * Runs the command line as it is typed: in this process, where nothing is asked for that belongs to a process (its folder, variables, limits, signals),
 * else from its sources in a process of its own.
 */
export const finetooth = (words: readonly string[], invocation: Invocation = {}): Promise<Outcome> => {
  const { input = '', ...ofProcess } = invocation;
  return Object.values(ofProcess).some((value) => value !== undefined)
    ? finetoothProcess(words, invocation)
    : ran(words, { input, env: { ...uncoloured(), ...quiet, ...cache } });
};

/** What runs the tests may want colours of them. */
const uncoloured = (): NodeJS.ProcessEnv => ({ ...process.env, FORCE_COLOR: undefined });
/** On a machine that is busy a command may take a minute, and would say so. */
const quiet = { FINETOOTH_QUIET: '1' };
const cache = { FINETOOTH_CACHE: kept('finetooth-test-cache') };

/** Runs the command line from its sources in a process of its own. */
const finetoothProcess = (words: readonly string[], { input = '', cwd, env = {}, shell, watch }: Invocation): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const command = [process.execPath, '--input-type=module', '-e', entry, '--', ...words];
    const [file, rest] = shell === undefined ? [command[0] as string, command.slice(1)] : ['bash', ['-c', shell, 'bash', ...command]];
    const child = spawn(file, rest, {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', ...quiet, ...cache, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      watch?.(stderr, child);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ status: code ?? (signal === 'SIGKILL' ? 137 : 130), stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
