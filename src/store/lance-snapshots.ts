import type { Table } from '@lancedb/lancedb';
import { tableOf } from './index-folder.ts';
import type { Opened } from './lance-connection.ts';

export interface Snapshots {
  /** The table as it is now, whatever is committed meanwhile: all steps of a search see one version. */
  at(opened: Opened): Promise<Opened>;
  close(): void;
}

/** A version is opened once, in half a millisecond, and searched until there is a newer one. */
export function createSnapshots(): Snapshots {
  let last: { readonly of: Table; readonly version: number; readonly table: Promise<Table> } | undefined;
  return {
    at: async (opened) => {
      const version = await opened.table.version();
      if (last?.of !== opened.table || last.version !== version) last = { of: opened.table, version, table: openVersion(opened, version) };
      const current = last;
      try {
        return { ...opened, table: await current.table };
      } catch (error) {
        if (last === current) last = undefined;
        throw error;
      }
    },
    close: () => {
      // One that is still searched is not closed under its reader.
      last = undefined;
    },
  };
}

async function openVersion({ connection, manifest }: Opened, version: number): Promise<Table> {
  const table = await connection.openTable(tableOf(manifest));
  await table.checkout(version);
  return table;
}
