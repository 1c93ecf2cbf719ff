import { rm, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { listSynced, recordChecksums } from './checksums.ts';
import type { Durability } from './durability.ts';
import { namesIn, neededBy, newestVersion, readVersion, type TableVersion, versionsIn } from './files.ts';

/** A writer that was suspended for longer than its lock lived may still commit what is younger. */
export const UNCOMMITTED_MS = 600_000;
/** No index takes longer to build. */
const DAY_MS = 86_400_000;
/** Bytes of all versions for each byte of the newest one: with what many small files cost, the folder stays below 1.3 times its data. */
const MOST_OVERHEAD = 1.15;

/** Drops old versions where they take more than a share of what the newest one needs. For who holds the index's lock. */
export async function boundVersions(table: string, durability: Durability): Promise<void> {
  const newest = await newestVersion(table);
  if (newest === undefined) return;
  const files = await recordChecksums(table, await listSynced(table, durability));
  const bytesOf = (some: typeof files): number => some.reduce((sum, { bytes }) => sum + bytes, 0);
  if (bytesOf(files) > MOST_OVERHEAD * bytesOf(neededBy(await readVersion(table, newest), files))) await dropVersions(table, durability);
}

/**
 * Drops all versions but the newest, whoever reads them, and what killed writers left. LanceDB's own way would merge files too, and extend the index
 * over words. Killed in between it leaves files that no version names, which the next one removes. For who holds the index's lock.
 */
export async function dropVersions(table: string, durability: Durability): Promise<void> {
  const newest = await newestVersion(table);
  if (newest === undefined) return;
  // What takes the place of the old ones must be on the disk before they go.
  await listSynced(table, durability);
  const current = await readVersion(table, newest);
  // One that is newer is of a writer that was suspended.
  const dropped = (await versionsIn(table)).filter(({ version }) => version < newest.version);
  const old: TableVersion[] = [];
  // Of a damaged one the files are what no version names.
  for (const described of dropped)
    await readVersion(table, described).then(
      (version) => old.push(version),
      () => {},
    );
  const committed = new Set(
    old.flatMap(({ files, postings, transaction }) => [...files.map(({ path }) => path), ...postings, transaction]),
  );
  const indexes = new Set(old.flatMap((version) => version.indexes));
  for (const { path } of dropped) await rm(join(table, path), { force: true });
  const files = await recordChecksums(table, await listSynced(table, durability));
  const needed = new Set(neededBy(current, files).map(({ path }) => path));
  const transactions = (await namesIn(join(table, '_transactions'))).map((name) => join('_transactions', name));
  // The clock of the disk, which may be another machine's.
  const now = (await stat(join(table, newest.path))).mtimeMs;
  for (const path of [...files.map((file) => file.path), ...transactions]) {
    if (needed.has(path) || path === current.transaction) continue;
    const wasCommitted = committed.has(path) || indexes.has(path.split(sep).slice(0, 2).join(sep));
    const isLeft = async (): Promise<boolean> =>
      now - (await stat(join(table, path)).catch(() => ({ mtimeMs: now }))).mtimeMs > UNCOMMITTED_MS;
    if (wasCommitted || (await isLeft())) await rm(join(table, path), { force: true });
  }
  for (const name of await namesIn(join(table, '_indices'))) await rmdir(join(table, '_indices', name)).catch(() => {});
}

/**
 * Removes what LanceDB leaves in the system's temporary folder when it indexes vectors, which is as large as the index: its own folders of a day ago and
 * more, since those of another process that is indexing look the same.
 */
export async function dropShuffles(now = Date.now()): Promise<void> {
  for (const name of await namesIn(tmpdir())) {
    if (!/^\.tmp[0-9A-Za-z]{6}$/.test(name)) continue;
    const path = join(tmpdir(), name);
    const files = await namesIn(path).catch(() => []);
    if (files.length === 0 || !files.every((file) => /^shuffle_(data|offsets)\.(lance|spill)$/.test(file))) continue;
    const { mtimeMs = now } = (await stat(path).catch(() => undefined)) ?? {};
    if (now - mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
