/**
 * Arrays in PostgreSQL's binary form, which `pg` sends as it is where a parameter is a Buffer: a vector of 384 numbers is 1.5 KB so, and parsed by no one,
 * against 4 KB of text (https://github.com/postgres/postgres/blob/REL_18_0/src/backend/utils/adt/arrayfuncs.c, `array_recv`).
 */
const oids = { bytea: 17, int8: 20, int4: 23, text: 25, float8: 701, bool: 16, uuid: 2950 } as const;

/** Items as a parameter of the type `…[]`. A type that is not PostgreSQL's own is named by its oid. */
export function binaryArray(type: keyof typeof oids | number, items: readonly (Uint8Array | null)[]): Buffer {
  const bytes = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), 20);
  const array = Buffer.alloc(items.length === 0 ? 12 : bytes);
  array.writeInt32BE(items.length === 0 ? 0 : 1, 0);
  array.writeInt32BE(items.includes(null) ? 1 : 0, 4);
  array.writeUInt32BE(typeof type === 'number' ? type : oids[type], 8);
  if (items.length === 0) return array;
  array.writeInt32BE(items.length, 12);
  array.writeInt32BE(1, 16);
  let at = 20;
  for (const item of items) {
    array.writeInt32BE(item === null ? -1 : item.length, at);
    at += 4;
    if (item === null) continue;
    array.set(item, at);
    at += item.length;
  }
  return array;
}

export const textArray = (texts: readonly (string | null)[]): Buffer =>
  binaryArray(
    'text',
    texts.map((text) => (text === null ? null : Buffer.from(text))),
  );

export const integerArray = (numbers: readonly number[]): Buffer => numberArray('int4', 4, numbers, (to, value) => to.writeInt32BE(value));

/** Of whole numbers up to 2^53. */
export const bigintArray = (numbers: readonly number[]): Buffer =>
  numberArray('int8', 8, numbers, (to, value) => to.writeBigInt64BE(BigInt(value)));

export const doubleArray = (numbers: readonly (number | null)[]): Buffer =>
  numberArray('float8', 8, numbers, (to, value) => to.writeDoubleBE(value));

export const truthArray = (values: readonly boolean[]): Buffer =>
  binaryArray(
    'bool',
    values.map((value) => Buffer.from([value ? 1 : 0])),
  );

/** A vector as pgvector receives it: how many numbers, two empty bytes, and the numbers in single precision (vector.c, `vector_recv`). */
export function binaryVector(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 + 4 * vector.length);
  bytes.writeInt16BE(vector.length, 0);
  for (let i = 0; i < vector.length; i++) bytes.writeFloatBE(vector[i] as number, 4 + 4 * i);
  return bytes;
}

/** What `vector_send` gives. */
export function vectorIn(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.readInt16BE(0));
  for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatBE(4 + 4 * i);
  return vector;
}

function numberArray(
  type: keyof typeof oids,
  size: number,
  numbers: readonly (number | null)[],
  write: (to: Buffer, value: number) => void,
): Buffer {
  const all = Buffer.alloc(size * numbers.length);
  return binaryArray(
    type,
    numbers.map((value, at) => {
      if (value === null) return null;
      const item = all.subarray(at * size, (at + 1) * size);
      write(item, value);
      return item;
    }),
  );
}
