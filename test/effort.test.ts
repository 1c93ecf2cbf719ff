import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createReranker, openIndex, rerank, type SearchIndex, type SearchOptions, search, searchOptionsOf } from '../src/index.ts';
import { cached } from '../src/rerankers.ts';
import { parsePipeline } from '../src/search/pipeline.ts';
import { memoryStore } from '../src/stores.ts';

const QUERY = 'how do bats find their way in the dark';
const texts = [
  'Bats send out calls and hear by the echo what lies before them in the dark.',
  'A bat is a club of ash or maple with which a ball is hit.',
  'Owls hunt at night by ear: the facial disc leads sound to them.',
  'Cricket bats are made of willow.',
  'Bats sleep in caves by day.',
  'The dark side of the moon was first seen in 1959.',
];
const documents = texts.map((text, at) => ({ id: String(at), text }));
const folder = mkdtempSync(join(tmpdir(), 'finetooth-effort-'));
let index: SearchIndex;
beforeAll(async () => {
  index = await openIndex(memoryStore(), { create: { fields: ['text'] }, effort: 2 });
  await index.add(documents);
});
afterAll(async () => {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});

it('is that of the call, else of the index, and the answer says how many were read', async () => {
  const readWith = async (options: SearchOptions) => (await search(index, QUERY, options)).read;
  expect(await readWith({})).toEqual([6, 2]);
  expect(await readWith({ effort: 1 })).toEqual([6, 1]);
  expect(await readWith({ effort: 'exhaustive' })).toEqual([6, 6]);
  expect(await readWith(await searchOptionsOf(parsePipeline({ name: 'p', effort: 3 }, 'p.json'), index))).toEqual([6, 3]);
  expect(await readWith({ reranker: await index.rerankerNamed(['default'], { effort: 4 }) })).toEqual([6, 4]);
  expect(await readWith({ reranker: null })).toBeUndefined();
});

it('leaves what was not read below, scored by late interaction alone', async () => {
  const { results, complete } = await search(index, QUERY, { effort: 1, stages: true, top: 6 });
  expect(complete).toBe(true);
  expect(results.map(({ stages }) => stages?.[1] !== null)).toEqual([true, false, false, false, false, false]);
  const late = results.map(({ stages }) => stages?.[0] as number);
  expect(late).toEqual(late.toSorted((a, b) => b - a));
});

it('is an option of local, whose answer is the same from a cache', async () => {
  const reranker = cached(createReranker(undefined, { effort: 'low' }), { at: join(folder, 'scores') });
  const [fresh, again] = [await rerank(QUERY, texts, { model: reranker }), await rerank(QUERY, texts, { model: reranker })];
  expect(again.results).toEqual(fresh.results);
  expect(again.read).toEqual(fresh.read);
  expect(fresh.results[0]?.id).toBe('0');
  await reranker.close?.();
  expect(() => createReranker(undefined, { effort: 'lower' as 'low' })).toThrow(
    'effort must be one of low, normal, high, exhaustive, or a whole number from 1 to 10000; got "lower"',
  );
  await expect(openIndex(memoryStore(), { effort: 0 })).rejects.toThrow('got 0');
});

it('is refused where there is no reranker to spend it', () => {
  expect(() => parsePipeline({ name: 'p', reranker: null, effort: 'low' }, 'p.json')).toThrow(
    '"effort" is for a reranker, and "reranker" is none',
  );
});
