import { throwIfStopped } from '../../errors.ts';
import { readFilter } from '../../filter/read-filter.ts';
import { unpackTitle } from '../../math/packed-title.ts';
import type { Document, Hit } from '../../types.ts';
import { checkArguments, type OptionChecks, oneOf, path, positive } from '../../wording/check-options.ts';
import { anyNumber } from '../../wording/check-shapes.ts';
import { checkedStore } from '../checked-store.ts';
import { facetCounter } from '../facets.ts';
import { indexReplaced } from '../index-changes.ts';
import { type EntryField, type HitField, isSameIndex, type Store, type StoreQuery } from '../store.ts';
import { connectFolder, type Opened } from './connection.ts';
import { type Durability, durabilities } from './durability.ts';
import { readEntries, replaceAll } from './entries.ts';
import { countFacets } from './facets.ts';
import { createIdFilter } from './ids.ts';
import { measureFolder, sweepFolder } from './index-folder.ts';
import { APPROXIMATE_FROM, bitsOf, indexesOf, indexIds, optimizeTable, refineOf } from './optimize.ts';
import { scoreByOther } from './other.ts';
import { countsWrites, firstRows, hasPassages, tableOf } from './rows.ts';
import { conditionsFor, type FoundRow, IDS_PER_FILTER, type Restriction, restrictTo, searchVector, searchWords } from './search.ts';
import { createSegments } from './segments.ts';
import { createSnapshots } from './snapshots.ts';
import { FEW_SCORED, searchSparse } from './sparse-search.ts';
import { bestUntold } from './untold.ts';
import { createWordIndexes } from './word-index.ts';
import { buildWords, wordIndexOf } from './words.ts';

/** Documents of a write after which the index over ids is looked at. */
const MANY = 256;
/** How often a writer looks for a number that no other has used meanwhile. */
const TRIES = 5;

/** The approximate index over vectors. */
export interface LanceStoreOptions {
  /**
   * Documents from which it is built, and those over filterable fields (44 ms exact, 9 approximate there), and postings of sparse vectors; below, every
   * vector is compared: `npm run bench -- store`. @default 20,000
   */
  readonly approximateFrom?: number;
  /** Parts into which it sorts the vectors. @default one for each 4,096 documents, above 100,000 growing as their square root */
  readonly partitions?: number;
  /** Parts that a search looks into; more where too few that fit come. @default 20 */
  readonly probes?: number;
  /**
   * Candidates fetched for each one returned, to be compared exactly. @default 3 for vectors of 384 numbers or more, √(384/numbers) times as many for smaller
   * ones; 2 or 40 in their place where an earlier version built the index of 4 bits or 1
   */
  readonly refine?: number;
  /** What an acknowledged write outlives: `power` also the loss of power, `process` a kill. @default power */
  readonly durability?: Durability;
}

const lanceChecks: OptionChecks<LanceStoreOptions> = {
  approximateFrom: anyNumber,
  partitions: positive,
  probes: positive,
  refine: positive,
  durability: oneOf(durabilities),
};

/**
 * Documents and vectors in a folder, in LanceDB's format. Each `upsert` is one atomic commit: a killed process loses only what had
 * not been acknowledged. Several processes may read and write at once. Exact below 20,000 documents; above, IVF_RQ of 2 bits with
 * exact comparison of three times as many as asked for, or more of small vectors. Sparse vectors are found exactly whatever their number.
 *
 * @example
 * import { openIndex } from 'finetooth';
 * import { lanceStore } from 'finetooth/stores';
 *
 * const index = await openIndex(lanceStore('./shop', { durability: 'process' }), { create: { fields: ['text'] } });
 * await index.add([{ id: 'bats', text: 'Bats hunt by echo.' }]);
 * await index.close();
 */
export function lanceStore(folder: string, options: LanceStoreOptions = {}): Store {
  checkArguments("lanceStore('./movies')", { folder: [folder, path], options: [options, lanceChecks] });
  const { approximateFrom = APPROXIMATE_FROM, partitions, probes = 20, refine, durability = 'power' } = options;
  const connection = connectFolder(folder, durability);
  const snapshots = createSnapshots(folder);
  const idFilter = createIdFilter();
  const wordIndexes = createWordIndexes();
  const segments = createSegments();
  /** Rows that fit of which all are scored by a sparse vector, whatever there is beside them. */
  const few = Math.min(FEW_SCORED, approximateFrom / 10);
  /** A process that was killed before its first `optimize` leaves no word index, and LanceDB would split words its own way. */
  const withWords = async (opened: Opened): Promise<Opened> => {
    const now = await snapshots.at(opened);
    if ((await wordIndexOf(now.table)) !== undefined) return now;
    await connection.write('tidy', ({ libraries, table, manifest }) => buildWords(libraries, table, manifest));
    return snapshots.at(opened);
  };
  /** Of the approximate index as it was last searched. Another process may build it again at any time: then this one fetches more than it needs. */
  let bits: { readonly of: string | undefined; readonly value: number | undefined } | undefined;
  const refineFor = async ({ table, stamp, manifest }: Opened): Promise<number> => {
    if (refine !== undefined) return refine;
    if (bits === undefined || bits.of !== stamp || bits.value === 1) bits = { of: stamp, value: bitsOf(await indexesOf(table)) };
    return refineOf(bits.value, manifest.dimensions);
  };
  const find = async (opened: Opened, query: StoreQuery, withTokens: boolean): Promise<readonly FoundRow[]> => {
    const { libraries, table, manifest } = opened;
    const { limit, filter, exact = false, other, signal } = query;
    const ask = async (within: Restriction, count: number): Promise<readonly FoundRow[]> => {
      const asked = { ...within, limit: count, withTokens, other };
      if ('sparse' in query) return searchSparse(opened, query.sparse, { ...asked, few, signal }, segments);
      if (!('vector' in query)) return searchWords(libraries, table, manifest, query.terms, asked, await wordIndexes.at(table));
      return searchVector(table, manifest, query.vector, { ...asked, exact }, { refine: await refineFor(opened), probes });
    };
    const tested = filter === undefined ? undefined : await bestUntold(table, manifest, { filter, limit, ask });
    throwIfStopped(signal);
    if (tested !== undefined) return tested;
    const restriction = await restrictTo(table, filter, manifest);
    throwIfStopped(signal);
    if (restriction.fitting === 0) return [];
    return ask(restriction, limit);
  };

  return checkedStore({
    capabilities: { approximate: true, filterable: true, persistent: true, passages: true, titles: true, sparse: true },
    open: connection.open,
    upsert: async (entries) => {
      // With nothing to write too: what is unchanged in an index that is just made again would be acknowledged and then gone.
      await connection.write('write to', async (opened) => {
        const { libraries, table, manifest } = opened;
        if (entries.length === 0) return;
        // Of an id that comes twice the last one counts.
        const latest = new Map(entries.map((entry) => [entry.id, entry]));
        const before = await table.version();
        const rows = tableOf(libraries, [...latest.values()], manifest, before);
        const ids = [...latest.keys()];
        const possible = await idFilter.possible(opened, ids);
        const countOf = async (some: readonly string[], more: string): Promise<number> => {
          let count = 0;
          for (const condition of conditionsFor(some)) count += await table.countRows(`${condition}${more}`);
          return count;
        };
        const countThere = (more: string): Promise<number> => countOf(possible, more);
        const isShort = async () =>
          rows.numRows === latest.size && (!hasPassages(manifest) || (await countThere(' AND passage > 0')) === 0);
        const write = async (): Promise<{ readonly version: number }> => {
          // Half the price, and a tenth for a single document.
          if ((await countThere('')) === 0) return table.add(rows);
          if (await isShort()) return table.mergeInsert('id').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(rows);
          return replaceAll(table, ids, rows);
        };
        let { version } = await write();
        const isIndexed = rows.numRows >= MANY && (await indexIds(libraries, table, approximateFrom));
        // Who was suspended for longer than its lock lives writes beside another, which may have brought the same ids, and indexed what has a lower number
        // than its own. No row has this one yet.
        for (let [last, tries] = [before, 0]; version > last + 1 && countsWrites(manifest) && tries < TRIES; tries++) {
          const key = hasPassages(manifest) ? ['id', 'passage', 'written'] : ['id', 'written'];
          last = await table.version();
          ({ version } = await replaceAll(table, ids, tableOf(libraries, [...latest.values()], manifest, last), key));
        }
        if (version === before + 1) idFilter.added(ids, before, isIndexed ? version + 1 : version);
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
      const wanted = [...new Set(ids)];
      for (let at = 0; at < wanted.length; at += IDS_PER_FILTER)
        yield* await connection.read('read', async (opened) => {
          const possible = await idFilter.possible(opened, wanted.slice(at, at + IDS_PER_FILTER));
          const [condition] = conditionsFor(possible);
          return condition === undefined ? [] : Array.fromAsync(readEntries(opened, condition, fields));
        });
    },
    search: async <Field extends HitField = 'document'>(query: StoreQuery<Field>) => {
      const { limit, filter, other, signal, fields = ['document'] as readonly HitField[] } = query;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      if (limit <= 0 || ('terms' in query && query.terms.length === 0) || ('sparse' in query && query.sparse.ids.length === 0)) return [];
      if (await connection.isUnmade()) return [];
      return connection.read('search', async (latest) => {
        const opened = 'terms' in query || (other !== undefined && 'terms' in other) ? await withWords(latest) : await snapshots.at(latest);
        const { libraries, table, manifest } = opened;
        const form = fields.includes('tokens' as never) ? manifest.tokens : undefined;
        const rows = await find(opened, query, form !== undefined);
        throwIfStopped(signal);
        const others = other && (await scoreByOther(libraries, table, rows, other, () => wordIndexes.weighing(table)));
        return rows.map(
          ({ id, score, place, document, tokens, vector, title }) =>
            ({
              id,
              score,
              passage: place,
              other: others?.get(id),
              document: fields.includes('document' as never) ? (JSON.parse(document) as Document) : undefined,
              // Those of a document whose vector was given are none.
              tokens: form === undefined || !tokens?.length || vector === undefined ? undefined : { form, data: tokens, vector },
              titleTokens: form === undefined || title === undefined ? undefined : unpackTitle(title, form),
            }) as Hit,
        );
      });
    },
    count: async (filter) => {
      if (filter !== undefined) readFilter(filter);
      if (await connection.isUnmade()) return 0;
      return connection.read('read', async (latest) => {
        const { table, manifest } = await snapshots.at(latest);
        const { where, fitting } = await restrictTo(table, filter, manifest);
        return hasPassages(manifest) ? table.countRows(firstRows(manifest, where)) : fitting;
      });
    },
    facets: async (fields, options) => {
      const { filter, limit, signal } = options;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      if (await connection.isUnmade()) return fields.map((field) => facetCounter(field).facet(limit));
      return connection.read('read', async (latest) => {
        const { table, manifest } = await snapshots.at(latest);
        return countFacets(table, manifest, fields, options);
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
      connection.write('tidy', async (opened, acknowledge) => {
        // Nobody's documents hang on it: what cannot be removed now is looked at again next time.
        await sweepFolder(folder).catch(() => {});
        await optimizeTable(opened, { from: approximateFrom, partitions, durability, acknowledge, segments });
      }),
    keepSpread: (spread) => connection.describe({ spread }),
    close: async () => {
      snapshots.close();
      connection.close();
    },
  });
}
