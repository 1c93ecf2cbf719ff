import type { Table } from '@lancedb/lancedb';
import type { Opened } from './connection.ts';
import { committedVersion, tableOf } from './index-folder.ts';

export interface Snapshots {
  /**
   * The table as it was acknowledged last, whatever is committed meanwhile: all steps of a search see one version, and none sees what lies between the
   * steps of a write. Between two of them LanceDB's own index over words finds a few documents of all (seen: 10 of 1,060).
   */
  at(opened: Opened): Promise<Opened>;
  close(): void;
}

/** A version is opened once, in half a millisecond, and searched until there is a newer one. */
export function createSnapshots(folder: string): Snapshots {
  let last: { readonly of: Table; readonly version: number; readonly table: Promise<Table> } | undefined;
  return {
    at: async (opened) => {
      // Read first: a version is recorded once it is there.
      const acknowledged = await committedVersion(folder, opened.manifest);
      const latest = await opened.table.version();
      const version = acknowledged === 0 ? latest : Math.min(acknowledged, latest);
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
