import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Connection, SchemaLike, Table } from '@lancedb/lancedb';
import { messageOf } from '../../errors.ts';
import { indexDamaged } from '../index-changes.ts';
import type { Manifest } from '../store.ts';
import { listSynced } from './checksums.ts';
import { syncFiles, syncNewFolder } from './durability.ts';
import { missingFile } from './files.ts';
import { claimFolder, committedVersion, createManifest, readManifest, recordVersion, tableOf } from './index-folder.ts';
import { nameForLance } from './names.ts';

/** LanceDB, or as much of it as opening needs. */
interface Lance {
  connect(folder: string, options: { readonly readConsistencyInterval: number }): Promise<Connection>;
}

export interface OpenTable {
  readonly connection: Connection;
  readonly table: Table;
  /** The folder of the table. */
  readonly path: string;
}

/** Throws E_INDEX_DAMAGED where the newest of the committed versions is gone: LanceDB would go on from an older one. */
export async function checkVersion(table: Table, folder: string, least: number): Promise<number> {
  const version = await table.version();
  if (version >= least) return version;
  throw indexDamaged(
    `${folder} was set back: version ${least} of its documents was committed and ${version} is the last one there, so that the newest files of _versions are missing`,
    folder,
  );
}

/** Opens a table that is known to exist. It is never made here: documents that are missing are not an index without documents. */
export async function openTable(lance: Lance, folder: string, manifest: Manifest): Promise<OpenTable> {
  const name = tableOf(manifest);
  const path = join(folder, `${name}.lance`);
  // Before the version is looked at: meanwhile another process may commit.
  const least = await committedVersion(folder, manifest);
  const connection = await connectTo(lance, folder);
  const table = await connection.openTable(name).catch((error: unknown) => {
    if (!/was not found/.test(messageOf(error))) throw error;
    throw indexDamaged(`the documents of the index ${folder} are gone: ${path} is missing, or its _versions are`, folder, error);
  });
  for (;;) {
    const version = await checkVersion(table, folder, least);
    const missing = await missingFile(path, version);
    if (missing === undefined) return { connection, table, path };
    // Unless another process compacts it at this moment.
    if ((await table.version()) === version) throw indexDamaged(`documents of the index ${folder} are gone: ${missing}`, folder);
  }
}

/**
 * Makes an empty index, for who holds its lock. The table is made before the manifest, so that a process that is killed in between leaves
 * nothing that looks like an index that lost its documents.
 */
export async function createIndex(lance: Lance, folder: string, manifest: Manifest, schema: SchemaLike): Promise<void> {
  // Another process may have made it since it was looked for.
  if ((await readManifest(folder)) !== undefined) return;
  await claimFolder(folder);
  const connection = await connectTo(lance, folder);
  const table = await connection.createEmptyTable(tableOf(manifest), schema, { mode: 'create' });
  const version = await table.version();
  table.close();
  connection.close();
  const path = join(folder, `${tableOf(manifest)}.lance`);
  await listSynced(path, 'power');
  // LanceDB's list of tables, of which it complains when it is torn.
  const catalog = await readdir(join(folder, '__manifest'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = catalog.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  await syncFiles(folder, files);
  await recordVersion(folder, manifest, version);
  await createManifest(folder, manifest);
  await syncNewFolder(folder);
}

/** Every read sees what was last committed, by whichever process. */
const connectTo = (lance: Lance, folder: string): Promise<Connection> =>
  lance.connect(nameForLance(folder), { readConsistencyInterval: 0 });
