import { describe, expect, it } from 'vitest';
import { indexSystem, runSystem } from '../src/eval/systems/system.ts';
import { openIndex, type Reranker, rerank, search } from '../src/index.ts';
import { defaultPipeline } from '../src/plan.ts';
import { sigmoid } from '../src/rerank/calibration.ts';
import { calibrated } from '../src/rerank/wrappers/calibrated.ts';
import { chunked } from '../src/rerank/wrappers/chunked.ts';
import { lazyReranker } from '../src/rerank/wrappers/lazy.ts';
import { remembering } from '../src/rerank/wrappers/remembering.ts';
import { cached, cascade, fallback, firstStageOrder } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';
import { hashEmbedder } from './hash-embedder.ts';

const COUNT = 12;
const ids = Array.from({ length: COUNT }, (_, i) => `d${String(i).padStart(2, '0')}`);
const texts = new Map(ids.map((id, i) => [id, { id, text: `about ${i}` }]));
const documents = ids.map((id) => ({ id, document: texts.get(id) as { id: string; text: string } }));
/** What the inner rerankers say is best: the largest number. */
const forwards = ids.toReversed();

const numbers = (fingerprint: string): Reranker => ({
  fingerprint,
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => Number(text.replace('about ', ''))) }),
});
const whole = async (_: string, list: readonly string[]) => list.map((text) => [[0, text.length] as const]);

/** Every way of making a reranker from others. */
const wrappers: Readonly<Record<string, (inner: Reranker) => Reranker>> = {
  cached: (inner) => cached(inner),
  remembering: (inner) => remembering(inner),
  calibrated: (inner) => calibrated(inner, sigmoid),
  'in parts': (inner) => chunked(inner, whole),
  lazy: (inner) => lazyReranker('lazy@1', async () => inner),
  fallback: (inner) => fallback([inner, firstStageOrder()]),
  'a cascade of one': (inner) => cascade([inner]),
  'a cascade of two': (inner) => cascade([numbers('first@1'), inner], { keep: [COUNT, COUNT] }),
};

/** The inner one, turned upside down by object spread, as the examples do it. */
const upsideDown = (inner: Reranker) => {
  const count = { calls: 0 };
  const reranker: Reranker = {
    ...inner,
    fingerprint: 'mine@1',
    score: async (query, candidates, options) => {
      count.calls++;
      const { scores } = await inner.score(query, candidates, options);
      return { scores: scores.map((score) => -score) };
    },
  };
  return { reranker, count };
};

const inners: Readonly<Record<string, () => Reranker>> = {
  'a function': () => numbers('numbers@1'),
  ...Object.fromEntries(Object.entries(wrappers).map(([name, wrap]) => [name, () => wrap(numbers('numbers@1'))])),
  'a lazy cascade': () => lazyReranker('lazy@1', async () => cascade([numbers('a@1'), numbers('b@1')])),
};

const openFilled = async (reranker: Reranker) => {
  const index = await openIndex(memoryStore(), { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder(), reranker });
  await index.add(texts.values());
  return index;
};

/** Every way of asking a reranker: the ids in the order that came. */
const asks: Readonly<Record<string, (reranker: Reranker) => Promise<readonly string[]>>> = {
  rerank: async (reranker) => (await rerank('q', documents, { model: reranker, fields: ['text'] })).results.map(({ id }) => id),
  'rerank within a deadline': async (reranker) =>
    (await rerank('q', documents, { model: reranker, fields: ['text'], deadlineMs: 600_000 })).results.map(({ id }) => id),
  search: async (reranker) => {
    const index = await openFilled(reranker);
    return (await search(index, 'about', { top: COUNT })).results.map(({ id }) => id);
  },
  'an evaluation of an index': async (reranker) => {
    const index = await openFilled(numbers('other@1'));
    const pipeline = { ...defaultPipeline, candidates: COUNT };
    return (await indexSystem(index, pipeline, { reranker, cutOffs: [5] }).answer('q1', 'about', {})).ranking;
  },
  'an evaluation of a run': async (reranker) => {
    const run = { fingerprint: 'run', lists: new Map([['q1', ids]]), document: (id: string) => texts.get(id) };
    const pipeline = { ...defaultPipeline, candidates: COUNT };
    return (await runSystem(run, pipeline, ['text'], { reranker, cutOffs: [] }).answer('q1', 'about', {})).ranking;
  },
};

describe.each(Object.entries(inners))('%s, decorated by spread', (_, make) => {
  it.each(Object.entries(asks))('is asked by %s', async (__, ask) => {
    expect(await ask(make())).toEqual(forwards);
    const { reranker, count } = upsideDown(make());
    expect(await ask(reranker)).toEqual(ids);
    expect(count.calls).toBeGreaterThan(0);
  });

  it.each(Object.entries(wrappers))('is asked in %s, and in whatever that is in', async (__, wrap) => {
    for (const [outer, wrapAgain] of [['nothing', (one: Reranker) => one] as const, ...Object.entries(wrappers)]) {
      for (const [how, ask] of [['rerank', asks.rerank] as const, ['a run', asks['an evaluation of a run']] as const]) {
        const { reranker, count } = upsideDown(make());
        expect(await ask?.(wrapAgain(wrap(reranker))), `in ${outer}, by ${how}`).toEqual(ids);
        expect(count.calls, `in ${outer}, by ${how}`).toBeGreaterThan(0);
      }
    }
  });
});

describe('a reranker decorated in another way', () => {
  it('keeps its own name and its own explanation in a cache', async () => {
    const mine: Reranker = { ...cascade([numbers('a@1'), numbers('b@1')]), fingerprint: 'mine@1', explain: async () => [{ name: 'mine' }] };
    const one = cached(mine);
    expect(one.fingerprint).toBe('mine@1');
    expect(await one.explain?.('q', { text: 'about 1' })).toEqual([{ name: 'mine' }]);
  });
});
