import { throwIfStopped } from '../errors.ts';
import { readFilter } from '../filter/read-filter.ts';
import type { Document, Hit } from '../types.ts';
import { indexReplaced } from './index-changes.ts';
import { measureFolder, sweepFolder } from './index-folder.ts';
import { connectFolder, type Opened } from './lance-connection.ts';
import { readEntries, replaceAll } from './lance-entries.ts';
import { APPROXIMATE_FROM, bitsOf, indexesOf, indexIds, optimizeTable } from './lance-optimize.ts';
import { firstRows, hasPassages, tableOf } from './lance-rows.ts';
import { conditionsFor, type FoundRow, type Restriction, type RowQuery, restrictTo, searchVector, searchWords } from './lance-search.ts';
import { bestTested } from './lance-tested.ts';
import { type BuiltWords, buildWords, readBuiltWords, wordIndexOf } from './lance-words.ts';
import { type EntryField, type HitField, isSameIndex, type Store, type StoreQuery } from './store.ts';

/** Others may write while words are looked up; so often they are looked up again. */
const TRIES = 5;
/** Documents of a write after which the index over ids is looked at. */
const MANY = 256;

/** The approximate index over vectors. */
export interface LanceStoreOptions {
  /**
   * Documents from which it is built, and those over filterable fields (44 ms exact, 9 approximate there); below, every vector is compared:
   * `npm run bench -- store`. @default 20,000
   */
  readonly approximateFrom?: number;
  /** Parts into which it sorts the vectors. @default one for each 4,096 documents */
  readonly partitions?: number;
  /** Parts that a search looks into; more where too few that fit come. @default 20 */
  readonly probes?: number;
  /**
   * Candidates fetched for each one returned, to be compared exactly. @default 4, and 40 where an earlier version built the index
   */
  readonly refine?: number;
}

/**
 * Documents and vectors in a folder, in LanceDB's format. Each `upsert` is one atomic commit: a killed process loses only what had
 * not been acknowledged. Several processes may read and write at once. Exact below 20,000 documents; above, IVF_RQ of 4 bits with
 * exact comparison of four times as many as asked for.
 */
export function lanceStore(
  folder: string,
  { approximateFrom = APPROXIMATE_FROM, partitions, probes = 20, refine }: LanceStoreOptions = {},
): Store {
  const connection = connectFolder(folder);
  /** Of the word index that was last searched. */
  let known: BuiltWords | undefined;
  /** A process that was killed before its first `optimize` leaves no word index, and LanceDB would split words its own way. */
  const builtWords = async ({ table }: Opened) => {
    if ((await wordIndexOf(table)) === undefined)
      await connection.write('tidy', (now) => buildWords(now.libraries, now.table, now.manifest));
    const index = await wordIndexOf(table);
    if (known === undefined || known.index !== index?.indexUuid) known = await readBuiltWords(table, index);
    return known && { ...known, hasUnindexed: index?.numUnindexedRows !== 0 };
  };
  /** Whether the approximate index is one of an earlier version. Another process may build it again at any time: then this one fetches too many. */
  let isCoarse: { readonly of: string | undefined; readonly value: boolean } | undefined;
  const refineFor = async ({ table, stamp }: Opened): Promise<number> => {
    if (refine !== undefined) return refine;
    if (isCoarse === undefined || isCoarse.of !== stamp || isCoarse.value)
      isCoarse = { of: stamp, value: bitsOf(await indexesOf(table)) === 1 };
    return isCoarse.value ? 40 : 4;
  };
  /** Step by step, and each step sees what was committed last: when that was another version they would miss what is in none of both. */
  const findWords = async (opened: Opened, terms: readonly string[], asked: RowQuery): Promise<readonly FoundRow[]> => {
    const { libraries, table, manifest } = opened;
    for (let tries = 1; ; tries++) {
      const version = await table.version();
      const rows = await searchWords(libraries, table, manifest, terms, asked, await builtWords(opened));
      if (tries === TRIES || (await table.version()) === version) return rows;
    }
  };
  const find = async (opened: Opened, query: StoreQuery, withTokens: boolean): Promise<readonly FoundRow[]> => {
    const { table, manifest } = opened;
    const { limit, filter, exact = false, signal } = query;
    const ask = async (within: Restriction, count: number): Promise<readonly FoundRow[]> => {
      const asked = { ...within, limit: count, withTokens };
      if (!('vector' in query)) return findWords(opened, query.terms, asked);
      return searchVector(table, manifest, query.vector, { ...asked, exact }, { refine: await refineFor(opened), probes });
    };
    const tested = filter === undefined ? undefined : await bestTested(table, manifest, { filter, limit, ask });
    throwIfStopped(signal);
    if (tested !== undefined) return tested;
    const restriction = await restrictTo(table, filter, manifest);
    throwIfStopped(signal);
    if (restriction.fitting === 0) return [];
    const rows = await ask(restriction, limit);
    const { fits } = restriction;
    // Who was looked up by id may have been changed before it was found.
    return fits === undefined ? rows : rows.filter(({ document }) => fits(JSON.parse(document) as Document));
  };

  return {
    capabilities: { approximate: true, filterable: true, persistent: true, passages: true },
    open: connection.open,
    upsert: async (entries) => {
      // With nothing to write too: what is unchanged in an index that is just made again would be acknowledged and then gone.
      await connection.write('write to', async ({ libraries, table, manifest }) => {
        if (entries.length === 0) return;
        // Of an id that comes twice the last one counts.
        const latest = new Map(entries.map((entry) => [entry.id, entry]));
        const rows = tableOf(libraries, [...latest.values()], manifest, await table.version());
        const ids = [...latest.keys()];
        const countThere = async (more: string): Promise<number> => {
          let count = 0;
          for (const condition of conditionsFor(ids)) count += await table.countRows(`${condition}${more}`);
          return count;
        };
        const isShort = async () =>
          rows.numRows === latest.size && (!hasPassages(manifest) || (await countThere(' AND passage > 0')) === 0);
        // Half the price, and a tenth for a single document.
        if ((await countThere('')) === 0) await table.add(rows);
        else if (await isShort()) await table.mergeInsert('id').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(rows);
        else await replaceAll(table, ids, rows);
        if (rows.numRows >= MANY) await indexIds(libraries, table, approximateFrom);
      });
    },
    delete: async (ids, { hashes, from } = {}) => {
      let removed = 0;
      for (const filter of conditionsFor([...new Set(ids)], hashes)) {
        await connection.write('write to', async ({ table, manifest }) => {
          if (from !== undefined && !isSameIndex(from, manifest)) throw indexReplaced(folder);
          const count = await table.countRows(firstRows(manifest, filter));
          if (count > 0) await table.delete(filter);
          removed += count;
        });
      }
      return removed;
    },
    get: async function* <Field extends EntryField>(ids: readonly string[] | 'all', fields: readonly Field[]) {
      if (ids === 'all') {
        yield* connection.stream((opened) => readEntries(opened, undefined, fields));
        return;
      }
      for (const filter of conditionsFor([...new Set(ids)]))
        yield* await connection.read('read', (opened) => Array.fromAsync(readEntries(opened, filter, fields)));
    },
    search: async <Field extends HitField = 'document'>(query: StoreQuery<Field>) => {
      const { limit, filter, signal, fields = ['document'] as readonly HitField[] } = query;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      if (limit <= 0 || ('terms' in query && query.terms.length === 0)) return [];
      if (await connection.isUnmade()) return [];
      return connection.read('search', async (opened) => {
        const form = fields.includes('tokens' as never) ? opened.manifest.tokens : undefined;
        const rows = await find(opened, query, form !== undefined);
        throwIfStopped(signal);
        return rows.map(
          ({ id, score, place, document, tokens, vector }) =>
            ({
              id,
              score,
              passage: place,
              document: fields.includes('document' as never) ? (JSON.parse(document) as Document) : undefined,
              // Those of a document whose vector was given are none.
              tokens: form === undefined || !tokens?.length || vector === undefined ? undefined : { form, data: tokens, vector },
            }) as Hit,
        );
      });
    },
    count: async (filter) => {
      if (filter !== undefined) readFilter(filter);
      if (await connection.isUnmade()) return 0;
      return connection.read('read', async ({ table, manifest }) => {
        const { where, fitting } = await restrictTo(table, filter, manifest);
        return hasPassages(manifest) ? table.countRows(firstRows(manifest, where)) : fitting;
      });
    },
    stats: async () => {
      const { documents, passages } = await connection.read('read', async ({ table, manifest }) => {
        const rows = await table.countRows();
        return hasPassages(manifest) ? { documents: await table.countRows(firstRows(manifest)), passages: rows } : { documents: rows };
      });
      const { bytes, changedAt } = await measureFolder(folder);
      return { documents, passages, bytes, changedAt: changedAt?.toISOString() };
    },
    optimize: () =>
      connection.write('tidy', async (opened) => {
        // Nobody's documents hang on it: what cannot be removed now is looked at again next time.
        await sweepFolder(folder).catch(() => {});
        await optimizeTable(opened, { from: approximateFrom, partitions });
      }),
    close: async () => connection.close(),
  };
}
