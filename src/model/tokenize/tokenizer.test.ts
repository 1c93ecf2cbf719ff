import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledFolder } from '../bundled.ts';
import { findEntry } from '../catalog/catalog.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { splitTexts } from './split-texts.ts';
import type { TextTokenizer } from './tokenizer.ts';

const folderOf = (name: string): string => bundledFolder(findEntry(name)?.bundled ?? '') ?? '';
const open = (name: string): Promise<TextTokenizer> => loadTokenizer(join(folderOf(name), 'tokenizer.json'));
const filler = 'The committee met on a Tuesday to talk about the budget of the harbour, and adjourned without a vote. ';
/** The least of several runs, since another process may have had the processor meanwhile. */
const timed = (work: () => unknown, runs = 5): number => {
  const took = Array.from({ length: runs }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...took);
};

describe('a text far longer than the window', () => {
  it('gives the tokens of its beginning, and counts at least its words as left out', async () => {
    const tokenizer = await open('bge-small-en-v1.5');
    const exact = tokenizer.encode(filler.repeat(600), 512);
    const long = tokenizer.encode(filler.repeat(20_000), 512);
    expect(long.ids).toEqual(exact.ids);
    // 23 tokens a sentence, of which 19 are words.
    const all = 23 * 20_000;
    expect(long.truncated).toBeLessThanOrEqual(all - 510);
    expect(long.truncated).toBeGreaterThan(18 * 20_000 - 510);
    expect(exact.truncated).toBe(23 * 600 - 510);
  });

  it('costs no more than one of a hundredth, except for a look at its letters', async () => {
    const tokenizer = await open('bge-small-en-v1.5');
    const [short, long] = [filler.repeat(650), filler.repeat(65_000)];
    tokenizer.encode(short, 512);
    expect(timed(() => tokenizer.encode(long, 512))).toBeLessThan(20 * timed(() => tokenizer.encode(short, 512)));
  });

  it('is compared with a long query by its tokens, however many there are', async () => {
    const tokenizer = await open('ms-marco-minilm-l-12-v2');
    const [longer, shorter] = [`${filler.repeat(900)} harbour`, `${filler.repeat(899)} vote`];
    const lengths = (query: string, text: string): readonly number[] => {
      const { types = [] } = tokenizer.encodePair(query, text, 512);
      return [types.filter((type) => type === 0).length, types.filter((type) => type === 1).length];
    };
    // 509 tokens are left for both: the longer one has one more, the template two beside the first and one beside the second.
    expect([lengths(longer, shorter), lengths(shorter, longer)]).toEqual([
      [257, 255],
      [256, 256],
    ]);
  });

  it('reads a query once for all texts', async () => {
    const tokenizer = await open('ms-marco-minilm-l-12-v2');
    const query = filler.repeat(900);
    const one = timed(() => tokenizer.encodePair(query, 'a', 512), 1);
    expect(
      timed(() => {
        for (let i = 0; i < 100; i++) tokenizer.encodePair(query, `a ${i}`, 512);
      }),
    ).toBeLessThan(20 * one);
  });

  it('is split no further than its first part where that is all that is wanted', async () => {
    const tokenizer = await open('bge-small-en-v1.5');
    const entry = findEntry('bge-small-en-v1.5');
    if (entry === undefined) throw new Error('the catalog has no bge-small-en-v1.5');
    const all = splitTexts({ split: [filler.repeat(100)], query: null, room: 64 }, entry, tokenizer);
    const first = splitTexts({ split: [filler.repeat(100)], query: null, room: 64, first: true }, entry, tokenizer);
    expect([...first.spans]).toEqual([...all.spans.slice(0, 2)]);
    const split = (times: number): number =>
      timed(() => splitTexts({ split: [filler.repeat(times)], query: null, room: 64, first: true }, entry, tokenizer));
    split(1000);
    expect(split(50_000)).toBeLessThan(20 * split(500) + 20);
  });
});
