import { mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { dirname } from 'node:path';
import { cacheFolder, compiledFolder, type Environment, variable } from './cache-folder.ts';

/** A server ends when it is killed: what it compiled is written while it runs. Milliseconds from the start. */
const WRITTEN_AFTER_MS = 10_000;

/**
 * Has Node keep what it compiles of this program's files, beside downloaded models, so that the next command starts in less time, threads of models too.
 * Where it cannot be kept, as in a folder that may only be read, nothing is said: all is compiled again. NODE_COMPILE_CACHE names another folder and
 * NODE_DISABLE_COMPILE_CACHE=1 leaves it, as Node says.
 */
export function keepCompiled(env: Environment = process.env): void {
  if (variable(env, 'NODE_COMPILE_CACHE') !== undefined || variable(env, 'NODE_DISABLE_COMPILE_CACHE') !== undefined) return;
  const folder = compiledFolder(cacheFolder(env));
  try {
    makeFolder(folder);
    // Bun and Deno have their own ways.
    module.enableCompileCache?.(folder);
  } catch {
    return;
  }
  if (module.getCompileCacheDir?.() === undefined) return;
  // Threads take it from there.
  env.NODE_COMPILE_CACHE = folder;
  setTimeout(() => module.flushCompileCache?.(), WRITTEN_AFTER_MS).unref();
}

/** Level by level: the recursive one of Node goes on for ever where a parent is there and takes none, as /proc (24.21). */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
