import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { systemCodeOf } from '../../errors.ts';
import { postingsIn } from './postings.ts';

/** A field of a Protocol Buffers message: a number, or bytes (https://protobuf.dev/programming-guides/encoding). */
type Field = readonly [field: number, value: bigint | Uint8Array];

/** A file of a table, named by its path below the table's folder; size in bytes where it is known. */
export interface NamedFile {
  readonly path: string;
  readonly size?: number;
}

/** What a version of a table is made of. */
export interface TableVersion {
  readonly version: number;
  /** Where it is described, below the table's folder. */
  readonly path: string;
  /** Files of documents, and of which of them are deleted. */
  readonly files: readonly NamedFile[];
  /** Folders of its indexes, below the table's folder. */
  readonly indexes: readonly string[];
  /** Files of postings of sparse vectors, which may be missing. */
  readonly postings: readonly string[];
  /** What was done to make it of the one before. */
  readonly transaction: string;
}

/** The versions of a table and where each is described, the oldest first. */
export async function versionsIn(table: string): Promise<Pick<TableVersion, 'version' | 'path'>[]> {
  const versions = (await namesIn(join(table, '_versions'))).flatMap((name) => {
    const path = join('_versions', name);
    const version = versionOf(path);
    return version === undefined ? [] : [{ version, path }];
  });
  return versions.sort((a, b) => a.version - b.version);
}

/** Nothing where there is none. */
export const newestVersion = async (table: string): Promise<Pick<TableVersion, 'version' | 'path'> | undefined> =>
  (await versionsIn(table)).at(-1);

/** Throws RangeError where it is not as LanceDB writes it, and what the system throws. */
export const readVersion = async (table: string, described: Pick<TableVersion, 'version' | 'path'>): Promise<TableVersion> => ({
  ...described,
  ...partsOf(await readFile(join(table, described.path))),
});

/** Of these files of a table those that a version needs. */
export function neededBy<File extends NamedFile>({ path, files, indexes, postings }: TableVersion, all: Iterable<File>): File[] {
  const named = new Set([path, ...files.map((file) => file.path), ...postings]);
  return [...all].filter((file) => named.has(file.path) || indexes.some((index) => file.path.startsWith(`${index}${sep}`)));
}

/** Names of what is in a folder, none where it is missing. */
export const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });

/** The first file of documents that this version of a table needs and has not, or not whole, in words; nothing when all are there. */
export async function missingFile(table: string, version: number): Promise<string | undefined> {
  let named: readonly NamedFile[] = [];
  try {
    const newest = await newestVersion(table);
    if (newest?.version === version) named = (await readVersion(table, newest)).files;
  } catch {
    // One that only LanceDB can read, which then is the judge.
  }
  for (const { path, size } of named) {
    try {
      const found = await stat(join(table, path));
      if (size !== undefined && found.size !== size) return `${join(table, path)} has ${found.size} bytes instead of ${size}`;
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      return `${join(table, path)} is missing`;
    }
  }
  return undefined;
}

/** The version that a file describes; names count up, or down from 2⁶⁴ - 1, then in 20 digits. Nothing for another file. */
export function versionOf(path: string): number | undefined {
  const [, digits] = /^_versions[\\/](\d+)\.manifest$/.exec(path) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits.length === 20 ? 2n ** 64n - 1n - BigInt(digits) : BigInt(digits));
}

/**
 * What a manifest of LanceDB names. It ends in its place as 8 bytes, its version as 4 and "LANC"; there, after 4 bytes of length, stands the
 * message `Manifest` of lance/protos/table.proto (Lance 8): fields = 1, of each metadata = 10, which has key = 1 and value = 2; fragments = 2, of each files = 2 and deletion_file = 3; index_section = 6 is where the
 * message `IndexSection` stands: indices = 1, of each uuid = 1, of that the bytes = 1.
 */
function partsOf(file: Uint8Array): Omit<TableVersion, 'version' | 'path'> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (text(file.subarray(-4)) !== 'LANC') throw new RangeError('it is no manifest of LanceDB');
  const messageAt = (start: number): Field[] => fieldsOf(file.subarray(start + 4, start + 4 + view.getUint32(start, true)));
  const manifest = messageAt(Number(view.getBigUint64(file.byteLength - 16, true)));
  const files = bytesIn(manifest, 2).flatMap((bytes) => {
    const fragment = fieldsOf(bytes);
    const data = bytesIn(fragment, 2).map((one): NamedFile => {
      const fields = fieldsOf(one);
      return { path: join('data', text(bytesIn(fields, 1)[0])), size: Number(numberIn(fields, 6)) || undefined };
    });
    const deletions = bytesIn(fragment, 3).map((one): NamedFile => {
      const fields = fieldsOf(one);
      const kind = numberIn(fields, 1) === 0n ? 'arrow' : 'bin';
      return { path: join('_deletions', `${numberIn(fragment, 1)}-${numberIn(fields, 2)}-${numberIn(fields, 3)}.${kind}`) };
    });
    return [...data, ...deletions];
  });
  const metadata = bytesIn(manifest, 1).flatMap((field) =>
    bytesIn(fieldsOf(field), 10).map((entry): [string, string] => {
      const fields = fieldsOf(entry);
      return [text(bytesIn(fields, 1)[0]), text(bytesIn(fields, 2)[0])];
    }),
  );
  // At 0 where it comes first, so that its presence decides.
  const section = manifest.some(([field]) => field === 6) ? messageAt(Number(numberIn(manifest, 6))) : [];
  const indexes = bytesIn(section, 1).map((index) => idIn(bytesIn(fieldsOf(index), 1)[0] as Uint8Array));
  return {
    files,
    postings: postingsIn(new Map(metadata)),
    indexes: [...new Set(indexes)].map((id) => join('_indices', id)),
    transaction: join('_transactions', text(bytesIn(manifest, 12)[0])),
  };
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

function fieldsOf(message: Uint8Array): Field[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.byteLength) {
    const key = Number(varint());
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) fields.push([field, varint()]);
    else if (wire === 2) {
      const length = Number(varint());
      if (at + length > message.byteLength) throw new RangeError('a field ends behind its message');
      fields.push([field, message.subarray(at, at + length)]);
      at += length;
    } else if (wire === 1 || wire === 5) {
      // Of a fixed length; none of these is read here.
      at += wire === 1 ? 8 : 4;
    } else throw new RangeError(`no wire type ${wire}`);
  }
  return fields;
}

const bytesIn = (fields: readonly Field[], wanted: number): Uint8Array[] =>
  fields.filter(([field]) => field === wanted).map(([, value]) => value as Uint8Array);
const numberIn = (fields: readonly Field[], wanted: number): bigint =>
  (fields.find(([field]) => field === wanted)?.[1] as bigint | undefined) ?? 0n;

function idIn(uuid: Uint8Array): string {
  const hex = Buffer.from(bytesIn(fieldsOf(uuid), 1)[0] as Uint8Array).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
