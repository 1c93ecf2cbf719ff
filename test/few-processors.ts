import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from '../src/math/random.ts';
import { entryFor, manifestFor } from '../src/store/contract/entries.ts';
import { lanceStore } from '../src/stores.ts';
import { workFolder } from './finetooth.ts';

/** Where a process can be told which processors it has. */
export const canPin = process.platform === 'linux' && existsSync('/usr/bin/taskset');

/**
 * Texts whose words are as unevenly spread as those of a language: the word of rank r comes about 1 / r as often as the first (Zipf). Each
 * of the `words` is in one text at least.
 */
export const unevenTexts = (texts: number, words: number): string[] => {
  const { below, word } = randomFrom(1);
  return Array.from({ length: texts }, (_, at) =>
    [...Array.from({ length: 17 + below(34) }, () => Math.floor(words ** (word() / 2 ** 32))), at % words]
      .map((rank) => `w${rank}`)
      .join(' '),
  );
};

/** The work of the child: prints how many texts hold the rarest word. */
export const buildWordIndex = async (texts: number, words: number): Promise<void> => {
  const store = lanceStore(join(workFolder(), 'index'));
  await store.open(manifestFor());
  const entries = unevenTexts(texts, words).map((text, at) => entryFor(`d${at}`, at, text));
  for (let at = 0; at < entries.length; at += 10_000) await store.upsert(entries.slice(at, at + 10_000));
  await store.optimize();
  const found = await store.search({ terms: [`w${words - 1}`], limit: 1000 });
  process.stdout.write(`found ${found.length > 0}\n`);
  await store.close();
};

/** Runs a module in a process that has two processors, for at most so many milliseconds. Returns what it printed and the signal that ended it. */
export const onTwoProcessors = (program: string, limitMs: number): Promise<{ readonly said: string; readonly signal: string | null }> =>
  new Promise((resolve, reject) => {
    const { LANCE_CPU_THREADS: _, ...env } = process.env;
    const child = spawn('/usr/bin/taskset', ['-c', '0,1', process.execPath, '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...env, NODE_OPTIONS: '' },
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      clearTimeout(timer);
      resolve({ said, signal });
    });
  });
