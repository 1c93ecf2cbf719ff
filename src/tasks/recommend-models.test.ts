import { describe, expect, it } from 'vitest';
import { catalog } from '../model/catalog/catalog.ts';
import { knownRepositories } from '../model/catalog/known-repositories.ts';
import { betterAndNoLarger, headline } from './model-quality.ts';
import { recommendModels } from './recommend-models.ts';

const named = (name: string) => {
  const found = catalog.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const anyNamed = (name: string) => knownRepositories.find((one) => one.name === name) ?? named(name);

describe('betterAndNoLarger', () => {
  it('names for a reranker a better one that is no larger', () => {
    for (const [name, better] of [
      ['mxbai-rerank-base-v1', 'ettin-reranker-150m-v1'],
      ['mxbai-rerank-xsmall-v1', 'ettin-reranker-68m-v1'],
      ['ms-marco-minilm-l-4-v2', 'ettin-reranker-17m-v1'],
      ['ms-marco-minilm-l-12-v2', 'ettin-reranker-32m-v1'],
    ] as const)
      expect(betterAndNoLarger(named(name))?.name).toBe(better);
  });

  it('never one of another kind, language or licence, nor one that is larger or worse', () => {
    for (const entry of catalog) {
      const better = betterAndNoLarger(entry);
      if (better === undefined) continue;
      expect(better.kind).toBe(entry.kind);
      expect(better.parameters).toBeLessThanOrEqual(entry.parameters);
      expect(headline(better)?.value).toBeGreaterThan(headline(entry)?.value as number);
      if (entry.languages.includes('multilingual')) expect(better.languages).toContain('multilingual');
    }
    expect(betterAndNoLarger(named('bge-reranker-v2-m3'))).toBeUndefined();
    expect(betterAndNoLarger(named('bge-reranker-base'))).toBeUndefined();
  });
});

describe('recommendModels', () => {
  const picks = async (options: Parameters<typeof recommendModels>[0]) => (await recommendModels(options)).picks;

  it('names three of each, faster ones smaller and better ones better', async () => {
    const all = await picks({ maxMemory: 16_000 });
    for (const task of ['embed', 'rerank'] as const) {
      const three = all.filter((one) => one.task === task);
      expect(three.map(({ pick }) => pick)).toEqual(['fast', 'balanced', 'best']);
      const [fast, balanced, best] = three.map(({ quality, megabytes }) => [quality?.value as number, megabytes] as const);
      expect(fast?.[0]).toBeLessThan(balanced?.[0] as number);
      expect(balanced?.[0]).toBeLessThan(best?.[0] as number);
      expect(fast?.[1]).toBeLessThan(balanced?.[1] as number);
      expect(balanced?.[1]).toBeLessThan(best?.[1] as number);
    }
  });

  it('keeps to languages, kinds of text, memory and licences that allow anything', async () => {
    const german = await picks({ languages: ['de'] });
    expect(german.length).toBeGreaterThan(0);
    for (const { name } of german) expect(anyNamed(name).languages).toContain('multilingual');
    for (const { name } of await picks({ kind: 'long' })) expect(anyNamed(name).maxTokens).toBeGreaterThanOrEqual(2048);
    for (const { megabytes } of await picks({ maxMemory: 300 })) expect(megabytes).toBeLessThanOrEqual(300);
    for (const { licence } of [...german, ...(await picks({ kind: 'code' }))]) expect(licence).toMatch(/^(Apache-2\.0|MIT)$/);
    expect(await picks({ maxMemory: 64 })).toEqual([]);
    expect((await picks({ kind: 'code', maxMemory: 16_000 })).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lateon-code-edge', 'lateon-code']),
    );
    expect((await picks({ maxMemory: 16_000 })).some(({ name }) => name.startsWith('lateon-code'))).toBe(false);
    expect((await picks({})).every(({ milliseconds }) => milliseconds === undefined)).toBe(true);
  });

  it('refuses what it does not take', async () => {
    await expect(recommendModels({ kind: 'poems' as 'prose' })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
