import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import { indexFormat, type Manifest } from './store.ts';

/** The file that makes a folder an index. */
export const manifestName = 'finetooth.json';

const checksumOf = (manifest: Manifest): string => createHash('sha256').update(JSON.stringify(manifest)).digest('hex');

const isManifest = (value: unknown): value is Manifest => {
  const it = value as Partial<Record<keyof Manifest, unknown>> | null;
  return (
    typeof it === 'object' &&
    it !== null &&
    typeof it.format === 'number' &&
    typeof it.embedder === 'string' &&
    typeof it.dimensions === 'number' &&
    Array.isArray(it.fields) &&
    typeof it.analyzer === 'string' &&
    typeof it.createdAt === 'string'
  );
};

/** The manifest of an index folder; nothing where the folder has none. Throws E_INDEX_DAMAGED when it was torn or changed. */
export const readManifest = async (folder: string): Promise<Manifest | undefined> => {
  let text: string;
  try {
    text = await readFile(join(folder, manifestName), 'utf8');
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FinetoothError('E_INDEX_DAMAGED', `cannot read ${join(folder, manifestName)}: ${messageOf(error)}`, { cause: error });
  }
  const damaged = (what: string): FinetoothError =>
    new FinetoothError(
      'E_INDEX_DAMAGED',
      `${join(folder, manifestName)} ${what}. Restore it from a backup, or build the index anew in another folder.`,
    );
  let parsed: { manifest?: unknown; sha256?: unknown };
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged('is torn: it is not JSON');
  }
  const { manifest } = parsed;
  const format = (manifest as { format?: unknown } | undefined)?.format;
  if (typeof format === 'number' && format > indexFormat) {
    throw damaged(`has format ${format}; this version of finetooth reads formats up to ${indexFormat}, so update it`);
  }
  if (!isManifest(manifest)) throw damaged('is not the description of an index');
  if (parsed.sha256 !== checksumOf(manifest)) throw damaged('was changed: its checksum does not fit');
  return manifest;
};

/** Writes the manifest of a new index, whole or not at all. When another process was first, its manifest stays. */
export const createManifest = async (folder: string, manifest: Manifest): Promise<void> => {
  const path = join(folder, manifestName);
  const part = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(folder, { recursive: true });
    const others = (await readdir(folder)).filter((name) => !name.startsWith(manifestName));
    // Another process may have made the index since it was looked for.
    if (others.length > 0 && (await readManifest(folder)) !== undefined) return;
    if (others.length > 0) {
      throw new FinetoothError(
        'E_INDEX_MISSING',
        `${folder} is not an index and is not empty (it holds ${others.slice(0, 3).join(', ')}): name a new or an empty folder.`,
      );
    }
    const file = await open(part, 'w');
    try {
      await file.writeFile(`${JSON.stringify({ manifest, sha256: checksumOf(manifest) }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(part, path).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw diskErrorOf(error, folder);
  } finally {
    await unlink(part).catch(() => {});
  }
};

/** Bytes of all files below a folder, and when the newest was written. What goes while it is looked at does not count. */
export const measureFolder = async (folder: string): Promise<{ readonly bytes: number; readonly changedAt?: Date }> => {
  let bytes = 0;
  let newest = 0;
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) await walk(path);
      if (!entry.isFile()) continue;
      const found = await stat(path).catch(() => undefined);
      bytes += found?.size ?? 0;
      newest = Math.max(newest, found?.mtimeMs ?? 0);
    }
  };
  await walk(folder);
  return newest === 0 ? { bytes } : { bytes, changedAt: new Date(newest) };
};
