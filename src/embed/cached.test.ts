import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { cachedEmbedder } from './cached.ts';
import type { Embedder } from './embedder.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'finetooth-vectors-'));

const counting = (fingerprint = 'counting@1') => {
  const asked: string[][] = [];
  const embedder: Embedder = {
    fingerprint,
    dimensions: 2,
    embed: async (texts, role) => {
      asked.push([role, ...texts]);
      const data = Float32Array.from(texts.flatMap((text) => [Math.sin(text.length), Math.cos(text.length)]));
      return {
        data,
        dimensions: 2,
        count: texts.length,
        truncatedTokens: Uint32Array.from(texts, (text) => (text.length > 5 ? 3 : 0)),
        usage: { requests: 1 },
      };
    },
  };
  return { embedder, asked };
};

describe('a cached embedder', () => {
  it('asks for each text once, in this process and the next, whatever the order', async () => {
    const at = folder();
    const first = counting();
    const one = cachedEmbedder(first.embedder, { at });
    const before = await one.embed(['a', 'bb', 'a', 'too long'], 'document');
    expect(first.asked).toEqual([['document', 'a', 'bb', 'too long']]);
    expect(before).toMatchObject({ count: 4, dimensions: 2, truncatedTokens: Uint32Array.from([0, 0, 0, 3]), usage: { requests: 1 } });
    await one.close?.();
    const second = counting();
    const other = cachedEmbedder(second.embedder, { at });
    const after = await other.embed(['too long', 'new', 'bb'], 'document');
    expect(second.asked).toEqual([['document', 'new']]);
    expect([...after.data]).toEqual(
      ['too long', 'new', 'bb'].flatMap(({ length }) => [Math.fround(Math.sin(length)), Math.fround(Math.cos(length))]),
    );
    expect([...(after.truncatedTokens ?? [])]).toEqual([3, 0, 0]);
    const again = await other.embed(['bb'], 'document');
    expect(again.usage).toBeUndefined();
    await other.close?.();
  });

  it('keeps apart by model and by side of the search, and lets token vectors through', async () => {
    const at = folder();
    const { embedder, asked } = counting();
    const one = cachedEmbedder(embedder, { at });
    await one.embed(['a'], 'document');
    await one.embed(['a'], 'query');
    const other = counting('counting@2');
    const two = cachedEmbedder(other.embedder, { at });
    await two.embed(['a'], 'document');
    expect([asked.length, other.asked.length]).toEqual([2, 1]);
    await one.embed(['a'], 'document', { tokens: { size: 2, bits: 8, pool: 1 } });
    expect(asked.length).toBe(3);
    await Promise.all([one.close?.(), two.close?.()]);
  });

  it('refuses a file that is none of its own, and a vector that changed', async () => {
    const at = folder();
    writeFileSync(join(at, 'vectors.sqlite'), 'not a database, by far not one, only some words in a file');
    expect(() => cachedEmbedder(counting().embedder, { at })).toThrow(expect.objectContaining({ code: 'E_CACHE_DAMAGED' }));
    const other = folder();
    const one = cachedEmbedder(counting().embedder, { at: other });
    await one.embed(['a'], 'document');
    await one.close?.();
    const database = new DatabaseSync(join(other, 'vectors.sqlite'));
    database.exec('update vectors set cut = 9');
    database.close();
    const two = cachedEmbedder(counting().embedder, { at: other });
    await expect(two.embed(['a'], 'document')).rejects.toMatchObject({ code: 'E_CACHE_DAMAGED' });
    await two.close?.();
    expect(existsSync(join(other, 'vectors.sqlite'))).toBe(true);
  });

  it('drops the oldest when it is full', async () => {
    const { embedder, asked } = counting();
    const one = cachedEmbedder(embedder, { at: folder(), maxEntries: 100 });
    for (let i = 0; i < 150; i++) await one.embed([`text ${i}`], 'document');
    await one.embed(['text 149'], 'document');
    expect(asked.length).toBe(150);
    await one.embed(['text 0'], 'document');
    expect(asked.length).toBe(151);
    await one.close?.();
  });
});
