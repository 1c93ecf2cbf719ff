import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Reranker } from '../src/index.ts';
import { cached } from '../src/rerankers.ts';
import { workFolder } from './finetooth.ts';

/** Processes write into one folder, some are killed on the way; then everything that any of them said was stored is asked for. */
export const shareFolder = async (processes: number, killed: number, rounds: number): Promise<void> => {
  const folder = join(workFolder(), 'scores');
  const writer = join(import.meta.dirname, 'score-cache-writer.ts');
  const stored: number[] = [];
  const failures: string[] = [];
  const run = async (number: number): Promise<void> => {
    const child: ChildProcess = spawn(process.execPath, [writer, folder, String(number), String(rounds)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, complained] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (number < killed && said.split('\n').length > rounds / 3) child.kill('SIGKILL');
    });
    child.stderr?.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    stored[number] = said.split('\n').length - 1;
    if (number >= killed && code !== 0) failures.push(`process ${number} ended with ${code}: ${complained.slice(0, 500)}`);
  };
  await Promise.all(Array.from({ length: processes }, (_, number) => run(number)));
  expect(failures).toEqual([]);
  let asked = 0;
  const silent: Reranker = {
    fingerprint: 'shared@1',
    score: async (_, candidates) => {
      asked += candidates.length;
      return { scores: new Float32Array(candidates.length) };
    },
  };
  const one = cached(silent, { at: folder });
  for (let round = 0; round < Math.max(...stored); round++) {
    const texts = Array.from({ length: 20 }, (_, i) => ({ text: String(round * 10 + i) }));
    const { scores } = await one.score('q'.repeat(1 + (round % 5)), texts);
    expect([...scores]).toEqual(texts.map(({ text }) => (1 + (round % 5)) * 1000 + Number(text)));
  }
  await one.close?.();
  expect(asked).toBe(0);
};
