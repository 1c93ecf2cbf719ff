import { join } from 'node:path';
import { expect, it } from 'vitest';
import { absence, collection } from '../results/collections.ts';
import { meanOf } from '../src/eval/measures/evaluation.ts';
import { type Document, openIndex, search } from '../src/index.ts';
import { workFolder } from './finetooth.ts';
import { joinCollection } from './long-joined.ts';

/** nDCG@10 of three ways to search an index of these documents. */
async function measure(documents: readonly Document[], queries: ReadonlyMap<string, string>, judgments: Parameters<typeof meanOf>[1]) {
  await using index = await openIndex(join(workFolder(), 'index'), { create: true });
  await index.add(documents);
  const values: Record<string, number> = {};
  for (const [name, options] of [
    ['dense', { reranker: null }],
    ['bm25', { firstStage: 'bm25', reranker: null }],
    ['default', {}],
  ] as const) {
    const run = new Map<string, { id: string; score: number }[]>();
    for (const [id, query] of queries) {
      const { results } = await search(index, query, { ...options, top: 10 });
      run.set(
        id,
        results.map((result) => ({ id: result.id, score: -result.rank })),
      );
    }
    values[name] = meanOf(run, judgments);
  }
  return values;
}

it('finds what stands anywhere in long documents as well as in short ones', async (context) => {
  const folder = collection('scifact');
  if (folder === undefined) return context.skip(absence('scifact'));
  const { single, joined, queries, judgments } = await joinCollection(folder);
  const [short, long] = [await measure(single, queries, judgments.single), await measure(joined, queries, judgments.joined)];
  for (const [name, value] of Object.entries(short))
    expect(long[name], `${name}: short ${value}, long ${long[name]}`).toBeGreaterThan(value - 0.02);
});
