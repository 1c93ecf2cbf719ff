import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poolOf, startPostgres } from '../../../test/support/postgres.ts';
import { startCuttingProxy, startSlowProxy } from '../../../test/support/postgres-proxies.ts';
import { randomFrom } from '../../math/random.ts';
import { hashesIn } from '../contract/checks.ts';
import { entryFor, manifestFor, unit } from '../contract/entries.ts';
import { memoryStore } from '../memory.ts';
import type { Entry, Store } from '../store.ts';
import { postgresStore } from './postgres.ts';

const server = await startPostgres();
const reason = typeof server === 'string' ? server : undefined;

describe.skipIf(reason !== undefined)(`an index in PostgreSQL${reason === undefined ? '' : ` (${reason})`}`, () => {
  if (typeof server === 'string') return it('has no server here', () => {});
  const { connectionString, port } = server;
  let admin: ReturnType<typeof poolOf>;
  const ask = async (text: string, values?: unknown[]) => (await admin.query(text, values)).rows;
  const opened = async (index: string, where = connectionString): Promise<Store> => {
    const store = postgresStore({ connectionString: where, index });
    await store.open(manifestFor());
    return store;
  };
  beforeAll(() => {
    admin = poolOf(connectionString);
  });
  afterAll(async () => {
    await admin.end();
    await server.remove();
  });

  const batchOf = (round: number, size = 60): readonly Entry[] =>
    Array.from({ length: size }, (_, at) => entryFor(`d${round}-${at}`, round * 1000 + at, `red w${at % 7} r${round}`));
  /** Everything that a search may ask is as in the reference with the same entries. */
  const isWhole = async (store: Store, kept: Iterable<Entry>): Promise<void> => {
    const reference = memoryStore();
    await reference.upsert([...kept]);
    expect(await hashesIn(store)).toEqual(await hashesIn(reference));
    expect([await store.count(), (await store.stats()).documents]).toEqual([await reference.count(), await reference.count()]);
    for (const query of [{ terms: ['red'] }, { terms: ['w1', 'r2', 'w1'] }, { vector: unit(7) }]) {
      const [found, expected] = [await store.search({ ...query, limit: 40 }), await reference.search({ ...query, limit: 40 })];
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      found.forEach(({ score }, at) => expect(score).toBeCloseTo(expected[at]?.score as number, 5));
    }
  };

  it('outlives that its server is killed and started again in the middle of loading and of searching', async () => {
    const store = await opened('killed');
    const kept: Entry[] = [];
    let isDown = false;
    const killing = (async () => {
      for (let times = 0; times < 2; times++) {
        await delay(150);
        isDown = true;
        await server.stop('SIGKILL');
        await delay(100);
        await server.start();
        isDown = false;
      }
    })();
    let whileDown = 0;
    let round = 0;
    for (; round < 8 || (round < 60 && whileDown === 0); round++) {
      const batch = batchOf(round);
      if (isDown) whileDown++;
      await store.upsert(batch);
      kept.push(...batch);
      expect((await store.search({ terms: [`r${round}`], limit: 99 })).length).toBe(60);
    }
    await killing;
    await isWhole(store, kept);
    await store.close();
  });

  it('is whole after connections were cut at any byte', async () => {
    const random = randomFrom(12);
    const proxy = await startCuttingProxy(port, { cutAfter: () => 2000 + random.below(9000) });
    const store = await opened('cut', connectionString.replace(`:${port}`, `:${proxy.port}`));
    const kept = new Map<string, Entry>();
    for (let round = 0; round < 14; round++) {
      for (const entry of batchOf(round % 10, 25)) kept.set(entry.id, entry);
      await store.upsert(batchOf(round % 10, 25));
      const gone = [`d${round % 10}-3`, `d${round % 10}-4`, 'nothing'];
      expect(await store.delete(gone)).toBe(2);
      for (const id of gone) kept.delete(id);
      proxy.cut();
      expect((await store.search({ vector: unit(1), limit: 5 })).length).toBe(5);
    }
    expect(proxy.connections()).toBeGreaterThan(15);
    await store.close();
    await proxy.close();
    const direct = await opened('cut');
    await isWhole(direct, kept.values());
    await direct.close();
  });

  it('is whole over a long thin connection, and a search that is given up ends at once where nothing comes any more', async () => {
    const proxy = await startSlowProxy(port, { delayMs: 4, bytes: 16_384 });
    const store = await opened('slow', connectionString.replace(`:${port}`, `:${proxy.port}`));
    const kept = new Map<string, Entry>();
    for (let round = 0; round < 3; round++) {
      for (const entry of batchOf(round)) kept.set(entry.id, entry);
      await store.upsert(batchOf(round));
      expect(await store.delete([`d${round}-5`])).toBe(1);
      kept.delete(`d${round}-5`);
    }
    await isWhole(store, kept.values());
    proxy.stall();
    await expect(store.search({ vector: unit(1), limit: 5, signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      code: 'E_STOPPED',
    });
    proxy.cut();
    await store.close();
    await proxy.close();
    const direct = await opened('slow');
    await isWhole(direct, kept.values());
    await direct.close();
  });

  it('is whole after several wrote the same documents at once, and were made by several at once', async () => {
    const stores = Array.from({ length: 4 }, () => postgresStore({ connectionString, index: 'several', connections: 3 }));
    const manifests = await Promise.all(stores.map((store, at) => store.open(manifestFor({ id: `made by ${at}` }))));
    expect(new Set(manifests.map((one) => one?.id)).size).toBe(1);
    const random = randomFrom(14);
    const written = new Map<string, Map<string, Entry>>();
    await Promise.all(
      stores.map(async (store, writer) => {
        for (let round = 0; round < 8; round++) {
          const entries = Array.from({ length: 12 }, () =>
            entryFor(`d${random.below(30)}`, random.below(900), `red w${writer} w${random.below(4)}`),
          );
          for (const entry of entries)
            written.set(entry.id, (written.get(entry.id) ?? new Map()).set(`${entry.hash} ${entry.terms}`, entry));
          if (round % 3 === 2) await store.delete(entries.slice(6).map(({ id }) => id));
          await store.upsert(entries.slice(0, 8));
          if (round % 4 === 3) await store.optimize();
        }
      }),
    );
    const [first] = stores as [Store];
    const kept: Entry[] = [];
    for await (const { id, hash, terms } of first.get('all', ['hash', 'terms']))
      kept.push(written.get(id)?.get(`${hash} ${terms}`) as Entry);
    expect(kept).not.toContain(undefined);
    for (const store of stores) await isWhole(store, kept);
    for (const store of stores) await store.close();
  });

  it('stops at the server what a signal stops here', async () => {
    const store = await opened('stopped');
    await store.upsert(batchOf(1));
    const blocker = await admin.connect();
    await blocker.query('BEGIN; LOCK TABLE stopped.passages_1');
    const controller = new AbortController();
    const search = store.search({ vector: unit(1), limit: 5, signal: controller.signal });
    const waiting = () => ask("SELECT pid FROM pg_stat_activity WHERE query LIKE '%<#>%' AND wait_event_type = 'Lock'");
    while ((await waiting()).length === 0) await delay(10);
    controller.abort();
    await expect(search).rejects.toMatchObject({ code: 'E_STOPPED' });
    while ((await waiting()).length > 0) await delay(10);
    await blocker.query('ROLLBACK');
    blocker.release();
    expect((await store.search({ vector: unit(1), limit: 5 })).length).toBe(5);
    await store.close();
  });

  it('says what the server has against it, and what to do', async () => {
    const wrong = (change: (url: URL) => void): string => {
      const url = new URL(connectionString);
      change(url);
      return url.href;
    };
    const failing = async (where: string, index = 'refused') => {
      const store = postgresStore({ connectionString: where, index });
      const error = await store.open(manifestFor()).catch((one: unknown) => one);
      await store.close();
      return error;
    };
    const refusals: readonly (readonly [string, string, string])[] = [
      [wrong((url) => (url.password = 'wrong')), 'E_KEY', 'PGPASSWORD'],
      [wrong((url) => (url.password = '')), 'E_KEY', 'PGPASSWORD'],
      [wrong((url) => (url.pathname = '/nowhere')), 'E_DATABASE', 'CREATE DATABASE'],
      [wrong((url) => (url.port = '1')), 'E_DATABASE', 'Check that it runs'],
    ];
    for (const [where, code, advice] of refusals) {
      const error = await failing(where);
      expect(error).toMatchObject({ code, message: expect.stringContaining(advice) });
      expect(String(error)).not.toContain(encodeURIComponent(new URL(connectionString).password));
    }
    await ask('CREATE SCHEMA taken');
    await ask('CREATE TABLE taken.own (a int)');
    expect(await failing(connectionString, 'taken')).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('holds other tables'),
    });
    await ask("CREATE ROLE reader LOGIN PASSWORD 'x'");
    const reader = wrong((url) => Object.assign(url, { username: 'reader', password: 'x' }));
    expect(await failing(reader)).toMatchObject({ code: 'E_DATABASE', message: expect.stringContaining('may not do this') });
    await ask("UPDATE pg_extension SET extversion = '0.8.3' WHERE extname = 'vector'");
    expect(await failing(connectionString)).toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('pgvector 0.8.3, which can damage indexes'),
    });
    await ask("UPDATE pg_extension SET extversion = '0.8.5' WHERE extname = 'vector'");
    const store = postgresStore({ connectionString: wrong((url) => url.searchParams.set('statement_timeout', '60')), index: 'slow' });
    await store.open(manifestFor());
    const blocker = await admin.connect();
    await blocker.query('BEGIN; LOCK TABLE slow.passages_1');
    await expect(store.search({ vector: unit(1), limit: 5 })).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('statement_timeout'),
    });
    await blocker.query('ROLLBACK');
    blocker.release();
    await ask('DROP SCHEMA slow CASCADE');
    await expect(store.count()).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    await expect(store.upsert(batchOf(1))).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    await store.close();
    await opened('later').then((one) => one.close());
    await ask('UPDATE later.finetooth SET layout = 99');
    expect(await failing(connectionString, 'later')).toMatchObject({
      code: 'E_INDEX_DAMAGED',
      message: expect.stringContaining('update it'),
    });
    await ask(
      'UPDATE later.finetooth SET layout = 1; UPDATE later.generations SET manifest = regexp_replace(manifest, \'"format":[0-9]+\', \'"format":99\')',
    );
    expect(await failing(connectionString, 'later')).toMatchObject({
      code: 'E_INDEX_DAMAGED',
      message: expect.stringContaining('update it'),
    });
  });
});
