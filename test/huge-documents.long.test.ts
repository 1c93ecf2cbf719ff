import { expect, it } from 'vitest';
import { openCrossEncoderReranker } from '../src/assemble/reranker.ts';

const filler = 'The committee met on a Tuesday to talk about the budget of the harbour and adjourned without a vote. ';

/** Megabytes that the whole process may hold while it scores a hundred texts of a megabyte each; stated in docs/reranking.md. */
const CEILING = 1000;

it('a hundred texts of a megabyte each are scored under the stated ceiling of memory', async () => {
  const reranker = await openCrossEncoderReranker();
  const texts = Array.from({ length: 100 }, (_, i) => ({ text: `${i} ${filler.repeat(10_000)}` }));
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const { scores, truncatedTokens } = await reranker.score('who spoke of the budget', texts);
  clearInterval(watch);
  expect([...scores].every(Number.isFinite)).toBe(true);
  expect(truncatedTokens?.every((tokens) => tokens > 100_000)).toBe(true);
  expect(most / 1e6).toBeLessThan(CEILING);
  await reranker.close?.();
}, 600_000);
