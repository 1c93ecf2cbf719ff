import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultyProxy } from '../../../test/servers/faulty-proxy.ts';
import { noQdrant, type QdrantNode, startQdrant } from '../../../test/support/qdrant.ts';
import { faultsOf, versionOf } from '../../../test/support/versioned-documents.ts';
import { randomFrom } from '../../math/random.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { type QdrantStoreOptions, qdrantStore } from './qdrant.ts';
import type { Degraded } from './request-options.ts';

describe.skipIf(noQdrant !== undefined)(`Qdrant when things go wrong${noQdrant === undefined ? '' : `: ${noQdrant}`}`, () => {
  let node: QdrantNode;
  let made = 0;
  beforeAll(async () => {
    node = await startQdrant();
  });
  afterAll(() => node.stop());
  const newStore = async (options: Partial<QdrantStoreOptions> = {}) => {
    const store = qdrantStore({ url: node.url, name: `films${made++}`, ...options });
    await store.open(manifestFor({ splitter: 'passages-1' }));
    return store;
  };
  const fields = ['hash', 'document', 'terms', 'further'] as const;
  const faultsIn = async (store: ReturnType<typeof qdrantStore>) =>
    (await Array.fromAsync(store.get('all', fields))).flatMap((one) => faultsOf(one) ?? []);

  it('loses, doubles and mixes nothing where connections are cut in the middle of requests and answers, and kept ones die', async () => {
    const proxy = await startFaultyProxy(node.port);
    const { below } = randomFrom(7);
    const store = await newStore({ url: proxy.url });
    proxy.faults = { cut: () => below(12) === 0 };
    for (let version = 1; version < 3; version++)
      for (let at = 0; at < 120; at += 40) await store.upsert(Array.from({ length: 40 }, (_, i) => versionOf(at + i, version)));
    expect(await store.delete(['d5', 'd8', 'nothing'])).toBe(2);
    for (let round = 0; round < 20; round++) {
      expect((await store.search({ terms: ['word'], limit: 200 })).length).toBe(118);
      expect((await store.search({ vector: entryFor('x', round).vector, limit: 10 })).length).toBe(10);
      proxy.cutAll();
    }
    expect(proxy.cuts).toBeGreaterThan(20);
    proxy.faults = { delayMs: 60 };
    expect(await store.count()).toBe(118);
    proxy.faults = {};
    expect(await faultsIn(store)).toEqual([]);
    expect((await store.stats()).passages).toBe(118 + 29 * 5);
    await store.close();
    await proxy.close();
  });

  it('waits for a server that is gone for a while, loses nothing that was acknowledged, and says for how long it was', async () => {
    const told: Degraded[] = [];
    const store = await newStore({ onDegraded: (one) => told.push(one) });
    let [acknowledged, stopped] = [0, false];
    const loading = (async () => {
      for (; !stopped; acknowledged += 20) await store.upsert(Array.from({ length: 20 }, (_, i) => versionOf(acknowledged + i, 1)));
    })();
    while (acknowledged < 60) await pause(5);
    await node.kill();
    const before = acknowledged;
    await pause(1200);
    await node.restart();
    while (acknowledged < before + 60) await pause(5);
    stopped = true;
    await loading;
    expect(await store.count()).toBe(acknowledged);
    expect(await faultsIn(store)).toEqual([]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ what: node.url });
    expect(told[0]?.milliseconds).toBeGreaterThanOrEqual(1000);
    expect(told[0]?.reason).toMatch(/ECONNREFUSED|ECONNRESET|other side closed|socket/);
  });

  it('resumes after its process was killed in the middle of a load: what was torn reads as changed', async () => {
    const store = await newStore();
    const name = `films${made - 1}`;
    await store.upsert(Array.from({ length: 400 }, (_, at) => versionOf(at, 0)));
    const { below } = randomFrom(3);
    for (let version = 1; version <= 2; version++) {
      const acknowledged = await killedLoad([node.url, name, String(version)], 2 + below(5), below(30));
      const hashes = new Map((await Array.fromAsync(store.get('all', ['hash']))).map(({ id, hash }) => [id, hash]));
      expect(hashes.size).toBe(400);
      for (const at of acknowledged) expect(hashes.get(`d${at}`)).toBe(`h${at}v${version}`);
      const changed = Array.from({ length: 400 }, (_, at) => versionOf(at, version)).filter(({ id, hash }) => hashes.get(id) !== hash);
      // A document that is not whole never has the hash of one that is.
      const faults = await faultsIn(store);
      expect(faults.filter((fault) => !/: , /.test(fault))).toEqual([]);
      await store.upsert(changed);
      expect(await faultsIn(store)).toEqual([]);
    }
  });

  it('keeps each document whole where two write the same ones', async () => {
    const one = await newStore();
    const other = qdrantStore({ url: node.url, name: `films${made - 1}` });
    await other.open();
    const load = async (store: typeof one, first: number) => {
      for (let version = first; version < first + 6; version += 2)
        await store.upsert(Array.from({ length: 40 }, (_, at) => versionOf(at, version)));
    };
    await Promise.all([load(one, 0), load(other, 1)]);
    const faults = await faultsIn(one);
    expect(faults.filter((fault) => !/: , /.test(fault))).toEqual([]);
    await one.upsert(Array.from({ length: 40 }, (_, at) => versionOf(at, 9)));
    expect(await faultsIn(one)).toEqual([]);
  });

  it('takes large documents in several requests, and refuses by name one that no request can hold', async () => {
    const store = await newStore();
    const large = (id: string, characters: number) => entryFor(id, 1, 'word', { document: { id, text: 'x'.repeat(characters) } });
    await store.upsert(['a', 'b', 'c'].map((id) => large(id, 6e6)));
    expect((await store.search({ terms: ['word'], limit: 9 })).map(({ document }) => String(document.text).length)).toEqual([
      6e6, 6e6, 6e6,
    ]);
    await expect(store.upsert([large('too large', 33e6)])).rejects.toMatchObject({
      code: 'E_TOO_LARGE',
      message: expect.stringContaining('too large'),
    });
  });

  it('names what is wrong: no server, a key that is refused', async () => {
    const nowhere = qdrantStore({ url: 'http://127.0.0.1:9', name: 'films', retryMs: 100, apiKey: 's3cret' });
    const error = await nowhere.open().catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'E_DATABASE', message: expect.stringContaining('qdrant://127.0.0.1:9/films') });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('s3cret');
    const guarded = await startQdrant({ apiKey: 's3cret' });
    try {
      const storeWith = (apiKey: string) => qdrantStore({ url: guarded.url, name: 'films', apiKey });
      const refused = await storeWith('wr0ng')
        .open()
        .catch((one: unknown) => one);
      expect(refused).toMatchObject({ code: 'E_KEY', message: expect.stringContaining('QDRANT_API_KEY') });
      expect((refused as Error).message).not.toContain('wr0ng');
      expect(await storeWith('s3cret').open(manifestFor())).toEqual(manifestFor());
    } finally {
      await guarded.stop();
    }
  });
});

/** Numbers of the documents that a process acknowledged before it was killed, after so many batches and some milliseconds. */
async function killedLoad(args: readonly string[], batches: number, milliseconds: number): Promise<readonly number[]> {
  const script = new URL('../../../test/support/qdrant-loader.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(Number(line));
    if (acknowledged.length !== batches) continue;
    await pause(milliseconds);
    child.kill('SIGKILL');
  }
  return acknowledged.flatMap((from) => Array.from({ length: 20 }, (_, i) => (from + i) % 400));
}
