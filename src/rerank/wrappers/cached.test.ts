import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stagesOf } from '../../../test/support/stages-of.ts';
import { randomFrom } from '../../math/random.ts';
import type { Candidate, Reranker } from '../reranker.ts';
import { cached } from './cached.ts';
import { calibrated } from './calibrated.ts';
import { cascade } from './cascade.ts';

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
        truncatedTokens: Uint32Array.from(candidates, ({ text }) => Math.max(0, text.length - 5)),
        queryTruncatedTokens: Uint32Array.from(candidates, ({ text }) => Math.max(0, text.length - 6)),
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
    expect([...(again.truncatedTokens ?? [])]).toEqual([2, 0, 0]);
    expect([...(again.queryTruncatedTokens ?? [])]).toEqual([1, 0, 0]);
    expect(again.spans).toEqual([[0, 4], undefined, undefined]);
    expect(again.usage).toEqual({ tokens: 1 });
    expect((await one.score('q', texts('a'))).usage).toBeUndefined();
    await one.close?.();
  });

  it('keeps nothing that is scored as fast as it is looked up, beside what it does keep', async () => {
    const { reranker, read } = lengths();
    const one = cached({ ...reranker, isCheap: ({ tokens }) => tokens !== undefined }, options());
    const tokens = { form: { size: 1, bits: 8, pool: 1 }, data: new Uint8Array(), vector: Float32Array.of(1) } as const;
    const mixed = [{ text: 'a', tokens }, { text: 'bcd' }, { text: 'efghijk', tokens }];
    const first = await one.score('q', mixed);
    const again = await one.score('q', mixed);
    expect(read).toEqual(['a', 'bcd', 'efghijk', 'a', 'efghijk']);
    expect(again.scores).toEqual(first.scores);
    // Without its tokens the same text is none that was kept.
    await one.score('q', texts('a', 'bcd'));
    expect(read.slice(5)).toEqual(['a']);
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
    expect(stagesOf(before)).toEqual([1, 0]);
    expect(stagesOf(after)).toEqual([0, 0, 1]);
    await one.close?.();
  });

  it('tells apart what probabilities are made from', async () => {
    const { reranker, read } = lengths();
    const one = cached(calibrated(reranker, { slope: 1, intercept: 0 }), options());
    const before = await one.score('q', texts('a'));
    await one.close?.();
    const two = cached(calibrated(reranker, { slope: 2, intercept: 0 }), options());
    const after = await two.score('q', texts('a'));
    await two.close?.();
    expect(read).toHaveLength(2);
    expect(after.relevance?.[0]).toBeGreaterThan(before.relevance?.[0] as number);
  });

  it('keeps nothing of an answer that time cut off, and gives it as it is', async () => {
    let late = true;
    const asked: number[] = [];
    const reranker: Reranker = {
      fingerprint: 'late',
      score: async (_, list) => {
        asked.push(list.length);
        const scores = Float32Array.from(list, ({ text }, i) => (late && i > 0 ? Number.NaN : text.length));
        return { scores, complete: !late, usage: { requests: 1 } };
      },
    };
    const one = cached(reranker, options());
    expect((await one.score('q', texts('a', 'bb'))).complete).toBe(false);
    late = false;
    await one.score('q', texts('a', 'bb'));
    late = true;
    const mixed = await one.score('q', texts('a', 'ccc'));
    expect(stagesOf(mixed)).toEqual([0, -1]);
    expect(asked).toEqual([2, 2, 1, 2]);
    // Both of its calls are paid for.
    expect(mixed.usage).toMatchObject({ requests: 2 });
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

  it('never gives a score that changed on the disk', async () => {
    const list = texts(...Array.from({ length: 60 }, (_, i) => 'x'.repeat(i + 1)));
    const one = cached(lengths().reranker, { at: folder });
    const { scores } = await one.score('q', list);
    await one.close?.();
    const whole = readFileSync(join(folder, 'scores.sqlite'));
    const random = randomFrom(20);
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      const at = join(folder, String(i));
      const torn = Buffer.from(whole);
      const place = random.below(torn.length);
      torn[place] = (torn[place] as number) ^ (1 << random.below(8));
      mkdirSync(at);
      writeFileSync(join(at, 'scores.sqlite'), torn);
      const work = async () => {
        const two = cached(lengths().reranker, { at });
        try {
          return (await two.score('q', list)).scores;
        } finally {
          await two.close?.();
        }
      };
      const found = await work().catch((error: unknown) => error);
      if (found instanceof Float32Array) expect(found).toEqual(scores);
      else expect(found).toMatchObject({ code: 'E_CACHE_DAMAGED' });
      if (!(found instanceof Float32Array)) refused++;
    }
    expect(refused).toBeGreaterThan(10);
  });

  it('of an older format goes on, without the scores that say nothing of the query', async () => {
    const database = new DatabaseSync(join(folder, 'scores.sqlite'));
    database.exec(`create table scores (at integer primary key, key text unique, score real, relevance real, cut integer, first integer,
      last integer, checksum integer);
      insert into scores (key, score, cut, checksum) values ('old', 1, 0, 0); pragma user_version = 1`);
    database.close();
    const { reranker, read } = lengths();
    for (let times = 0; times < 2; times++) {
      const one = cached(reranker, { at: folder });
      expect([...((await one.score('q', texts('a', 'efghijk'))).queryTruncatedTokens ?? [])]).toEqual([0, 1]);
      await one.close?.();
    }
    expect(read).toEqual(['a', 'efghijk']);
  });

  it('is refused when its file is of another format, or is no folder', () => {
    const database = new DatabaseSync(join(folder, 'scores.sqlite'));
    database.exec('pragma user_version = 9');
    database.close();
    expect(() => cached(lengths().reranker, { at: folder })).toThrow('scores.sqlite has the format 9; this version reads 2. Delete it.');
    writeFileSync(join(folder, 'file'), '');
    expect(() => cached(lengths().reranker, { at: join(folder, 'file') })).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining('Name a folder that you may write to') }),
    );
  });
});
