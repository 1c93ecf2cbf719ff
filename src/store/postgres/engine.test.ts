import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poolOf, startPostgres } from '../../../test/support/postgres.ts';
import { libraryWording, sentenceIn } from '../../errors.ts';
import { entryFor, manifestFor, unit } from '../contract/entries.ts';
import type { EngineFinding } from '../engine.ts';
import { postgresEngine as engine } from './engine.ts';
import { postgresStore } from './postgres.ts';

const server = await startPostgres();
const reason = typeof server === 'string' ? server : undefined;

describe.skipIf(reason !== undefined)(`PostgreSQL as an engine${reason === undefined ? '' : ` (${reason})`}`, () => {
  if (typeof server === 'string') return it('has no server here', () => {});
  let admin: ReturnType<typeof poolOf>;
  beforeAll(() => {
    admin = poolOf(server.connectionString);
  });
  afterAll(async () => {
    await admin.end();
    await server.remove();
  });
  const made = async (index: string, count = 5, options = '') => {
    const address = server.address(index, options);
    const store = engine.store(address);
    await store.open(manifestFor({ id: `first ${index}` }));
    await store.upsert(Array.from({ length: count }, (_, at) => entryFor(`d${at}`, at, 'old')));
    return { address, store };
  };
  const stateOf = (findings: readonly EngineFinding[], name: string) => findings.find((one) => one.name === name)?.state;

  it('rebuilds beside an index, which is searched until the new one takes its place, and whose writers wait', async () => {
    const { address, store } = await made('films', 400);
    const staged = await engine.stage(address);
    expect([engine.indexName(staged.address), staged.address === address]).toEqual(['films', false]);
    await expect(engine.stage(address)).rejects.toMatchObject({ code: 'E_LOCKED' });
    const fresh = engine.store(staged.address);
    await fresh.open(manifestFor({ id: 'second' }));
    await fresh.upsert([entryFor('x', 1, 'new'), entryFor('y', 2, 'new')]);
    expect([await store.count(), (await store.open())?.id]).toEqual([400, 'first films']);
    const stream = store.get('all', ['hash'])[Symbol.asyncIterator]();
    await stream.next();
    let isWritten = false;
    const write = store.upsert([entryFor('z', 3, 'waited')]).then(() => {
      isWritten = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect([isWritten, await store.count()]).toEqual([false, 400]);
    await staged.swap();
    await staged.close();
    await write;
    expect([await store.count(), (await store.open())?.id]).toEqual([3, 'second']);
    expect((await store.search({ terms: ['waited'], limit: 5 })).map(({ id }) => id)).toEqual(['z']);
    let left = 1;
    while (!(await stream.next()).done) left++;
    expect(left).toBe(400);
    const kept = engine.store(`${address}?generation=1`);
    await kept.open();
    expect(await kept.count()).toBe(400);
    await kept.close();
    const { before, after, removed } = await engine.compact(address);
    expect([removed, after < before]).toEqual([['films?generation=1'], true]);
    expect(await store.count()).toBe(3);
    await fresh.close();
    await store.close();
  });

  it('leaves the old index where a rebuild is given up, or its process was killed', async () => {
    const { address, store } = await made('given up');
    const given = await engine.stage(address);
    const fresh = engine.store(given.address);
    await fresh.open(manifestFor({ id: 'never' }));
    await given.close();
    await given.close();
    await expect(fresh.count()).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    await store.upsert([entryFor('a', 9)]);
    const dead = await engine.stage(address);
    // As if it had stood still for a minute.
    await admin.query(`UPDATE "given up".generations SET lease_until = now() - interval '1 second'`);
    await store.upsert([entryFor('b', 10)]);
    await expect(dead.swap()).rejects.toMatchObject({ code: 'E_LOCKED' });
    const next = await engine.stage(address);
    const second = engine.store(next.address);
    await second.open(manifestFor({ id: 'second' }));
    await next.swap();
    await next.close();
    expect((await store.open())?.id).toBe('second');
    await dead.close();
    expect((await store.open())?.id).toBe('second');
    const { rows } = await admin.query(`SELECT state, count(*)::int AS count FROM "given up".generations GROUP BY state ORDER BY state`);
    expect(rows).toEqual([
      { state: 'kept', count: 1 },
      { state: 'live', count: 1 },
    ]);
    for (const one of [fresh, second, store]) await one.close();
  });

  it('searches again where the index that it began with was replaced and removed in the middle', async () => {
    const { address, store } = await made('replaced');
    const pool = poolOf(server.connectionString);
    let isDue = false;
    const replace = async () => {
      const staged = await engine.stage(address);
      const fresh = engine.store(staged.address);
      await fresh.open(manifestFor({ id: 'second' }));
      await fresh.upsert([entryFor('x', 1, 'old')]);
      await staged.swap();
      await staged.close();
      await engine.compact(address);
      await fresh.close();
    };
    const hooked = {
      query: pool.query.bind(pool),
      connect: async () => {
        const client = await pool.connect();
        const query = async (text: string, values?: unknown[]) => {
          const result = await client.query(text, values);
          if (isDue && text.startsWith('BEGIN')) {
            isDue = false;
            await replace();
          }
          return result;
        };
        return { query, release: (isBroken?: boolean) => client.release(isBroken) };
      },
    };
    const searching = postgresStore({ pool: hooked as never, index: 'replaced' });
    await searching.open();
    isDue = true;
    expect((await searching.search({ terms: ['old'], limit: 9 })).map(({ id }) => id)).toEqual(['x']);
    await store.close();
    await pool.end();
  });

  it('gives back what deleted documents took, and makes swollen and broken indexes again', async () => {
    const { address, store } = await made('swollen', 1500, '?exact-below=100');
    await store.optimize();
    await store.delete(Array.from({ length: 1400 }, (_, at) => `d${at}`));
    expect(stateOf(await engine.check(address), 'bloat')).toBe('warning');
    await admin.query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'swollen.passages_1_hnsw'::regclass");
    const findings = await engine.check(address);
    expect([stateOf(findings, 'indexes'), stateOf(findings, 'hnsw')]).toEqual(['broken', 'warning']);
    const { before, after } = await engine.compact(address);
    expect(after).toBeLessThan(before / 2);
    const { rows } = await admin.query(
      'SELECT (SELECT count(*)::int FROM swollen.gone_2) AS gone, (SELECT sum(length(rows))::int < 400 FROM swollen.postings_2) AS small',
    );
    expect(rows).toEqual([{ gone: 0, small: true }]);
    const mended = await engine.check(address);
    expect(['bloat', 'indexes', 'hnsw', 'recall'].map((name) => stateOf(mended, name))).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect((await store.search({ vector: unit(1450), limit: 1 }))[0]?.id).toBe('d1450');
    expect((await store.search({ terms: ['old'], limit: 200 })).length).toBe(100);
    await store.close();
  });

  it('checks a server without an index, an index that is compared each, and what cannot be reached', async () => {
    const none = await engine.check(server.address('nothing'));
    expect(none.map(({ name, state }) => [name, state])).toEqual([
      ['server', 'ok'],
      ['pgvector', 'ok'],
      ['durability', 'warning'],
      ['index', 'warning'],
    ]);
    expect(sentenceIn(none.at(-1)?.advice ?? '', libraryWording)).toContain('openIndex');
    await expect(engine.compact(server.address('nothing'))).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    const { address, store } = await made('small');
    expect((await engine.check(address)).filter(({ state }) => state !== 'ok').map(({ name }) => name)).toEqual(['durability']);
    await store.close();
    const [away] = await engine.check('postgres://u:secret@127.0.0.1:1/a/b');
    expect(away).toMatchObject({ name: 'server', state: 'broken' });
    expect(JSON.stringify(away)).not.toContain('secret');
    await expect(engine.check('postgres://host')).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
