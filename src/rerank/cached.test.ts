import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached } from './cached.ts';
import { cascade } from './cascade.ts';
import type { Candidate, Reranker } from './reranker.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finetooth-scores-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Scores a text by its length, and counts what it is asked for. */
const lengths = (fingerprint = 'lengths@1') => {
  const read: string[] = [];
  const reranker: Reranker = {
    fingerprint,
    score: async (_, candidates) => {
      read.push(...candidates.map(({ text }) => text));
      return {
        scores: Float32Array.from(candidates, ({ text }) => text.length / 3),
        relevance: Float32Array.from(candidates, ({ text }) => text.length / 100),
        cut: Uint32Array.from(candidates, ({ text }) => Math.max(0, text.length - 5)),
        spans: candidates.map(({ text }) => (text.length > 4 ? ([0, 4] as const) : undefined)),
        usage: { tokens: candidates.length },
      };
    },
  };
  return { reranker, read };
};
const texts = (...list: readonly string[]): Candidate[] => list.map((text) => ({ text }));

describe.each(['in memory', 'in a folder'])('cached, %s', (where) => {
  const options = () => (where === 'in memory' ? {} : { at: folder });

  it('gives what the reranker gave, to the last bit, and asks it only for what is new', async () => {
    const { reranker, read } = lengths();
    const one = cached(reranker, options());
    const first = await one.score('q', texts('a', 'bcd', 'efghijk'));
    const again = await one.score('q', texts('efghijk', 'new', 'a'));
    expect(read).toEqual(['a', 'bcd', 'efghijk', 'new']);
    expect(again.scores).toEqual(Float32Array.of(first.scores[2] as number, 1, first.scores[0] as number));
    expect(again.relevance?.[0]).toBe(first.relevance?.[2]);
    expect([...(again.cut ?? [])]).toEqual([2, 0, 0]);
    expect(again.spans).toEqual([[0, 4], undefined, undefined]);
    expect(again.usage).toEqual({ tokens: 1 });
    expect((await one.score('q', texts('a'))).usage).toBeUndefined();
    await one.close?.();
  });

  it('tells apart queries, texts, rerankers, and forms of token vectors', async () => {
    const { reranker, read } = lengths();
    const one = cached(reranker, options());
    await one.score('q', texts('a'));
    await one.score('other', texts('a'));
    const tokens = { form: { size: 8, bits: 4, pool: 1 } as const, data: new Uint8Array(), vector: new Float32Array(8) };
    await one.score('q', [{ text: 'a', tokens }]);
    await one.score('q', [{ text: 'a', tokens: { ...tokens, form: { ...tokens.form, bits: 8 } } }]);
    expect(read).toHaveLength(4);
    await one.close?.();
    const other = lengths('lengths@2');
    const two = cached(other.reranker, options());
    await two.score('q', texts('a'));
    expect(other.read).toHaveLength(1);
    await two.close?.();
  });

  it('keeps no more than it may', async () => {
    const { reranker, read } = lengths();
    const one = cached(reranker, { ...options(), maxEntries: 100 });
    for (let i = 0; i < 300; i++) await one.score('q', texts(`text ${i}`));
    read.length = 0;
    await one.score('q', texts('text 299', 'text 0'));
    expect(read).toEqual(['text 0']);
    await one.close?.();
  });

  it('caches every stage of a cascade', async () => {
    const [first, second] = [lengths('first'), lengths('second')];
    const one = cached(cascade([first.reranker, second.reranker], { keep: [10, 1] }), options());
    const before = await one.score('q', texts('aa', 'b'));
    const after = await one.score('q', texts('aa', 'b', 'cccc'));
    expect([first.read, second.read]).toEqual([
      ['aa', 'b', 'cccc'],
      ['aa', 'cccc'],
    ]);
    expect([...(before.stage ?? [])]).toEqual([1, 0]);
    expect([...(after.stage ?? [])]).toEqual([0, 0, 1]);
    await one.close?.();
  });

  it('keeps nothing of a reranker that breaks its promise', async () => {
    let broken = true;
    const reranker: Reranker = {
      fingerprint: 'odd',
      score: async (_, list) => ({ scores: new Float32Array(list.length).fill(broken ? Number.NaN : 1) }),
    };
    const one = cached(reranker, options());
    expect((await one.score('q', texts('a'))).scores[0]).toBeNaN();
    broken = false;
    expect((await one.score('q', texts('a'))).scores[0]).toBe(1);
    await one.close?.();
  });
});

describe('a folder of scores', () => {
  it('is there for the next process', async () => {
    const one = cached(lengths().reranker, { at: folder });
    await one.score('q', texts('a'));
    await one.close?.();
    const { reranker, read } = lengths();
    const two = cached(reranker, { at: folder });
    expect((await two.score('q', texts('a'))).scores[0]).toBeCloseTo(1 / 3, 6);
    expect(read).toEqual([]);
    await two.close?.();
  });

  it('is refused when its file is something else', () => {
    writeFileSync(join(folder, 'scores.sqlite'), 'no database, and long enough to be read as one'.repeat(50));
    expect(() => cached(lengths().reranker, { at: folder })).toThrow(/scores\.sqlite is not a score cache or is damaged.*Delete it/);
  });
});
