import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noQdrant, type QdrantNode, startCluster } from '../../../test/support/qdrant.ts';
import { faultsOf, versionOf } from '../../../test/support/versioned-documents.ts';
import { randomFrom } from '../../math/random.ts';
import { manifestFor, unit } from '../contract/entries.ts';
import { qdrantEngine } from './engine.ts';
import { qdrantStore } from './qdrant.ts';
import type { Degraded } from './request-options.ts';

/** Times that a node is killed while there is a load, and while there are searches. */
const KILLS = Number(process.env.KILLS ?? 10);

describe.skipIf(noQdrant !== undefined)(
  `three nodes of Qdrant, of which one is killed${noQdrant === undefined ? '' : `: ${noQdrant}`}`,
  () => {
    let nodes: readonly QdrantNode[] = [];
    beforeAll(async () => {
      nodes = await startCluster(3);
    });
    afterAll(async () => {
      for (const node of nodes) await node.stop();
    });
    const storeFrom = (first: number, options: { readonly onDegraded?: (degraded: Degraded) => void } = {}) => {
      const url = [...nodes.slice(first), ...nodes.slice(0, first)].map((node) => node.url);
      return qdrantStore({ url, name: 'films', shards: 3, replicas: 3, ...options });
    };
    const fields = ['hash', 'document', 'terms', 'further'] as const;

    it('loses, doubles and mixes nothing that was acknowledged, and goes on searching', async () => {
      const random = randomFrom(17);
      const told: Degraded[] = [];
      const loader = storeFrom(0, { onDegraded: (one) => told.push(one) });
      const searcher = storeFrom(1);
      await loader.open(manifestFor({ splitter: 'passages-1' }));
      await searcher.open();
      let [acknowledged, searches, longest, isOver] = [0, 0, 0, false];
      const loading = (async () => {
        for (; !isOver; acknowledged += 20)
          await loader.upsert(Array.from({ length: 20 }, (_, i) => versionOf(acknowledged + i, acknowledged % 3)));
      })();
      while (acknowledged < 40) await pause(20);
      const searching = (async () => {
        for (; !isOver; searches++) {
          const before = performance.now();
          const least = acknowledged;
          const hits = await searcher.search(searches % 2 === 0 ? { vector: unit(searches), limit: 10 } : { terms: ['word'], limit: 10 });
          expect(hits).toHaveLength(10);
          if (searches % 10 === 0) expect(await searcher.count()).toBeGreaterThanOrEqual(least);
          longest = Math.max(longest, performance.now() - before);
        }
      })();
      const refused: number[] = [];
      for (let round = 0; round < KILLS; round++) {
        const node = nodes[round % 3] as QdrantNode;
        const before = acknowledged;
        await pause(200 + random.below(600));
        await node.kill();
        await pause(1500 + random.below(1500));
        // Two of three replicas have every write: loading goes on while one is down.
        refused.push(acknowledged - before);
        await node.restart();
        await allActive();
      }
      isOver = true;
      await Promise.all([loading, searching]);
      await allActive();
      for (const first of [0, 1, 2]) {
        const store = storeFrom(first);
        await store.open();
        const entries = await Array.fromAsync(store.get('all', fields));
        expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
        expect(entries.length).toBe(acknowledged);
        expect(entries.flatMap((entry) => faultsOf(entry) ?? [])).toEqual([]);
        expect((await store.stats()).documents).toBe(acknowledged);
      }
      console.log({
        acknowledged,
        searches,
        longest: Math.round(longest),
        loadedWhileDown: refused,
        told: told.map((one) => `${one.what.slice(-5)} ${one.milliseconds} ms ${one.retries}`),
      });
      // A busy machine may do nothing for a second or two.
      expect(refused.filter((documents) => documents > 0).length).toBeGreaterThanOrEqual(KILLS / 2);
      expect(told.length).toBeGreaterThan(0);
      const findings = await qdrantEngine.check(`qdrant://${nodes.map(({ url }) => url.slice(7))[0]}/films`);
      expect(findings.filter(({ state }) => state === 'broken')).toEqual([]);
    });

    async function allActive(): Promise<void> {
      for (let attempt = 0; attempt < 600; attempt++) {
        const states = await Promise.all(
          nodes.map(async ({ url }) => {
            const response = await fetch(`${url}/collections/films--first/cluster`).catch(() => undefined);
            const { result } = (await response?.json().catch(() => ({}))) as {
              result?: { local_shards: { state: string }[]; remote_shards: { state: string }[] };
            };
            return result === undefined ? ['none'] : [...result.local_shards, ...result.remote_shards].map(({ state }) => state);
          }),
        );
        if (states.flat().every((state) => state === 'Active')) return;
        await pause(200);
      }
      throw new Error('replicas are not active again after two minutes');
    }
  },
);
