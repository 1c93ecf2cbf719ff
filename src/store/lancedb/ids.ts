import { type BloomFilter, bloomFilter } from '../../math/bloom-filter.ts';
import type { Opened } from './connection.ts';
import { cellReader } from './rows.ts';

/** Ids from which on all that there are are read: what fewer cost to look up is less. */
const MANY = 256;
/** Room for ids that are yet to come. */
const LEAST_ROOM = 65_536;

/** Which ids a table may hold, as a run of new documents needs to know of each that it is new. */
export interface IdFilter {
  /** Those of the ids that the table may hold. */
  possible(opened: Opened, ids: readonly string[]): Promise<readonly string[]>;
  /** Called by who holds the index's lock, after these ids, looked up at the version before, were written and the last commit made `version`. */
  added(ids: readonly string[], before: number, version: number): void;
}

/**
 * Looking for 4,096 ids costs 60 ms in 300,000 documents, mostly for nothing. What is known holds for one version of the table: any other commit than
 * those that are told by `added` makes it worthless.
 */
export function createIdFilter(): IdFilter {
  let known: { readonly stamp: string | undefined; version: number; readonly filter: BloomFilter; count: number } | undefined;

  const read = async ({ table, stamp }: Opened, version: number): Promise<BloomFilter> => {
    const filter = bloomFilter(Math.max(LEAST_ROOM, 2 * (await table.countRows())));
    let count = 0;
    for await (const batch of table.query().select(['id'])) {
      const cell = cellReader(batch);
      for (let row = 0; row < batch.numRows; row++) filter.add(cell('id', row) as string);
      count += batch.numRows;
    }
    // What was committed while it was read may be in it: it then takes more ids for possible.
    known = { stamp, version, filter, count };
    return filter;
  };
  return {
    possible: async (opened, ids) => {
      const version = await opened.table.version();
      const current = known?.stamp === opened.stamp && known?.version === version ? known : undefined;
      const isRoomy = current !== undefined && current.count <= current.filter.room;
      if (!isRoomy && ids.length < MANY) return ids;
      const filter = isRoomy ? current.filter : await read(opened, version);
      return ids.filter((id) => filter.mayHave(id));
    },
    added: (ids, before, version) => {
      if (known?.version !== before) return;
      for (const id of ids) known.filter.add(id);
      known.count += ids.length;
      known.version = version;
    },
  };
}
