import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ErrorCode, FinetoothError, systemCodeOf } from '../errors.ts';

/** What a file was when it was last hashed in full, and where it came from. */
export interface ChecksumRecord {
  /** Hex, lower case. */
  readonly sha256: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly inode: number;
  /** `owner/name/path@commit` or `package@version/member`; absent for files that were put there by hand. */
  readonly from?: string;
}

/** `checksums.json`: file name → record. `version` rises when the shape changes. */
interface ChecksumBook {
  readonly version: 1;
  readonly files: Readonly<Record<string, ChecksumRecord>>;
}

/** What a file belongs to: only the codes of its errors and its address on a hub differ. */
export type FileKind = 'model' | 'dataset';

const codes = {
  model: { changed: 'E_MODEL_CHANGED', missing: 'E_MODEL_MISSING' },
  dataset: { changed: 'E_DATASET_CHANGED', missing: 'E_INPUT_MISSING' },
} as const satisfies Record<FileKind, { readonly changed: ErrorCode; readonly missing: ErrorCode }>;

export interface CheckOptions {
  /** @default model */
  readonly kind?: FileKind | undefined;
  readonly path: string;
  /** Where records are kept; see `bookOfForeignFolder`. */
  readonly book: string;
  /** sha256 that the catalog states. */
  readonly expected?: string | undefined;
  /** Hold the file to the sha256 of its record when the catalog states none. */
  readonly holdToRecord: boolean;
  /** Hash in full even if the record fits. @default false */
  readonly full?: boolean;
  readonly from?: string | undefined;
  /** What to do about a wrong file, for the error. */
  readonly advice: string;
  readonly signal?: AbortSignal | undefined;
}

/** sha256 of a whole file, hex. 34 MB take about 60 ms. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

export const readRecord = async (book: string, file: string): Promise<ChecksumRecord | undefined> => (await readBook(book)).files[file];

/** Written atomically. Where the cache cannot be written nothing is remembered, and everything else still works. */
export async function writeRecord(book: string, file: string, record: ChecksumRecord): Promise<void> {
  const next = `${book}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dirname(book), { recursive: true });
    const { files } = await readBook(book);
    await writeFile(next, `${JSON.stringify({ version: 1, files: { ...files, [file]: record } }, null, 2)}\n`);
    await rename(next, book);
  } catch {
    await rm(next, { force: true }).catch(() => undefined);
  }
}

/** The book of a folder that is not ours to write into: in the cache, named after the folder's path. */
export const bookOfForeignFolder = (cache: string, folder: string): string =>
  join(cache, 'stamps', `${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.json`);

export const fileChanged = (kind: FileKind, path: string, expected: string, got: string, advice: string): FinetoothError =>
  new FinetoothError(codes[kind].changed, `${path} is not the file that it must be: expected sha256 ${expected}, got ${got}. ${advice}`);

/**
 * The sha256 of a file that is what it must be; undefined when there is none; E_MODEL_CHANGED or E_DATASET_CHANGED when it is another.
 *
 * A file is hashed in full when it is first seen, and again only when its size, time or inode differ from the record: hashing the
 * bundled 34 MB at each start would cost 60 to 100 ms, half of a command's time. Whoever can change a file and keep its time
 * can also change the record, so this guards against torn copies and silent updates, not against the owner of the disk.
 * `models verify` always hashes in full.
 */
export async function checkFile(options: CheckOptions): Promise<string | undefined> {
  const { kind = 'model', path, book, expected, advice } = options;
  const found = await stat(path).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw new FinetoothError(codes[kind].missing, `${path} cannot be read: ${String(error)}. Check its permissions.`, { cause: error });
  });
  if (!found?.isFile()) return undefined;
  const record = await readRecord(book, basename(path));
  const fits = record !== undefined && record.bytes === found.size && record.mtimeMs === found.mtimeMs && record.inode === found.ino;
  const sha256 = fits && options.full !== true ? record.sha256 : await hashFile(path, options.signal);
  const wanted = expected ?? (options.holdToRecord ? record?.sha256 : undefined);
  if (wanted !== undefined && sha256 !== wanted) throw fileChanged(kind, path, wanted, sha256, advice);
  if (!fits || record.sha256 !== sha256) {
    const from = options.from ?? record?.from;
    await writeRecord(book, basename(path), { sha256, bytes: found.size, mtimeMs: found.mtimeMs, inode: found.ino, ...(from && { from }) });
  }
  return sha256;
}

/** A book that is missing or cannot be read counts as empty: then everything is hashed again. */
async function readBook(path: string): Promise<ChecksumBook> {
  try {
    const book: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isBook(book)) return book;
  } catch {}
  return { version: 1, files: {} };
}

function isBook(value: unknown): value is ChecksumBook {
  const { version, files } = (value ?? {}) as { version?: unknown; files?: unknown };
  if (version !== 1 || typeof files !== 'object' || files === null) return false;
  return Object.values(files).every((record) => typeof (record as ChecksumRecord | null)?.sha256 === 'string');
}
