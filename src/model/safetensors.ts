import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinetoothError, messageOf, systemCodeOf } from '../errors.ts';

/** Weights of one layer, in single precision whatever the file holds. */
export interface FloatTensor {
  /** Row-major. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Where a tensor lies in a file; the header is checked before anything behind it is read. */
interface Place {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the beginning of the file, the end not included. */
  readonly from: number;
  readonly to: number;
}

/** Of the header, as the format's own reader has it (safetensors/src/tensor.rs, MAX_HEADER_SIZE). */
const LONGEST_HEADER = 100_000_000;

const readers: Readonly<Record<string, { readonly bytes: number; read(view: DataView, at: number): number }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfOf(view.getUint16(at, true)) },
  I64: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  I8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  BF16: { bytes: 2, read: (view, at) => bfloatOf(view.getUint16(at, true)) },
};

/**
 * One tensor of a safetensors file (https://huggingface.co/docs/safetensors), or of the shards that `FILE.index.json` names.
 * Throws E_MODEL_MISSING where there is no such file, E_MODEL_FAILED for a file that is cut or damaged, a tensor that it lacks, or numbers of another type.
 */
export async function readTensor(file: string, name: string): Promise<FloatTensor> {
  const tensor = await findTensor(file, name);
  if (tensor !== undefined) return tensor;
  throw new FinetoothError('E_MODEL_FAILED', `${file} has no tensor "${name}"; it has ${shownNames(await tensorNames(file))}.`);
}

/** The same; undefined where the file is whole and has no tensor of that name. */
export async function findTensor(file: string, name: string): Promise<FloatTensor | undefined> {
  const path = await shardOf(file, name);
  if (path === undefined) return undefined;
  return withHeader(path, async (places, handle) => {
    const place = places.get(name);
    return place === undefined ? undefined : { shape: place.shape, data: await readNumbers(handle, path, name, place) };
  });
}

/** Names of a file's tensors, in the order of the file. */
export async function tensorNames(file: string): Promise<readonly string[]> {
  const index = await readIndex(file);
  return index === undefined ? withHeader(file, async (places) => [...places.keys()]) : [...index.keys()];
}

/** The files that hold a file's tensors: itself, or the index of its shards and those. Throws E_MODEL_FAILED for an index that is none. */
export async function weightFiles(file: string): Promise<readonly string[]> {
  const index = await readIndex(file);
  if (index === undefined) return [file];
  return [`${file}.index.json`, ...[...new Set(index.values())].sort().map((shard) => join(dirname(file), shard))];
}

const shownNames = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`;

/** The file that holds a tensor: the shard that the index names, where there is one. */
async function shardOf(file: string, name: string): Promise<string | undefined> {
  const index = await readIndex(file);
  if (index === undefined) return file;
  const shard = index.get(name);
  return shard === undefined ? undefined : join(dirname(file), shard);
}

async function readIndex(file: string): Promise<ReadonlyMap<string, string> | undefined> {
  const path = `${file}.index.json`;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = (await schemasOf()).index.safeParse(jsonOf(text));
  if (!parsed.success) throw damaged(path, 'it is not an index of shards: it needs "weight_map", names of tensors to names of files');
  const shards = Object.entries(parsed.data.weight_map);
  // A name that is a path could lead out of the model's folder.
  const odd = shards.find(([, shard]) => !/^\w[\w.-]*$/.test(shard));
  if (odd !== undefined) throw damaged(path, `"${odd[1]}" is no name of a file beside it`);
  return new Map(shards);
}

/** What is believed of a header and of an index; its package is loaded by the first model that has layers of its own. */
async function schemasOf() {
  const { z } = await import('zod');
  const whole = z.number().int().min(0);
  return {
    // `__metadata__` is no tensor, and may hold anything.
    header: z
      .looseObject({})
      .transform(({ __metadata__: _, ...tensors }) => tensors)
      .pipe(z.record(z.string(), z.object({ dtype: z.string(), shape: z.array(whole), data_offsets: z.tuple([whole, whole]) }))),
    index: z.object({ weight_map: z.record(z.string(), z.string()) }),
  };
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

async function withHeader<Result>(
  path: string,
  use: (places: ReadonlyMap<string, Place>, handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new FinetoothError('E_MODEL_MISSING', `${path} is not there. Copy it from the model's repository.`, { cause: error });
  });
  try {
    return await use(await readHeader(handle, path), handle);
  } finally {
    await handle.close();
  }
}

async function readHeader(handle: FileHandle, path: string): Promise<ReadonlyMap<string, Place>> {
  const { size } = await handle.stat();
  const start = await readBytes(handle, path, 0, Math.min(8, size));
  const length = start.length < 8 ? 0n : start.readBigUInt64LE(0);
  if (length === 0n || length > BigInt(Math.min(LONGEST_HEADER, size - 8))) throw damaged(path, 'it ends before its header does');
  const data = 8 + Number(length);
  const { header } = await schemasOf();
  const parsed = header.safeParse(jsonOf((await readBytes(handle, path, 8, Number(length))).toString('utf8')));
  if (!parsed.success) throw damaged(path, `its header is not one of safetensors (${messageOf(parsed.error).slice(0, 200)})`);
  const places = new Map<string, Place>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(parsed.data)) {
    const [from, to] = offsets;
    if (from > to || data + to > size) throw damaged(path, `its header puts "${name}" behind its end`);
    places.set(name, { dtype, shape, from: data + from, to: data + to });
  }
  return places;
}

async function readNumbers(handle: FileHandle, path: string, name: string, { dtype, shape, from, to }: Place): Promise<Float32Array> {
  const reader = readers[dtype];
  if (reader === undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `"${name}" in ${path} holds numbers of type ${dtype}; known are ${Object.keys(readers).join(', ')}. Choose a conversion with one of these.`,
    );
  const count = shape.reduce((product, one) => product * one, 1);
  if (count * reader.bytes !== to - from)
    throw damaged(path, `"${name}" of ${shape.join(' × ') || 'one'} numbers of ${dtype} has ${to - from} bytes`);
  const bytes = await readBytes(handle, path, from, to - from);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = reader.read(view, i * reader.bytes);
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) throw damaged(path, `number ${odd} of "${name}" is ${data[odd]}`);
  return data;
}

async function readBytes(handle: FileHandle, path: string, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
  if (bytesRead !== length) throw damaged(path, 'it ends before its header says');
  return buffer;
}

const damaged = (path: string, why: string): FinetoothError =>
  new FinetoothError('E_MODEL_FAILED', `${path} is cut or damaged: ${why}. Delete it and fetch the model again.`);

/** A number of 16 bits, IEEE 754 binary16. */
function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 0x3ff];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const widened = new DataView(new ArrayBuffer(4));

/** The upper half of a number in single precision. */
function bfloatOf(bits: number): number {
  widened.setUint32(0, (bits << 16) >>> 0);
  return widened.getFloat32(0);
}
