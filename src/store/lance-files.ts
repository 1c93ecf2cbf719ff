import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../errors.ts';

/** A field of a Protocol Buffers message: a number, or bytes (https://protobuf.dev/programming-guides/encoding). */
type Field = readonly [field: number, value: bigint | Uint8Array];

const fieldsOf = (message: Uint8Array): Field[] => {
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
};

const bytesIn = (fields: readonly Field[], wanted: number): Uint8Array[] =>
  fields.filter(([field]) => field === wanted).map(([, value]) => value as Uint8Array);
const numberIn = (fields: readonly Field[], wanted: number): bigint =>
  (fields.find(([field]) => field === wanted)?.[1] as bigint | undefined) ?? 0n;
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** A file that a version of a table is made of, below the table's folder; size in bytes where the manifest has it. */
interface NamedFile {
  readonly path: string;
  readonly size: number;
}

/**
 * The files of documents that a manifest of LanceDB names. It ends in its place as 8 bytes, its version as 4 and "LANC"; there, after 4 bytes of
 * length, stands the message `Manifest` of lance/protos/table.proto (Lance 8): fragments = 2, of each files = 2 and deletion_file = 3.
 */
const filesIn = (file: Uint8Array): NamedFile[] => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (text(file.subarray(-4)) !== 'LANC') throw new RangeError('no manifest of LanceDB');
  const start = Number(view.getBigUint64(file.byteLength - 16, true));
  const manifest = fieldsOf(file.subarray(start + 4, start + 4 + view.getUint32(start, true)));
  return bytesIn(manifest, 2).flatMap((bytes) => {
    const fragment = fieldsOf(bytes);
    const data = bytesIn(fragment, 2).map((one) => {
      const fields = fieldsOf(one);
      return { path: join('data', text(bytesIn(fields, 1)[0])), size: Number(numberIn(fields, 6)) };
    });
    const deletions = bytesIn(fragment, 3).map((one) => {
      const fields = fieldsOf(one);
      const kind = numberIn(fields, 1) === 0n ? 'arrow' : 'bin';
      return { path: join('_deletions', `${numberIn(fragment, 1)}-${numberIn(fields, 2)}-${numberIn(fields, 3)}.${kind}`), size: 0 };
    });
    return [...data, ...deletions];
  });
};

/** The first file of documents that this version of a table needs and has not, or not whole, in words; nothing when all are there. */
export const missingFile = async (table: string, version: number): Promise<string | undefined> => {
  const names = [`${2n ** 64n - 1n - BigInt(version)}`.padStart(20, '0'), String(version)];
  let named: NamedFile[] | undefined;
  for (const name of names) {
    try {
      named ??= filesIn(await readFile(join(table, '_versions', `${name}.manifest`)));
    } catch {
      // The other way to name it; or one that only LanceDB can read, which then is the judge.
    }
  }
  for (const { path, size } of named ?? []) {
    try {
      const found = await stat(join(table, path));
      if (size > 0 && found.size !== size) return `${join(table, path)} has ${found.size} bytes instead of ${size}`;
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      return `${join(table, path)} is missing`;
    }
  }
  return undefined;
};
