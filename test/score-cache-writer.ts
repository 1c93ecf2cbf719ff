/** A process that shares a folder of scores: `node score-cache-writer.ts FOLDER NUMBER ROUNDS`. Prints each round when it is stored. */

import type { Reranker } from '../src/index.ts';
import { cached } from '../src/rerankers.ts';

const [folder, number, rounds] = process.argv.slice(2) as [string, string, string];
const reranker: Reranker = {
  fingerprint: 'shared@1',
  score: async (query, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => query.length * 1000 + Number(text)) }),
};
const one = cached(reranker, { at: folder });
for (let round = 0; round < Number(rounds); round++) {
  const texts = Array.from({ length: 20 }, (_, i) => ({ text: String(round * 10 + i) }));
  const { scores } = await one.score('q'.repeat(1 + (round % 5)), texts);
  if (scores.some((score, i) => score !== (1 + (round % 5)) * 1000 + round * 10 + i)) throw new Error(`wrong score in process ${number}`);
  process.stdout.write(`${round}\n`);
}
await one.close?.();
