import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createReranker, type Reranker, rerank } from '../src/index.ts';
import { fallback } from '../src/rerank/wrappers/fallback.ts';
import { cached, cascade } from '../src/rerankers.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-instruction-'));
const reader = await createReranker(join(import.meta.dirname, 'tiny-models', 'qwen3'), { threads: 1 });
afterAll(async () => {
  await reader.close?.();
  rmSync(folder, { recursive: true, force: true });
});

/** Scores by the length of a text, whatever it is told. */
const byLength = (fingerprint: string): Reranker => ({
  fingerprint,
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
});

const query = 'who captains the ferry';
const films = ['A captain', 'Apples and butter', 'Near the lighthouse'].map((text) => ({ text }));
const scoresOf = async (reranker: Reranker, instruction?: string): Promise<readonly number[]> => {
  const { results } = await rerank(query, films, { model: reranker, instruction });
  return results.toSorted((a, b) => Number(a.index) - Number(b.index)).map(({ relevanceScore }) => relevanceScore);
};

describe('an instruction', () => {
  it('changes what a model that reads one gives, and is no part of what it gives without', async () => {
    const [plain, told] = [await scoresOf(reader), await scoresOf(reader, 'Find meals')];
    expect(told).not.toEqual(plain);
    expect(await scoresOf(reader)).toEqual(plain);
    // The card's own words are what it reads without.
    const web = 'Given a web search query, retrieve relevant passages that answer the query';
    expect(await scoresOf(reader, web)).toEqual(plain);
  });

  it('is part of what a cache knows a score by', async () => {
    const kept = cached(reader, { at: join(folder, 'scores') });
    const [plain, told] = [await scoresOf(kept), await scoresOf(kept, 'Find meals')];
    expect(told).toEqual(await scoresOf(reader, 'Find meals'));
    expect(await scoresOf(kept)).toEqual(plain);
    expect(told).not.toEqual(plain);
  });

  it('reaches the stage of a cascade, and the one of a chain, that reads it', async () => {
    const told = await scoresOf(reader, 'Find meals');
    expect(await scoresOf(cascade([byLength('first'), reader], { keep: [3, 3] }), 'Find meals')).toEqual(told);
    expect(await scoresOf(fallback([reader, byLength('second')]), 'Find meals')).toEqual(told);
  });

  it('is heard within a deadline too, and by what explains a place', async () => {
    const told = await scoresOf(reader, 'Find meals');
    const call = { model: reader, instruction: 'Find meals', deadlineMs: 600_000, explain: true } as const;
    const { results } = await rerank(query, films, call);
    const inOrder = results.toSorted((a, b) => Number(a.index) - Number(b.index));
    expect(inOrder.map(({ relevanceScore }) => relevanceScore)).toEqual(told);
    // Of documents with one field the field alone is the whole text.
    expect(inOrder.map(({ explanation }) => explanation?.fields[0]?.relevance)).toEqual(told);
  });

  it('is refused where no model reads one', async () => {
    for (const one of [byLength('a'), cascade([byLength('a'), byLength('b')])])
      await expect(rerank(query, films, { model: one, instruction: 'Find meals' })).rejects.toMatchObject({
        code: 'E_USAGE',
        message: expect.stringMatching(/instruction is for rerankers that read one.*qwen3-reranker-0\.6b/),
      });
  });
});
