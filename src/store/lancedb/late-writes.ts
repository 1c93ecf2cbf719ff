import { randomUUID } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../store.ts';
import { UNCOMMITTED_MS } from './clean.ts';
import { identityOf, manifestName } from './index-folder.ts';

/** Writers whose lock was taken over, which may be suspended and still commit. */
interface Suspended {
  readonly index: string;
  /** Of the table when it was taken over: no row of such a writer has a lower number. Milliseconds since 1970. */
  readonly writes: readonly { readonly version: number; readonly at: number }[];
}

const suspendedName = `${manifestName}.suspended`;

/** Called by who took over the index's lock, before it writes. */
export async function noteSuspended(folder: string, manifest: Manifest, version: number): Promise<void> {
  const writes = [...(await readSuspended(folder, manifest)), { version, at: Date.now() }];
  const part = join(folder, `${suspendedName}.${randomUUID()}.part`);
  try {
    await writeFile(part, JSON.stringify({ index: identityOf(manifest), writes } satisfies Suspended));
    await rename(part, join(folder, suspendedName));
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
}

/** The lowest number that a row may have that is still to come from a writer that was suspended; infinite where there is none. */
export async function earliestLate(folder: string, manifest: Manifest): Promise<number> {
  return Math.min(Number.POSITIVE_INFINITY, ...(await readSuspended(folder, manifest)).map(({ version }) => version));
}

/** Without those that had time enough. */
async function readSuspended(folder: string, manifest: Manifest): Promise<Suspended['writes']> {
  try {
    const { index, writes } = JSON.parse(await readFile(join(folder, suspendedName), 'utf8')) as Suspended;
    if (index !== identityOf(manifest)) return [];
    return writes.filter(({ version, at }) => Number.isSafeInteger(version) && Math.abs(Date.now() - at) < UNCOMMITTED_MS);
  } catch {
    // There is none, or the power was lost, and with it every writer.
    return [];
  }
}
