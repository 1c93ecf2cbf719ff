import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { poolOf, startPostgres } from '../../../test/support/postgres.ts';
import { startPooler } from '../../../test/support/postgres-proxies.ts';
import type { Filter } from '../../filter/filter.ts';
import { randomFrom } from '../../math/random.ts';
import type { Document } from '../../types.ts';
import { besideReference } from '../contract/checks.ts';
import { storeContract } from '../contract/contract.ts';
import { entryFor, manifestFor, unit } from '../contract/entries.ts';
import { drawDocument, drawFilter, typedFields } from '../contract/filters.ts';
import { memoryStore } from '../memory.ts';
import type { Entry, Manifest } from '../store.ts';
import { connectDatabase } from './database.ts';
import type { PostgresStoreOptions } from './options.ts';
import type { PostgresPool } from './pool.ts';
import { postgresStore } from './postgres.ts';
import { searchRareWords } from './rare-words.ts';
import { restrictTo } from './restriction.ts';
import { openSession } from './session.ts';
import { weighWords } from './word-scores.ts';
import { searchWords } from './words.ts';

const server = await startPostgres();
const reason = typeof server === 'string' ? server : undefined;
const connectionString = typeof server === 'string' ? '' : server.connectionString;
let made = 0;
const make = (options: Partial<PostgresStoreOptions> = {}) => {
  const where = options.pool === undefined ? { connectionString } : {};
  return postgresStore({ index: `Test "${made++}'; é`, ...where, ...options });
};

afterAll(async () => {
  if (typeof server !== 'string') await server.remove();
});

describe.skipIf(reason !== undefined)(`PostgreSQL${reason === undefined ? '' : ` (${reason})`}`, () => {
  for (const { name, run } of storeContract(() => make())) it(name, run);

  const opened = async (options: Partial<PostgresStoreOptions> = {}, manifest: Partial<Manifest> = {}, entries: readonly Entry[] = []) => {
    const store = make(options);
    await store.open(manifestFor(manifest));
    if (entries.length > 0) await store.upsert(entries);
    return store;
  };

  describe('with an HNSW index', () => {
    const { below } = randomFrom(3);
    const entries = Array.from({ length: 900 }, (_, at) =>
      entryFor(`d${at}`, at < 40 ? 7 : at, 'red', { document: { half: at % 2, rare: at % 90 === 0, tenth: at % 10 } }),
    );
    const filters: readonly (Filter | undefined)[] = [
      undefined,
      'half = 1',
      'tenth = 3',
      'rare = true',
      'half = 5',
      'other = 1',
      { not: { fields: { tenth: 4 } } },
    ];

    it('finds what comparing each finds, filtered or not, and ties to their end', async () => {
      const filterable = { half: 'number', tenth: 'number', rare: 'boolean' } as const;
      const store = await opened({ exactBelow: 20 }, { filterable }, entries);
      const reference = memoryStore();
      await reference.open(manifestFor({ filterable }));
      await reference.upsert(entries);
      await store.optimize();
      for (const filter of filters)
        for (const limit of [1, 25, 39, 41, 200, 2000]) {
          const vector = unit(limit === 39 ? 7 : below(1000));
          const [found, expected] = [await store.search({ vector, limit, filter }), await reference.search({ vector, limit, filter })];
          expect(
            found.map(({ id }) => id),
            JSON.stringify({ filter, limit }),
          ).toEqual(expected.map(({ id }) => id));
        }
      const admin = poolOf(connectionString);
      // The server tells what it counts some seconds later.
      let used: unknown;
      for (let tries = 0; tries < 300 && used !== true; tries++) {
        const { rows } = await admin.query(
          "SELECT idx_scan > 0 AS used FROM pg_stat_user_indexes WHERE indexrelname LIKE '%hnsw' AND schemaname = $1",
          [`Test "${made - 1}'; é`],
        );
        used = rows[0]?.used;
        if (used !== true) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await admin.end();
      expect(used).toBe(true);
      await store.upsert([entryFor('new', 5000)]);
      expect((await store.search({ vector: unit(5000), limit: 1 }))[0]?.id).toBe('new');
      await store.close();
    });

    it('takes half precision for vectors of more than 2,000 numbers, none for more than 4,000, and refuses more than 16,000', async () => {
      const vectorOf = (size: number, at: number) => {
        const { word } = randomFrom(at + 1);
        const vector = Float32Array.from({ length: size }, () => word() / 2 ** 31 - 1);
        const length = Math.hypot(...vector);
        return vector.map((value) => value / length);
      };
      for (const dimensions of [2001, 4001]) {
        const long = Array.from({ length: 30 }, (_, at) => entryFor(`d${at}`, at, 'red', { vector: vectorOf(dimensions, at) }));
        const store = await opened({ exactBelow: 10 }, { dimensions }, long);
        await store.optimize();
        const [best] = await store.search({ vector: vectorOf(dimensions, 17), limit: 3 });
        expect([best?.id, best?.score]).toEqual(['d17', expect.closeTo(1, 5)]);
        await store.close();
      }
      await expect(opened({}, { dimensions: 16_001 })).rejects.toMatchObject({
        code: 'E_USAGE',
        message: expect.stringContaining('up to 16000'),
      });
    });
  });

  it('keeps words that come bit by bit in few pieces, and none of what is gone', async () => {
    const store = await opened();
    const kept = new Map<string, Entry>();
    const { below } = randomFrom(4);
    for (let round = 0; round < 90; round++) {
      const entry = entryFor(`d${below(30)}`, round, `red w${below(5)} ${'fox '.repeat(1 + below(3)).trim()}`);
      await store.upsert([entry]);
      kept.set(entry.id, entry);
      if (round % 20 === 9) kept.delete((await store.delete([entry.id])) === 1 ? entry.id : '');
      if (round % 30 === 29) await store.optimize();
    }
    const reference = memoryStore();
    await reference.upsert([...kept.values()]);
    for (const terms of [['red'], ['fox', 'w1'], ['w2', 'w3', 'w3']])
      expect((await store.search({ terms, limit: 99 })).map(({ id }) => id)).toEqual(
        (await reference.search({ terms, limit: 99 })).map(({ id }) => id),
      );
    const admin = poolOf(connectionString);
    const schema = pg.escapeIdentifier(`Test "${made - 1}'; é`);
    const { rows } = await admin.query(
      `SELECT max(pieces)::int AS pieces FROM (SELECT count(*) AS pieces FROM ${schema}.postings_1 GROUP BY word) AS counted`,
    );
    await admin.end();
    expect(rows[0].pieces).toBeLessThan(40);
    await store.close();
  });

  it('finds by the rare words of a query what all of them find, or says that they do not tell', async () => {
    const index = 'rare words';
    const { below, word } = randomFrom(16);
    const drawn = (): string => `w${Math.floor(300 ** (word() / 2 ** 32))}`;
    const entries = Array.from({ length: 1500 }, (_, at) =>
      entryFor(`d${at}`, at, Array.from({ length: 3 + below(12) }, drawn).join(' '), {
        document: { half: at % 2 },
        further: at % 9 === 0 ? [{ vector: unit(at), terms: `${drawn()} ${drawn()}`, place: { span: [5, 9] } }] : undefined,
        place: at % 9 === 0 ? { span: [0, 4] } : undefined,
      }),
    );
    const manifest = manifestFor({ splitter: 'passages-1', filterable: { half: 'number' } });
    const [store, reference] = [postgresStore({ connectionString, index }), memoryStore()];
    for (const one of [store, reference]) {
      await one.open(manifest);
      await one.upsert(entries);
      await one.delete(entries.slice(0, 200).map(({ id }) => id));
    }
    const session = openSession(connectDatabase({ connectionString, connections: 2, shown: index }), index, index);
    await session.open();
    let told = 0;
    for (let round = 0; round < 150; round++) {
      const terms = [`w${1 + below(3)}`, `w${1 + below(6)}`, ...Array.from({ length: 1 + below(4) }, () => `w${20 + below(280)}`)];
      const limit = 1 + below(30);
      const filter = round % 3 === 0 ? { fields: { half: 1 } } : undefined;
      const expected = (await reference.search({ terms, limit, filter })).map(({ id, score }) => [id, score.toFixed(4)]);
      const [by, whole] = await session.read(async (ask, state) => {
        const restriction = restrictTo(filter, state);
        const query = { words: await weighWords(ask, state, terms), restriction, limit };
        return [
          await searchRareWords(ask, state, query),
          await searchWords(ask, state, terms, restriction, limit, { wholeBelow: 0 }),
        ] as const;
      });
      if (by !== undefined) told++;
      for (const found of [by, whole])
        if (found !== undefined)
          expect(
            found.map(({ id, score }) => [id, score.toFixed(4)]),
            JSON.stringify({ terms, limit, filter }),
          ).toEqual(expected);
    }
    expect(told).toBeGreaterThan(40);
    expect(told).toBeLessThan(150);
    await session.close();
    await store.close();
  });

  it('indexes keywords of any length', async () => {
    const { below } = randomFrom(9);
    const texts = Array.from({ length: 120 }, (_, at) =>
      Array.from({ length: at % 3 === 0 ? 6000 : 12 }, () => String.fromCodePoint(0x4e00 + below(20_000))).join(''),
    );
    const entries = texts.map((text, at) => entryFor(`d${at}`, at, 'red', { document: { text, list: [text, 'b'] } }));
    const filterable = { text: 'keyword', list: 'keyword' } as const;
    const store = await opened({ exactBelow: 10 }, { filterable }, entries.slice(0, 100));
    await store.optimize();
    await store.upsert(entries);
    for (const [at, text] of [...texts.entries()].filter(([place]) => place % 12 < 2))
      for (const field of ['text', 'list'])
        for (const condition of [{ equals: text }, { prefix: text.slice(0, 8) }, { gte: text, lte: text }])
          expect(
            (await store.search({ terms: ['red'], limit: 200, fields: [], filter: { fields: { [field]: condition } } })).map(
              ({ id }) => id,
            ),
          ).toContain(`d${at}`);
    await store.close();
  });

  it('holds any text: U+0000, halves of characters and long ids come back, and filters tell them apart', async () => {
    const odd = [
      'a',
      'a\0',
      '\0',
      'a\ud83d',
      'a\ud83e',
      '\ufffd',
      '\u0001',
      '\u0001"a"',
      'a\ufffd',
      '',
      '\u{10ffff}',
      "'; DROP SCHEMA public; --",
      '$1',
      '{"a",NULL}',
      '\\',
    ];
    const long = Array.from({ length: 4000 }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000))).join('');
    const entries = [...odd, long].map((text, at) =>
      entryFor(text, at, `red ${text.replaceAll(' ', '')} end`, {
        document: { text, list: [text, 'b'], ['__proto__' as string]: 1, huge: 2 ** 60 },
        hash: `h${text}`,
      }),
    );
    const filterable = { text: 'keyword', list: 'keyword' } as const;
    const ask = await besideReference(async () => opened({}, { filterable }), { filterable }, entries);
    const values = [...odd, long.slice(0, 50), long];
    for (const value of values)
      for (const condition of [value, { not: value }, { prefix: value }, { contains: value }, { gt: value }, { lte: value }] as const)
        for (const field of ['text', 'list'])
          await ask({ vector: unit(3), limit: 9, filter: { fields: { [field]: condition } } }, JSON.stringify([field, condition]));
    for (const value of values) await ask({ terms: ['red', value], limit: 20 }, JSON.stringify(value));
    const store = await opened({}, { filterable }, entries);
    const [first] = entries as [Entry];
    for (const entry of entries) {
      const [got] = await Array.fromAsync(store.get([entry.id], ['document', 'hash', 'terms']));
      expect(got).toEqual({ id: entry.id, document: entry.document, hash: entry.hash, terms: entry.terms });
    }
    expect(Object.hasOwn((await Array.fromAsync(store.get([first.id], ['document'])))[0]?.document as Document, '__proto__')).toBe(true);
    expect(await store.delete(entries.map(({ id }) => id))).toBe(entries.length);
    expect((await store.stats()).documents).toBe(0);
    await store.close();
  });

  it('works over a pool that was passed in, a single connection, and a pooler in transaction mode, and leaves nothing behind in their sessions', async () => {
    if (typeof server === 'string') return;
    const pool = poolOf(connectionString, 3);
    const single = new pg.Client({ connectionString });
    await single.connect();
    const pooler = await startPooler(server.port, { backends: 2 });
    const behind = poolOf(connectionString.replace(`:${server.port}`, `:${pooler.port}`), 6);
    const random = randomFrom(6);
    const entries = Array.from({ length: 120 }, (_, at) =>
      entryFor(`d${at}`, at, `red w${at % 9}`, { document: drawDocument(random, at) }),
    );
    for (const given of [pool, single, behind] as unknown as PostgresPool[]) {
      const start = () => opened({ pool: given, exactBelow: 50 }, { filterable: typedFields });
      const ask = await besideReference(start, { filterable: typedFields }, entries);
      await Promise.all(
        Array.from({ length: 24 }, (_, round) =>
          ask(
            { ...(round % 2 === 0 ? { vector: unit(round) } : { terms: ['red', 'w3'] }), limit: 7, filter: drawFilter(random, 2) },
            `${round}`,
          ),
        ),
      );
      for (let times = 0; times < 4; times++) {
        const { rows } = (await given.query(
          "SELECT current_setting('search_path') AS path, current_setting('hnsw.iterative_scan', true) AS scan, (SELECT count(*)::int FROM pg_prepared_statements) AS named, current_setting('lock_timeout') AS wait",
        )) as pg.QueryResult;
        expect(rows).toEqual([{ path: '"$user", public', scan: expect.toBeOneOf(['off', '', null]), named: 0, wait: '0' }]);
      }
    }
    expect(pooler.connections()).toBe(2);
    const over = await opened({ pool: single as unknown as PostgresPool }, {}, entries);
    const stream = over.get('all', [])[Symbol.asyncIterator]();
    await stream.next();
    await expect(over.count()).rejects.toMatchObject({ code: 'E_USAGE', message: expect.stringContaining('pass a Pool') });
    await stream.return?.();
    expect(await over.count()).toBe(120);
    await behind.end();
    await pooler.close();
    await single.end();
    await pool.end();
  });

  it('streams one snapshot, whatever is written meanwhile, and gives its connection back to who leaves early', async () => {
    const entries = Array.from({ length: 1300 }, (_, at) => entryFor(`d${at}`, at));
    const store = await opened({ connections: 2 }, {}, entries);
    let count = 0;
    for await (const { hash } of store.get('all', ['hash'])) {
      if (count++ === 10) await store.upsert(entries.map(({ id }) => entryFor(id, 9999)));
      expect(hash).not.toBe('h9999');
    }
    expect(count).toBe(1300);
    for (let times = 0; times < 5; times++) for await (const _ of store.get('all', [])) break;
    expect(await store.count()).toBe(1300);
    const left = store.get('all', [])[Symbol.asyncIterator]();
    for (let at = 0; at < 500; at++) await left.next();
    await store.close();
    await expect(left.next()).rejects.toMatchObject({ code: 'E_DATABASE' });
  });
});
