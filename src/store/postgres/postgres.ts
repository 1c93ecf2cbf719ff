import { FinetoothError, throwIfStopped } from '../../errors.ts';
import { readFilter } from '../../filter/read-filter.ts';
import { checkOptions, type OptionChecks, part, text, type ValueCheck, when } from '../../wording/check-options.ts';
import { facetCounter } from '../facets.ts';
import { indexReplaced } from '../index-changes.ts';
import { type EntryField, type HitField, isSameIndex, type Store, type StoreQuery } from '../store.ts';
import { checkName, DEFAULT_INDEX, shownAddress } from './address.ts';
import { binaryArray } from './binary-array.ts';
import { type Ask, connectDatabase } from './database.ts';
import { readEntries } from './entries.ts';
import { countDocuments, countFacets } from './facets.ts';
import { hitsOf } from './found.ts';
import { optimizeIndex } from './optimize.ts';
import { checkedSettings, type PostgresStoreOptions } from './options.ts';
import { scoreByOther } from './other.ts';
import { restrictTo } from './restriction.ts';
import { openSession, type State } from './session.ts';
import { documentKey, kept } from './text.ts';
import { deleteDocuments, replaceEntries } from './upsert.ts';
import { searchVector } from './vectors.ts';
import { searchSparse } from './weights.ts';
import { searchWords } from './words.ts';

const number: ValueCheck = when('a number', (value) => typeof value === 'number');
/** Ranges of numbers are held by `checkedSettings`. */
const storeChecks: OptionChecks<PostgresStoreOptions> = {
  connectionString: text,
  pool: part('a pool of pg', ['query']),
  index: () => undefined,
  ef: number,
  m: number,
  efConstruction: number,
  exactBelow: number,
  buildMemory: number,
  connections: number,
  generation: number,
};

/**
 * Documents and vectors in a schema of a PostgreSQL database, version 13 or later with pgvector 0.8.4 or later, by the package `pg`. Each `upsert` is one
 * transaction. Several processes may read and write at once, also behind a pooler in transaction mode. Exact below 20,000 passages; above, HNSW.
 *
 * @example
 * import { openIndex, search } from 'finetooth';
 * import { postgresStore } from 'finetooth/stores';
 *
 * const store = postgresStore({ connectionString: 'postgres://user@localhost:5432/shop', index: 'products' });
 * const index = await openIndex(store, { create: { fields: ['name', 'about'] } });
 * const { results } = await search(index, 'a lamp for reading in bed');
 * await index.close();
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  checkOptions('postgresStore', options, storeChecks);
  const { pool, connectionString, index = DEFAULT_INDEX, ...given } = options;
  if ((pool === undefined) === (connectionString === undefined))
    throw new FinetoothError('E_USAGE', 'postgresStore takes a pool or a connectionString, one of both.');
  const settings = checkedSettings(given);
  const shown = connectionString === undefined ? `the database of the pool, index "${index}"` : shownIndex(connectionString, index);
  checkName(index, shown);
  const session = openSession(
    connectDatabase({ pool, connectionString, connections: settings.connections, shown }),
    index,
    shown,
    settings.generation,
  );

  const find = async (ask: Ask, state: State, query: StoreQuery) => {
    const restriction = restrictTo(query.filter, state);
    const { limit, exact = false } = query;
    if ('vector' in query)
      return searchVector(ask, state, restriction, {
        vector: query.vector,
        limit,
        isExact: exact,
        ef: settings.ef,
        exactBelow: settings.exactBelow,
      });
    if ('sparse' in query) return searchSparse(ask, state, query.sparse, restriction, limit);
    return searchWords(ask, state, query.terms, restriction, limit);
  };

  return {
    capabilities: { approximate: true, filterable: true, persistent: true, passages: true, titles: true, sparse: true },
    open: session.open,
    upsert: async (entries) => {
      // Of an id that comes twice the last one counts.
      const latest = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
      await session.write(async (ask, state) => {
        if (latest.length === 0) return;
        const [type] = await ask("SELECT 'vector'::regtype::oid::bigint::float8 AS oid");
        await replaceEntries(ask, state, latest, Number(type?.oid));
      });
    },
    delete: async (ids, { hashes, from } = {}) =>
      session.write(
        async (ask, state) => {
          if (from !== undefined && !isSameIndex(from, state.manifest)) throw indexReplaced(shown);
          let keys = [...new Set(ids)].map(documentKey);
          if (hashes !== undefined) {
            const wanted = new Map([...new Set(ids)].map((id) => [documentKey(id).toString('hex'), hashes.get(id)]));
            const there = await ask(`SELECT key, hash FROM ${state.tables.documents} WHERE key = ANY($1::uuid[])`, [
              binaryArray('uuid', keys),
            ]);
            const unchanged = there.map(({ key, hash }) => [String(key).replaceAll('-', ''), String(hash)] as const);
            keys = unchanged.filter(([key, hash]) => hash === keptOr(wanted.get(key))).map(([key]) => Buffer.from(key, 'hex'));
          }
          return keys.length === 0 ? 0 : deleteDocuments(ask, state, keys);
        },
        // What the first try had removed, if it was committed, the second did not find.
        { settle: Math.max },
      ),
    get: async function* <Field extends EntryField>(ids: readonly string[] | 'all', fields: readonly Field[]) {
      for await (const some of session.stream((ask, state) =>
        readEntries<Field>(ask, state, ids === 'all' ? ids : [...new Set(ids)], fields),
      ))
        yield* some;
    },
    search: async <Field extends HitField = 'document'>(query: StoreQuery<Field>) => {
      const { limit, filter, other, signal, fields = ['document'] as readonly HitField[] } = query;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      if (limit <= 0 || ('terms' in query && query.terms.length === 0) || ('sparse' in query && query.sparse.ids.length === 0)) return [];
      if (await session.isUnmade()) return [];
      return session.read(
        async (ask, state) => {
          const found = await find(ask, state, query);
          const others = other && (await scoreByOther(ask, state, found, other));
          return hitsOf(ask, state, found, fields, others);
        },
        { signal },
      );
    },
    count: async (filter) => {
      if (filter !== undefined) readFilter(filter);
      if (await session.isUnmade()) return 0;
      return session.read((ask, state) => countDocuments(ask, state, filter));
    },
    facets: async (fields, options) => {
      const { filter, limit, signal } = options;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      if (await session.isUnmade()) return fields.map((field) => facetCounter(field).facet(limit));
      return session.read((ask, state) => countFacets(ask, state, fields, options), { signal });
    },
    stats: () =>
      session.read(async (ask, { tables, documents, passages, changedAt, manifest }) => {
        const { generations: _, ...own } = tables;
        const [row] = await ask(
          'SELECT sum(pg_total_relation_size(name::regclass))::float8 AS bytes FROM unnest($1::text[]) AS own (name)',
          [Object.values(own)],
        );
        return { documents, passages: manifest.splitter === undefined ? undefined : passages, bytes: Number(row?.bytes), changedAt };
      }),
    optimize: () => optimizeIndex(session, settings),
    keepSpread: (spread) =>
      session.write(async (ask, { tables, manifest, generation }) => {
        await ask(`UPDATE ${tables.generations} SET manifest = $2, version = version + 1 WHERE generation = $1`, [
          generation,
          JSON.stringify({ ...manifest, spread }),
        ]);
      }),
    close: session.close,
  };
}

const keptOr = (hash: string | undefined): string | undefined => (hash === undefined ? undefined : kept(hash));

/** The address of an index by that of its database. */
function shownIndex(connectionString: string, index: string): string {
  const [shown = '', query] = shownAddress(connectionString).split('?');
  return `${shown.replace(/\/$/, '')}/${encodeURIComponent(index)}${query ? `?${query}` : ''}`;
}
