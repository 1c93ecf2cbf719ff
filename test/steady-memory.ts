import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { workFolder } from './finetooth.ts';

const source = (...path: readonly string[]): string => JSON.stringify(join(import.meta.dirname, ...path));

const warming = (searches: number): number => Math.max(600, Math.trunc(searches / 5));

/** The first searches, 600 at the least, are for warming up: what the process holds then is compared with what it holds at the end. */
const program = (folder: string, searches: number, aborted: number): string => `
import { openIndex, search } from ${source('..', 'src', 'index.ts')};
import { hashEmbedder } from ${source('hash-embedder.ts')};
const words = Array.from({ length: 300 }, (_, i) => 'word' + i);
const textOf = (at) => Array.from({ length: 40 }, (_, i) => words[(at * 7 + i * i) % words.length]).join(' ');
await using index = await openIndex(${JSON.stringify(folder)}, { create: { fields: ['text'] }, embedder: hashEmbedder(0, { tokens: true }) });
await index.add(Array.from({ length: 400 }, (_, i) => ({ id: 'd' + i, text: textOf(i), year: i })));
const reranker = { fingerprint: 'length@1', score: async (_, found) => ({ scores: Float32Array.from(found, ({ text }) => text.length) }) };
const stages = ['dense', 'bm25', 'hybrid'];
const one = (at, signal) => search(index, textOf(at).slice(0, 40), { firstStage: stages[at % 3], reranker, documents: true, signal, filter: at % 5 === 0 ? { fields: { year: { gte: at % 300 } } } : undefined });
const run = async (from, count) => { for (let at = from; at < from + count; at++) await one(at); };
const abort = async (from, count) => {
  for (let at = from; at < from + count; at++) {
    const controller = new AbortController();
    const asked = one(at, controller.signal).then(() => 'done', ({ code }) => code);
    setTimeout(() => controller.abort(), at % 4);
    const outcome = await asked;
    if (outcome !== 'done' && outcome !== 'E_STOPPED') throw new Error(outcome);
  }
};
const held = () => { gc(); gc(); return process.memoryUsage().rss; };
await run(0, ${warming(searches)});
await abort(0, ${Math.trunc(aborted / 5)});
const before = held();
await run(${warming(searches)}, ${searches - warming(searches)});
await abort(0, ${aborted - Math.trunc(aborted / 5)});
console.log(JSON.stringify({ before, after: held() }));
`;

/**
 * Searches again and again, and aborts some: what the process holds does not grow by more than a twentieth. V8 makes room for
 * new objects, 50 MB at first and 150 MB in time, of which 15 are in use: that room is held to what it is at first.
 */
export const stayWithinMemory = (searches: number, aborted: number): void => {
  const lines = program(join(workFolder(), 'index'), searches, aborted);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--max-semi-space-size=8', '--input-type=module', '-e', lines],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  expect(status, stderr).toBe(0);
  const { before, after } = JSON.parse(stdout) as { readonly before: number; readonly after: number };
  expect(after, `${before} bytes before, ${after} after`).toBeLessThan(1.05 * before);
};
