import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { absence, collection } from '../results/collections.ts';
import { openCrossEncoderReranker } from '../src/assemble/reranker.ts';
import { readCollection } from '../src/eval/index.ts';

interface GoldenList {
  readonly collection: string;
  readonly query: string;
  readonly documents: readonly string[];
  readonly scores: readonly number[];
}

const { lists } = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'ranking_pairs.json'), 'utf8')) as {
  readonly lists: readonly GoldenList[];
};

/** Kendall's tau-b of two lists of numbers, -1 to 1. */
const kendall = (a: readonly number[], b: readonly number[]): number => {
  let [agree, tiedA, tiedB, pairs] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [Math.sign((a[i] as number) - (a[j] as number)), Math.sign((b[i] as number) - (b[j] as number))];
      agree += x * y;
      if (x === 0) tiedA++;
      if (y === 0) tiedB++;
      pairs++;
    }
  }
  return agree / Math.sqrt((pairs - tiedA) * (pairs - tiedB));
};

it('the bundled int8 cross-encoder orders 1,000 real pairs as its fp32 weights do: mean tau at least .95', async (context) => {
  const missing = [...new Set(lists.map((one) => one.collection))].find((name) => collection(name) === undefined);
  if (missing !== undefined) return context.skip(absence(missing));
  expect(lists.reduce((sum, { documents }) => sum + documents.length, 0)).toBe(1000);
  const texts = new Map<string, Awaited<ReturnType<typeof readCollection>>>();
  for (const { collection: name } of lists) if (!texts.has(name)) texts.set(name, await readCollection(collection(name) as string));
  const reranker = await openCrossEncoderReranker();
  try {
    const taus: number[] = [];
    for (const { collection: name, query, documents, scores } of lists) {
      const of = texts.get(name);
      const candidates = documents.map((id) => ({ id, text: of?.documents.get(id)?.text as string }));
      const given = await reranker.score(of?.queries.get(query) as string, candidates);
      taus.push(kendall([...given.scores], scores));
    }
    expect(taus.reduce((sum, tau) => sum + tau, 0) / taus.length).toBeGreaterThanOrEqual(0.95);
  } finally {
    await reranker.close?.();
  }
});
