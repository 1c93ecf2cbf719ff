import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import type { CreateOptions } from '../search/create-options.ts';
import { indexReplaced } from '../store/index-changes.ts';
import { syncNewFolder } from '../store/lancedb/durability.ts';
import {
  claimFolder,
  committedVersion,
  manifestName,
  measureFolder,
  readManifest,
  stageName,
  sweepFolder,
} from '../store/lancedb/index-folder.ts';
import { swapIndex } from '../store/lancedb/restore.ts';
import { indexFormat, type Manifest } from '../store/store.ts';
import { withLock } from '../time/file-lock.ts';
import { keptRecipe } from './kept-recipe.ts';
import { checkKept, engineOf, manifestOf, openStore } from './store.ts';

/** A rebuild waits this long for who writes to the index, which may be another rebuild. */
const LONGEST_WAIT_MS = 300_000;
/** What is left of a rebuild of an earlier version is removed when nothing in it has changed for so long: whose it is cannot be told by a number. */
const DEAD_MS = 600_000;

/**
 * Puts back what an interrupted rebuild of an earlier version left beside a folder that is missing: the old index where it is whole, otherwise the
 * new one. Says so as a warning. False where there is nothing to put back.
 */
export async function recoverIndex(where: string): Promise<boolean> {
  const folder = resolve(where);
  const left = await leftoversOf(folder);
  if (left.length === 0) return false;
  if ((await readdir(folder).catch(() => [])).length > 0) return false;
  for (const from of left) {
    if (!(await isWhole(from))) continue;
    try {
      await rename(from, folder);
    } catch (error) {
      // Another process puts it back at this moment.
      if ((await readManifest(folder)) !== undefined) return true;
      throw new FinetoothError(
        'E_INDEX_MISSING',
        `${where} is missing: a rebuild that was interrupted left it as ${from}, which cannot be moved back (${messageOf(error)}). Rename it to ${where}.`,
        { cause: error },
      );
    }
    const which = from.slice(folder.length).startsWith('.old-')
      ? 'the index as it was before'
      : 'the new index, which may hold a part of the documents only; the same rebuild completes it';
    process.emitWarning(`${where} was missing: a rebuild was interrupted. Put back from ${basename(from)}: ${which}.`, {
      code: 'FINETOOTH_RECOVERED',
    });
    return true;
  }
  throw new FinetoothError(
    'E_INDEX_MISSING',
    `${where} is missing. A rebuild that was interrupted left ${left.map((one) => basename(one)).join(' and ')} beside it, of which none can be opened as a whole index. Restore ${where} from a backup, or move what is left away and build it from its source.`,
  );
}

/**
 * Makes an index again beside the old one and then puts it in the place of that. From its beginning to its end other writers wait, and then
 * write to the new one; until the last moment searches see the old one. A run that fails, is stopped or killed leaves the old one as it was.
 * What the old index was made with is kept unless something else is given, see `keptRecipe`.
 */
export async function rebuiltIn<T>(
  where: string,
  create: CreateOptions,
  fill: (stage: string, create: CreateOptions) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  checkKept(where, 'rebuilt');
  const engine = engineOf(where);
  if (engine === undefined) return rebuiltInFolder(where, create, fill, signal);
  const stage = await engine.stage(where, { signal });
  try {
    const result = await fill(stage.address, keptRecipe(create, await manifestOf(where)));
    await stage.swap();
    return result;
  } finally {
    await stage.close();
  }
}

async function rebuiltInFolder<T>(
  where: string,
  create: CreateOptions,
  fill: (folder: string, create: CreateOptions) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const folder = resolve(where);
  if ((await readManifest(folder)) === undefined) await recoverIndex(where);
  const stage = join(folder, `${stageName}${randomUUID()}`);
  const rebuild = async (lock: AbortSignal): Promise<T> => {
    const old = await readManifest(folder);
    const written = old === undefined ? 0 : await committedVersion(folder, old);
    if (old === undefined) await claimFolder(folder);
    await sweepFolder(folder);
    const kept = keptRecipe(create, old);
    try {
      const result = await fill(stage, kept);
      throwIfStopped(lock);
      // Who was suspended for longer than the lock lives may not know yet that it is lost.
      const now = await readManifest(folder);
      if (JSON.stringify(now) !== JSON.stringify(old) || (now !== undefined && (await committedVersion(folder, now)) !== written))
        throw indexReplaced(where);
      await swapIndex(folder, stage, { ...((await readManifest(stage)) as Manifest), format: indexFormat });
      if (old === undefined) await syncNewFolder(folder);
      return result;
    } catch (error) {
      // What fails when the lock was lost fails because of it.
      throwIfStopped(lock);
      throw error;
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  };
  try {
    await mkdir(folder, { recursive: true });
    return await withLock(
      join(folder, manifestName),
      signal,
      async (lock) => {
        const result = await rebuild(lock);
        await sweepFolder(folder);
        await removeLeftovers(folder);
        return result;
      },
      LONGEST_WAIT_MS,
    );
  } catch (error) {
    throw diskErrorOf(error, where);
  } finally {
    // Where there was none and none was made.
    await rmdir(folder).catch(() => {});
  }
}

/**
 * Rebuilds of the first version put the new index together beside the old one, as `<folder>.new-<process>`, and moved the old one away as
 * `<folder>.old-<process>`. The old ones first.
 */
async function leftoversOf(folder: string): Promise<string[]> {
  const parent = dirname(folder);
  const pattern = new RegExp(`^${basename(folder).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.(new|old)-\\d+$`);
  const names = (await readdir(parent).catch(() => [])).filter((name) => pattern.test(name));
  const isOld = (name: string): number => Number(name.slice(basename(folder).length).startsWith('.old-'));
  return names.sort((a, b) => isOld(b) - isOld(a)).map((name) => join(parent, name));
}

/** Whether it opens, with all its documents. */
async function isWhole(folder: string): Promise<boolean> {
  const store = openStore(folder);
  try {
    return (await store.open()) !== undefined;
  } catch (error) {
    if (error instanceof FinetoothError && error.code === 'E_RUNTIME') throw error;
    return false;
  } finally {
    await store.close();
  }
}

/** Only called when the index is in its place. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await leftoversOf(folder)) {
    const { changedAt } = await measureFolder(name);
    if (changedAt === undefined || Date.now() - changedAt.getTime() > DEAD_MS) await rm(name, { recursive: true, force: true });
  }
}
