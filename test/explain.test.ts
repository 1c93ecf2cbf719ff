import { afterAll, describe, expect, it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { openIndex, search } from '../src/index.ts';
import { lateInteraction } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';

const documents = [
  { id: 'bats', title: 'Night Flight', text: 'Bats leave their cave at dusk and hunt by echo.' },
  { id: 'whale', title: 'The White Whale', text: 'A captain sails after the whale that took his leg.' },
];

describe('explanations', async () => {
  const encoder = await openModel();
  const reranker = lateInteraction(encoder);
  afterAll(() => encoder.close());

  it('hold the numbers that the score is made of', async () => {
    const query = 'how do bats find their way';
    const text = documents[0]?.text as string;
    const { scores } = await reranker.score(query, [{ text }]);
    const [stage] = (await reranker.explain?.(query, { text })) ?? [];
    const tokens = stage?.tokens;
    expect(tokens?.query).toEqual(['how', 'do', 'bats', 'find', 'their', 'way']);
    expect(tokens?.document.slice(0, 4)).toEqual(['bats', 'leave', 'their', 'cave']);
    expect(tokens?.similarities.map((row) => row.length)).toEqual(Array(6).fill(tokens?.document.length));
    const best = tokens?.similarities.map((row) => Math.max(...row)) ?? [];
    expect(best.reduce((sum, value) => sum + value, 0) / best.length).toBeCloseTo(tokens?.maxSim as number, 6);
    expect(((tokens?.maxSim ?? 0) + (tokens?.cosine ?? 0)) / 2).toBeCloseTo(scores[0] as number, 3);
    // "bats" meets "bats".
    expect(tokens?.similarities[2]?.indexOf(best[2] as number)).toBe(0);
  });

  it('come with each result of a search, and say what each field gives alone', async () => {
    await using index = await openIndex(memoryStore(), { create: { fields: ['title', 'text'] } });
    await index.add(documents);
    const { results } = await search(index, 'a captain and his whale', { explain: true });
    expect(results[0]).toMatchObject({ id: 'whale', explanation: { fields: [{ field: 'title' }, { field: 'text' }] } });
    const [first] = results;
    const names = first?.explanation?.stages.map(({ name }) => name);
    expect(names).toEqual([expect.stringMatching(/^late-interaction/)]);
    const fields = first?.explanation?.fields ?? [];
    for (const { relevance } of fields) expect(relevance).toBeGreaterThan(0);
    const [title, text] = fields.map(({ share }) => share as number);
    expect((title as number) + (text as number)).toBeCloseTo(1, 6);
    expect((title as number) / (text as number)).toBeCloseTo((fields[0]?.relevance as number) / (fields[1]?.relevance as number), 6);
    const { results: plain } = await search(index, 'a captain and his whale');
    expect(plain[0]?.explanation).toBeUndefined();
  });
});
