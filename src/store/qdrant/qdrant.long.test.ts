import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noQdrant, type QdrantNode, startCluster, startQdrant } from '../../../test/support/qdrant.ts';
import { randomFrom } from '../../math/random.ts';
import { storeContract } from '../contract/contract.ts';
import { entryFor, manifestFor, unit } from '../contract/entries.ts';
import { drawDocument, drawFilter, drawOne, filterableFields, typedFields } from '../contract/filters.ts';
import { memoryStore } from '../memory.ts';
import { type QdrantStoreOptions, qdrantStore } from './qdrant.ts';

const why = noQdrant === undefined ? '' : `: ${noQdrant}`;

describe.skipIf(noQdrant !== undefined)(`Qdrant on three nodes, three shards, three replicas of which two must have a write${why}`, () => {
  let nodes: readonly QdrantNode[] = [];
  let made = 0;
  beforeAll(async () => {
    nodes = await startCluster(3);
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
  });
  /** Each store asks another node first, so that what one writes another reads elsewhere. */
  const newStore = () => {
    const first = made % 3;
    const url = [...nodes.slice(first), ...nodes.slice(0, first)].map((node) => node.url);
    return qdrantStore({ url, name: `films${made++}`, shards: 3, replicas: 3 });
  };
  for (const { name, run } of storeContract(newStore)) it(name, run);
});

describe.skipIf(noQdrant !== undefined)(`Qdrant under 10,000 filters drawn at random${why}`, () => {
  let node: QdrantNode;
  let made = 0;
  beforeAll(async () => {
    node = await startQdrant();
  });
  afterAll(() => node.stop());
  const make = (options: Partial<QdrantStoreOptions> = {}) => qdrantStore({ url: node.url, name: `films${made++}`, ...options });

  it.each([
    [1, { filterable: typedFields, splitter: 'passages-1' }, {}],
    [2, { filterable: typedFields }, {}],
    [3, { filterable: filterableFields, format: 4 }, {}],
    [4, { filterable: typedFields }, { countedFrom: 0, approximateFrom: 0 }],
  ] as const)('gives what the reference gives under 2,500 of them, drawn by %i', async (seed, manifest, options) => {
    const random = randomFrom(seed);
    const words = ['red', 'red fox', 'blue whale', 'red red sea', '', 'sea'];
    const entries = Array.from({ length: 400 }, (_, at) => {
      const entry = entryFor(`d${at}`, random.below(150), drawOne(random, words), { document: drawDocument(random, at) });
      const further = Array.from({ length: at % 9 === 0 ? random.below(6) : 0 }, (_, i) => ({
        vector: unit(random.below(150)),
        terms: drawOne(random, words),
        place: { span: [i + 1, i + 2] as const },
      }));
      return 'splitter' in manifest && further.length > 0 ? { ...entry, place: { span: [0, 1] as const }, further } : entry;
    });
    const [store, reference] = [make(options), memoryStore()];
    for (const one of [store, reference]) {
      await one.open(manifestFor(manifest));
      await one.upsert(entries);
      await one.optimize();
    }
    const asked = Array.from({ length: 2500 }, (_, at) => {
      const by = at % 2 === 0 ? { vector: unit(random.below(300)) } : { terms: ['red', 'sea'] };
      return { ...by, filter: drawFilter(random, 3), limit: 1 + random.below(at % 5 === 0 ? 500 : 20), exact: true };
    });
    let next = 0;
    const ask = async (): Promise<void> => {
      for (let query = asked[next++]; query !== undefined; query = asked[next++]) {
        const [found, expected] = [await store.search(query), await reference.search(query)];
        expect(
          found.map(({ id }) => id),
          JSON.stringify(query.filter),
        ).toEqual(expected.map(({ id }) => id));
        for (const [at, { score }] of found.entries())
          expect(Math.abs(score - (expected[at]?.score ?? 0))).toBeLessThan(2e-6 * Math.max(1, score));
        expect(await store.count(query.filter), JSON.stringify(query.filter)).toBe(await reference.count(query.filter));
      }
    };
    await Promise.all(Array.from({ length: 8 }, ask));
  });

  describe('with counts of the last time that it was optimized, and an approximate search, from the first document on', () => {
    const some = /reference|ties|outnumber|words of 64|written after/;
    for (const { name, run } of storeContract(() =>
      qdrantStore({ url: node.url, name: `films${made++}`, countedFrom: 0, approximateFrom: 0 }),
    ))
      if (some.test(name)) it(name, run);
  });
});
