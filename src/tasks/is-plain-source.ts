import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether a path is a file, or a folder that neither is an index nor holds one: its documents can be searched as they are. */
export async function isPlainSource(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory()) return true;
  const names = await readdir(path).catch(() => []);
  if (names.some(isOfIndex)) return false;
  const below = await Promise.all(names.map((name) => readdir(join(path, name)).catch(() => [])));
  return !below.some((inner) => inner.some(isOfIndex));
}

/** Manifest, locks and tables, also where one of them is lost: a damaged index is no folder of notes. */
const isOfIndex = (name: string): boolean => name.startsWith('finetooth.json') || name.endsWith('.lance');
