import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { startPgBouncer } from '../../../test/support/pgbouncer.ts';
import { startPostgres } from '../../../test/support/postgres.ts';
import type { Filter } from '../../filter/filter.ts';
import { randomFrom } from '../../math/random.ts';
import { hashesIn } from '../contract/checks.ts';
import { storeContract } from '../contract/contract.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { memoryStore } from '../memory.ts';
import type { Entry } from '../store.ts';
import { postgresStore } from './postgres.ts';

const server = await startPostgres({ shared_buffers: '256MB' });
const reason = typeof server === 'string' ? server : undefined;

describe.skipIf(reason !== undefined)(`PostgreSQL at length${reason === undefined ? '' : ` (${reason})`}`, () => {
  if (typeof server === 'string') return it('has no server here', () => {});
  const { connectionString } = server;
  let made = 0;
  afterAll(() => server.remove());

  describe('asked with 10,000 filters', () => {
    const make = () => postgresStore({ connectionString, index: `filters ${made++}`, exactBelow: 50 });
    for (const { name, run } of storeContract(make, { filters: 10_000 })) if (/filters drawn/.test(name)) it(name, run);
  });

  it('keeps the whole contract behind PgBouncer in transaction mode', async (context) => {
    const bouncer = await startPgBouncer(server);
    if (typeof bouncer === 'string') return context.skip(bouncer);
    try {
      const make = () => postgresStore({ connectionString: bouncer.connectionString, index: `bounced ${made++}`, exactBelow: 50 });
      for (const { run } of storeContract(make, { filters: 60 })) await run();
    } finally {
      await bouncer.stop();
    }
  });

  it('finds .99 of the nearest 25 among 40,000, without a filter and where half, a tenth, a hundredth and a thousandth fit', async () => {
    const SIZE = 96;
    const { word } = randomFrom(31);
    const drawn = (): number => word() / 2 ** 32;
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - drawn())) * Math.cos(2 * Math.PI * drawn());
    const centres = Array.from({ length: 400 }, () => Float32Array.from({ length: SIZE }, normal));
    const near = (spread: number): Float32Array => {
      const centre = centres[Math.floor(drawn() * centres.length)] as Float32Array;
      const vector = centre.map((value) => value + spread * normal());
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    };
    const store = postgresStore({ connectionString, index: 'recall' });
    await store.open(manifestFor({ dimensions: SIZE, filterable: { share: 'number' } }));
    for (let at = 0; at < 40_000; at += 4000)
      await store.upsert(
        Array.from(
          { length: 4000 },
          (_, i): Entry => entryFor(`d${at + i}`, i, 'red', { vector: near(0.9), document: { share: drawn() } }),
        ),
      );
    await store.optimize();
    const filters: readonly (Filter | undefined)[] = [undefined, ...[0.5, 0.1, 0.01, 0.001].map((share) => `share < ${share}`)];
    for (const filter of filters) {
      let [found, wanted] = [0, 0];
      for (let round = 0; round < 60; round++) {
        const query = { vector: near(1.2), limit: 25, filter, fields: [] };
        const exact = new Set((await store.search({ ...query, exact: true })).map(({ id }) => id));
        for (const { id } of await store.search(query)) if (exact.has(id)) found++;
        wanted += exact.size;
      }
      expect(found / wanted, JSON.stringify(filter)).toBeGreaterThanOrEqual(0.99);
    }
    await store.close();
  });

  it('loses and doubles nothing where the server is killed ten times while two write', async () => {
    const stores = [0, 1].map(() => postgresStore({ connectionString, index: 'ten times' }));
    const kept: Entry[] = [];
    for (const store of stores) await store.open(manifestFor());
    let isOver = false;
    const writing = stores.map(async (store, writer) => {
      for (let round = 0; !isOver; round++) {
        const batch = Array.from({ length: 80 }, (_, at) =>
          entryFor(`${writer}-${round}-${at}`, round * 100 + at, `red w${at % 9} r${round}`),
        );
        await store.upsert(batch);
        kept.push(...batch);
        if (round % 10 === 9) await store.optimize();
      }
    });
    for (let times = 0; times < 10; times++) {
      await delay(400);
      await server.stop('SIGKILL');
      await delay(200);
      await server.start();
    }
    isOver = true;
    await Promise.all(writing);
    const reference = memoryStore();
    await reference.upsert(kept);
    const [store] = stores as [(typeof stores)[0]];
    expect(await hashesIn(store)).toEqual(await hashesIn(reference));
    for (const terms of [['red'], ['w1', 'r3', 'r3']])
      expect((await store.search({ terms, limit: 50 })).map(({ id }) => id)).toEqual(
        (await reference.search({ terms, limit: 50 })).map(({ id }) => id),
      );
    for (const one of stores) await one.close();
  });
});
