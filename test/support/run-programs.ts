/**
 * Runs programs one after the other in this process, each in a folder of its own or one that they share, so that a model is loaded once for all of them.
 * usage: node run-programs.ts PROGRAMS.json: a list of `Program`; it writes a list of `Ran` to RAN.json beside it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

export interface Program {
  readonly file: string;
  readonly cwd: string;
  readonly words?: readonly string[];
}

export interface Ran {
  readonly file: string;
  readonly stdout: string;
  readonly stderr: string;
  /** What it was to print, and printed otherwise: see `says`. */
  readonly wrong: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

const list = process.argv[2] as string;
const ran: Ran[] = [];
let wrong: string[] = [];

/** What a program is given in place of `console.log` where a comment says what is printed; "…" stands for anything. */
const says = (expected: string, ...values: readonly unknown[]): void => {
  const got = format(...values);
  const pattern = expected.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  if (!new RegExp(`^${pattern.join('[\\s\\S]*')}$`).test(got)) wrong.push(`it prints ${got}, not ${expected}`);
};
Object.assign(globalThis, { says });

const [write, writeError] = [process.stdout.write, process.stderr.write];
for (const { file, cwd, words = [] } of JSON.parse(readFileSync(list, 'utf8')) as Program[]) {
  let [stdout, stderr] = ['', ''];
  process.stdout.write = (text: unknown) => (stdout += String(text)) !== undefined;
  process.stderr.write = (text: unknown) => (stderr += String(text)) !== undefined;
  process.chdir(cwd);
  process.argv = [process.execPath, file, ...words];
  wrong = [];
  const started = performance.now();
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    stderr += `${error instanceof Error ? error.stack : error}\n`;
  }
  ran.push({ file, stdout, stderr, wrong, took: Math.round(performance.now() - started) });
}
Object.assign(process.stdout, { write });
Object.assign(process.stderr, { write: writeError });
writeFileSync(join(dirname(list), 'RAN.json'), JSON.stringify(ran));
