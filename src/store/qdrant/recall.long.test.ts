import { setTimeout as pause } from 'node:timers/promises';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noQdrant, type QdrantNode, startQdrant } from '../../../test/support/qdrant.ts';
import type { Filter } from '../../filter/filter.ts';
import { randomFrom } from '../../math/random.ts';
import { topK } from '../../math/top-k.ts';
import { cosine } from '../../math/vectors.ts';
import { manifestFor } from '../contract/entries.ts';
import type { Entry } from '../store.ts';
import { type QdrantStoreOptions, qdrantStore } from './qdrant.ts';

const DOCUMENTS = 24_000;
const SIZE = 128;
const CLUSTERS = 200;
const LIMIT = 25;

/** Vectors as models give them: near centres of which a few have most, with a direction that all share. */
const { below, word } = randomFrom(31);
const normal = (): number => Math.sqrt(-2 * Math.log((word() + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * word()) / 2 ** 32);
const shared = Float32Array.from({ length: SIZE }, normal);
const centres = Array.from({ length: CLUSTERS }, () => Float32Array.from({ length: SIZE }, normal));
function vectorNear(cluster: number): Float32Array {
  const vector = (centres[cluster] as Float32Array).map((value, i) => value + 0.6 * (shared[i] as number) + 0.8 * normal());
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

describe.skipIf(noQdrant !== undefined)(
  `recall@25 of the approximate search in Qdrant${noQdrant === undefined ? '' : `: ${noQdrant}`}`,
  () => {
    const clusterOf = () => Math.floor(CLUSTERS * (word() / 2 ** 32) ** 2);
    const entries = Array.from({ length: DOCUMENTS }, (_, at): Entry => {
      const cluster = clusterOf();
      const document = {
        id: `d${at}`,
        tenth: below(10),
        hundredth: below(100),
        thousandth: below(1000),
        cluster,
        half: at % 2 === 0 ? 'a' : 'b',
      };
      return { id: `d${at}`, document, hash: 'h', textHash: 't', terms: `w${cluster} common`, vector: vectorNear(cluster) };
    });
    const queries = Array.from({ length: 40 }, () => vectorNear(clusterOf()));
    const filters: readonly (readonly [string, Filter | undefined])[] = [
      ['none', undefined],
      ['50 %', { half: 'a' }],
      ['10 %', { tenth: 3 }],
      ['8 %', { hundredth: { gte: 92 } }],
      ['5 %', { hundredth: { gte: 95 } }],
      ['3 %', { hundredth: { gte: 97 } }],
      ['1 %', { hundredth: 7 }],
      ['.1 %', { thousandth: 11 }],
      ['one far cluster', { cluster: 150 }],
      ['all but the large clusters', { cluster: { gte: 40 } }],
    ];
    const fitting = filters.map(([, filter]) => {
      const [[field, wanted] = ['', undefined]] = Object.entries(filter ?? {});
      return entries.filter(({ document }) => {
        const value = document[field] as number;
        return wanted === undefined || value === wanted || value >= (wanted as { gte: number }).gte;
      });
    });
    let node: QdrantNode;
    beforeAll(async () => {
      node = await startQdrant();
    });
    afterAll(() => node.stop());

    it.each<readonly [string, Partial<QdrantStoreOptions>]>([
      ['vectors as they are', {}],
      ['int8 in memory', { quantization: 'int8' }],
    ])('is .99 or more with %s, whatever the filter', async (name, options) => {
      const store = qdrantStore({ url: node.url, name: name.replaceAll(' ', '-'), approximateFrom: 1000, ...options });
      await store.open(
        manifestFor({
          dimensions: SIZE,
          filterable: { tenth: 'number', hundredth: 'number', thousandth: 'number', cluster: 'number', half: 'keyword' },
        }),
      );
      const client = new QdrantClient({ url: node.url, checkCompatibility: false });
      for (let at = 0; at < DOCUMENTS; at += 2000) await store.upsert(entries.slice(at, at + 2000));
      await store.optimize();
      // By itself it builds a graph where a part has 10 MB of vectors, and looks into it where as many fit; these have 12 in all. As of a large index 5 % are compared.
      await client.updateCollection(`${name.replaceAll(' ', '-')}--first`, {
        optimizers_config: { indexing_threshold: 500 },
        vectors: { text: { hnsw_config: { full_scan_threshold: 600 } } },
      });
      // Of words too.
      for (let attempt = 0; attempt < 600; attempt++) {
        const { status, indexed_vectors_count } = await client.getCollection(name.replaceAll(' ', '-'));
        if (status === 'green' && (indexed_vectors_count ?? 0) >= 2 * DOCUMENTS) break;
        await pause(500);
      }
      expect((await client.getCollection(name.replaceAll(' ', '-'))).indexed_vectors_count).toBeGreaterThanOrEqual(2 * DOCUMENTS);
      const found: Record<string, string> = {};
      for (const [at, [which, filter]] of filters.entries()) {
        let [right, all] = [0, 0];
        const before = node.usage().seconds;
        for (const vector of queries) {
          const hits = await store.search({ vector, filter, limit: LIMIT, fields: [] });
          const expected = topK(
            (fitting[at] as Entry[]).map((one) => ({ id: one.id, score: cosine(vector, one.vector) })),
            LIMIT,
          );
          expect(hits.length).toBe(expected.length);
          const ids = new Set(expected.map(({ id }) => id));
          right += hits.filter(({ id }) => ids.has(id)).length;
          all += expected.length;
        }
        found[which] =
          `${(right / all).toFixed(4)}, ${((1000 * (node.usage().seconds - before)) / queries.length).toFixed(1)} ms of the server`;
        expect(right / all, which).toBeGreaterThanOrEqual(0.99);
      }
      console.log(name, found);
      await store.close();
    });
  },
);
