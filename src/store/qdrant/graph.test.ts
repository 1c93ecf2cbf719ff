import type { QdrantClient } from '@qdrant/js-client-rest';
import { expect, it } from 'vitest';
import { manifestFor } from '../contract/entries.ts';
import { buildGraph, loading, waitsForGraph } from './graph.ts';
import type { Schemas } from './library.ts';
import type { Requests } from './requests.ts';

/** What a collection is changed to, of so many points of 384 numbers, each of 1.5 KB, in so many shards, with a graph of these settings. */
async function changeOf(points: number, graph: object, shards = 1): Promise<unknown> {
  const asked: unknown[] = [];
  const client = { updateCollection: async (_: string, changes: unknown) => asked.push(changes) } as unknown as QdrantClient;
  const requests: Requests = { ask: (run) => run(client), nodes: async () => [], close: () => {} };
  const config = {
    params: { shard_number: shards, vectors: { text: { hnsw_config: graph } } },
    hnsw_config: { full_scan_threshold: 10_000 },
  };
  const info = { config } as unknown as Schemas['CollectionInfo'];
  const opened = { collection: 'films--first', points, manifest: manifestFor({ dimensions: 384 }), info };
  expect(waitsForGraph(opened)).toBe('m' in graph && graph.m === loading.links);
  await buildGraph(requests, opened);
  expect(asked.length).toBeLessThan(2);
  return asked[0];
}

const built = (kilobytes: number) => ({
  vectors: { text: { hnsw_config: { m: 16, payload_m: 0, full_scan_threshold: kilobytes } } },
  optimizers_config: { indexing_threshold: 10_000 },
});

it.each([
  ['few', 0, 1, 10_000],
  ['5 % of a hundred thousand', 100_000, 1, 10_000],
  ['of a million', 1_000_000, 1, 75_000],
  ['of a million in four shards', 1_000_000, 4, 18_750],
  ['of a hundred million', 100_000_000, 12, 100_000],
])('compares up to %s', async (_, points, shards, kilobytes) => {
  expect(await changeOf(points, { m: loading.links }, shards)).toEqual(built(kilobytes));
});

it('builds it again for an index that has grown to four times', async () => {
  expect(await changeOf(530_000, { m: 16, payload_m: 0, full_scan_threshold: 10_000 })).toBeUndefined();
  expect(await changeOf(540_000, { m: 16, payload_m: 0, full_scan_threshold: 10_000 })).toEqual(built(40_500));
  expect(await changeOf(540_000, { m: 16, payload_m: 0, full_scan_threshold: 40_500 })).toBeUndefined();
  expect(await changeOf(100_000_000, { m: 16, payload_m: 0, full_scan_threshold: 40_500 })).toBeUndefined();
});

it('leaves a graph of an earlier version as it is, until the index has grown', async () => {
  expect(await changeOf(100_000, { m: 16 })).toBeUndefined();
  expect(await changeOf(1_000_000, { m: 16 })).toEqual(built(75_000));
});
