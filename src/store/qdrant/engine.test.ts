import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noQdrant, type QdrantNode, startQdrant } from '../../../test/support/qdrant.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { qdrantEngine } from './engine.ts';
import { aliasesOf, leaseTimes } from './lease.ts';
import { qdrantStore } from './qdrant.ts';
import { connectNodes } from './requests.ts';
import { stageIndex } from './stage.ts';

describe.skipIf(noQdrant !== undefined)(
  `indexes in Qdrant, as commands ask of them${noQdrant === undefined ? '' : `: ${noQdrant}`}`,
  () => {
    let node: QdrantNode;
    let made = 0;
    beforeAll(async () => {
      node = await startQdrant();
    });
    afterAll(() => node.stop());
    const times = { ...leaseTimes, renewMs: 100, deadMs: 1500, settleMs: 50 };
    const newAddress = () => `qdrant://127.0.0.1:${node.port}/films${made++}`;
    const storeAt = (address: string) => qdrantStore({ url: node.url, name: qdrantEngine.indexName(address), leases: times });
    const filled = async (address: string, ...ids: readonly string[]) => {
      const store = storeAt(address);
      await store.open(manifestFor({ id: ids[0] }));
      await store.upsert(ids.map((id, at) => entryFor(id, at)));
      return store;
    };
    const idsIn = async (store: ReturnType<typeof storeAt>) => (await Array.fromAsync(store.get('all', []))).map(({ id }) => id).sort();
    const requests = () => connectNodes({ nodes: [node.url] }, 'qdrant');

    it('puts a new index in the place of the old one in one step, while searches go on and writers wait', async () => {
      const address = newAddress();
      const store = await filled(address, 'old');
      const staged = await stageIndex(address, { times });
      const fresh = qdrantEngine.store(staged.address);
      await fresh.open(manifestFor({ id: 'again' }));
      await fresh.upsert([entryFor('new', 1), entryFor('newer', 2)]);
      expect((await store.open())?.id).toBe('old');
      expect(await idsIn(store)).toEqual(['old']);
      let isWritten = false;
      const writing = store.upsert([entryFor('late', 3)]).then(() => {
        isWritten = true;
      });
      const removing = store.delete(['newer']);
      await pause(400);
      expect(isWritten).toBe(false);
      expect((await store.search({ terms: ['word'], limit: 5 })).map(({ id }) => id)).toContain('old');
      await staged.swap();
      await staged.close();
      await Promise.all([writing, removing]);
      expect((await store.open())?.id).toBe('again');
      // The removal too is done once more on what took the place.
      expect(await idsIn(store)).toEqual(['late', 'new']);
      await expect(store.delete(['new'], { from: manifestFor({ id: 'old' }) })).rejects.toMatchObject({ code: 'E_LOCKED' });
      const { removed, before, after } = await qdrantEngine.compact(address);
      expect(removed).toEqual([`${qdrantEngine.indexName(address)}--first`]);
      expect(before).toBeGreaterThan(after);
      expect(await idsIn(store)).toEqual(['late', 'new']);
      expect((await qdrantEngine.compact(address)).removed).toEqual([]);
    });

    it('goes on reading and writing while indexes are replaced and removed in the middle', async () => {
      const address = newAddress();
      const store = await filled(address, 'kept');
      let [isOver, rounds] = [false, 0];
      const reading = (async () => {
        for (; !isOver; rounds++) {
          expect((await store.search({ terms: ['word'], limit: 5 })).map(({ id }) => id)).toContain('kept');
          expect(
            (await store.search({ vector: entryFor('kept', 0).vector, limit: 5, fields: ['document', 'tokens'] })).length,
          ).toBeGreaterThan(0);
          expect((await Array.fromAsync(store.get(['kept'], ['hash']))).length).toBe(1);
          expect(await store.count({ fields: { id: 'kept' } })).toBe(1);
        }
      })();
      for (let round = 0; round < 4; round++) {
        const staged = await stageIndex(address, { times });
        const fresh = qdrantEngine.store(staged.address);
        await fresh.open(manifestFor({ id: `again${round}` }));
        await fresh.upsert([entryFor('kept', 0)]);
        const writing = store.upsert([entryFor(`late${round}`, round)]);
        await staged.swap();
        await staged.close();
        await qdrantEngine.compact(address);
        await writing;
        expect(await idsIn(store)).toEqual(['kept', `late${round}`]);
      }
      isOver = true;
      await reading;
      expect(rounds).toBeGreaterThan(3);
    });

    it('leaves everything as it was where what was staged is closed', async () => {
      const address = newAddress();
      const store = await filled(address, 'old');
      const staged = await qdrantEngine.stage(address);
      await qdrantEngine.store(staged.address).open(manifestFor({ id: 'again' }));
      await staged.close();
      await store.upsert([entryFor('more', 1)]);
      expect(await idsIn(store)).toEqual(['more', 'old']);
      const { collections } = await requests().ask((client) => client.getCollections());
      expect(collections.filter(({ name }) => name.startsWith(`${qdrantEngine.indexName(address)}--`))).toHaveLength(1);
    });

    it('makes an index where there was none', async () => {
      const address = newAddress();
      const staged = await qdrantEngine.stage(address);
      const fresh = qdrantEngine.store(staged.address);
      await fresh.open(manifestFor({ id: 'first' }));
      await fresh.upsert([entryFor('a', 1)]);
      expect(await storeAt(address).open()).toBeUndefined();
      await staged.swap();
      await staged.close();
      expect(await idsIn(storeAt(address))).toEqual(['a']);
    });

    it('lets one of two make it again, and then the other', async () => {
      const address = newAddress();
      await filled(address, 'old');
      let working = 0;
      const again = async (id: string) => {
        const staged = await stageIndex(address, { times });
        expect(++working).toBe(1);
        const fresh = qdrantEngine.store(staged.address);
        await fresh.open(manifestFor({ id }));
        await fresh.upsert([entryFor(id, 1)]);
        await pause(150);
        working--;
        await staged.swap();
        await staged.close();
      };
      await Promise.all(['a', 'b', 'c'].map(again));
      expect(await idsIn(storeAt(address))).toHaveLength(1);
      expect((await qdrantEngine.compact(address)).removed).toHaveLength(3);
    });

    it('waits no longer for who died than its lease lives, and sweeps what it staged', async () => {
      const address = newAddress();
      const store = await filled(address, 'old');
      const dead = await stageIndex(address, { times: { ...times, renewMs: 1e6 } });
      await qdrantEngine.store(dead.address).open(manifestFor({ id: 'never' }));
      await store.upsert([entryFor('late', 1)]);
      expect(await idsIn(store)).toEqual(['late', 'old']);
      const name = qdrantEngine.indexName(address);
      expect(await aliasesOf(requests(), `${name}--first`)).toEqual([name]);
      const next = await stageIndex(address, { times });
      await next.close();
      const { collections } = await requests().ask((client) => client.getCollections());
      expect(collections.filter((one) => one.name.startsWith(`${name}--`))).toHaveLength(1);
      await expect(dead.swap()).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    });

    it('refuses to put in place what another one did meanwhile, and writers give up in the end', async () => {
      const address = newAddress();
      const store = await filled(address, 'old');
      const first = await stageIndex(address, { times: { ...times, renewMs: 1e6 } });
      await qdrantEngine.store(first.address).open(manifestFor({ id: 'one' }));
      const impatient = qdrantStore({ url: node.url, name: qdrantEngine.indexName(address), leases: { ...times, waitMs: 200 } });
      await expect(impatient.upsert([entryFor('late', 1)])).rejects.toMatchObject({ code: 'E_LOCKED' });
      const second = await stageIndex(address, { times });
      await expect(first.swap()).rejects.toMatchObject({ code: expect.stringMatching(/E_LOCKED|E_INDEX_MISSING/) });
      await second.close();
      await store.upsert([entryFor('x', 2)]);
    });

    it('says in what state a server and an index are', async () => {
      const address = newAddress();
      expect((await qdrantEngine.check(address)).at(-1)).toMatchObject({ name: 'index', state: 'warning', found: 'there is none yet' });
      const store = await filled(address, ...Array.from({ length: 60 }, (_, at) => `d${at}`));
      expect((await qdrantEngine.check(address)).find(({ name }) => name === 'index')).toMatchObject({
        state: 'warning',
        found: expect.stringContaining('its first run of writes has not ended'),
        advice: 'Wait for it, or compact the index.',
      });
      await store.optimize();
      const findings = await qdrantEngine.check(`${address}?replicas=1`);
      expect(findings.map(({ name, state }) => `${name} ${state}`)).toEqual(
        ['node', 'version', 'index', 'payload indexes', 'replication', 'quantization', 'recall'].map((name) => `${name} ok`),
      );
      expect(findings.at(-1)?.found).toContain('recall@25 1.000 on 50 vectors');
      await requests().ask((client) => client.deletePayloadIndex(`${qdrantEngine.indexName(address)}--first`, 'terms', { wait: true }));
      expect((await qdrantEngine.check(address)).find(({ name }) => name === 'payload indexes')).toMatchObject({ state: 'warning' });
      await qdrantEngine.compact(address);
      expect((await qdrantEngine.check(address)).find(({ name }) => name === 'payload indexes')).toMatchObject({ state: 'ok' });
      const nowhere = await qdrantEngine.check('qdrant://127.0.0.1:9/films');
      expect(nowhere.map(({ state }) => state)).toContain('broken');
    });

    it('opens an index for who made it at the same time, takes no collection of others, and none of a later format', async () => {
      const address = newAddress();
      const stores = Array.from({ length: 6 }, () => storeAt(address));
      const opened = await Promise.all(stores.map((store, at) => store.open(manifestFor({ id: `m${at}` }))));
      expect(new Set(opened.map((manifest) => manifest?.id)).size).toBe(1);
      await Promise.all(stores.map((store, at) => store.upsert([entryFor(`d${at}`, at)])));
      expect(await stores[0]?.count()).toBe(6);
      const later = storeAt(newAddress());
      await expect(later.open(manifestFor({ format: 99 }))).rejects.toMatchObject({ code: 'E_INDEX_DAMAGED' });
      await requests().ask((client) => client.createCollection('theirs', { vectors: { size: 4, distance: 'Cosine' } }));
      await expect(storeAt(`qdrant://127.0.0.1:${node.port}/theirs`).open(manifestFor())).rejects.toMatchObject({
        code: 'E_INDEX_DAMAGED',
      });
    });
  },
);
