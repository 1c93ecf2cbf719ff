import { readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import { nearestName } from '../wording/nearest-name.ts';

/**
 * What stands at a path, links followed. A named pipe (`<(zcat …)`) is read as a stream; a device or a socket is refused with
 * E_INPUT_MISSING, and so is what does not exist, with the nearest name in the same folder.
 */
export async function kindOfPath(path: string, name: string): Promise<'file' | 'folder' | 'pipe'> {
  if (path === '') throw new FinetoothError('E_INPUT_MISSING', 'the path is empty. Name a file or folder, or "-" for standard input.');
  const found = await stat(path).catch(async (error: unknown) => {
    const code = systemCodeOf(error);
    throw code === 'ENOENT' || code === 'ENOTDIR' ? await missing(path, name, error) : unreadable(name, error);
  });
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  if (found.isFIFO()) return 'pipe';
  const kind = found.isSocket() ? 'a socket' : 'a device';
  throw new FinetoothError(
    'E_INPUT_MISSING',
    `${name} is ${kind}, not a file (${resolve(path)}). Name a file or folder, or "-" for standard input.`,
  );
}

/** E_INPUT_MISSING for a system's refusal to open or read something that exists. */
export function unreadable(name: string, error: unknown): FinetoothError {
  const code = systemCodeOf(error);
  if (code === 'EACCES' || code === 'EPERM')
    return new FinetoothError('E_INPUT_MISSING', `${name} may not be read by this user (${code}). Allow it, for example with "chmod +r".`, {
      cause: error,
    });
  return new FinetoothError('E_INPUT_MISSING', `${name} cannot be read: ${messageOf(error)}. Check the disk and the path.`, {
    cause: error,
  });
}

async function missing(path: string, name: string, cause: unknown): Promise<FinetoothError> {
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined)
    return new FinetoothError(
      'E_INPUT_MISSING',
      `${name} does not exist. It is a link to ${target}, which does not exist: mend or remove the link.`,
      {
        cause,
      },
    );
  const folder = dirname(path);
  let advice = `Paths start at ${process.cwd()}.`;
  try {
    const near = nearestName(basename(path), (await readdir(folder)).sort());
    if (near !== undefined) advice = `Did you mean ${join(folder, near)}?`;
  } catch {
    if (folder !== '.') advice = `Its folder ${folder} cannot be opened either. ${advice}`;
  }
  return new FinetoothError('E_INPUT_MISSING', `${name} does not exist. ${advice}`, { cause });
}
