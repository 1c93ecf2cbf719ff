import { type FileHandle, open } from 'node:fs/promises';

/** An output of a graph: its axes, null where a size is not fixed (texts, tokens). */
export interface GraphOutput {
  readonly name: string;
  readonly axes: readonly (number | null)[];
}

/** Field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const fields = {
  graph: 7,
  output: 12,
  valueName: 1,
  valueType: 2,
  tensorType: 1,
  tensorShape: 2,
  dimension: 1,
  dimensionValue: 1,
} as const;

/**
 * Outputs of an ONNX file in its own order, read past its nodes and weights, which are never loaded. Undefined for a file that is none: the runtime says
 * what is wrong with it when it is loaded.
 */
export async function readOutputs(path: string): Promise<readonly GraphOutput[] | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const model = createWindow(file, size);
    const outputs: GraphOutput[] = [];
    let graphs = 0;
    for await (const graph of fieldsIn(model, 0, size)) {
      if (graph.field !== fields.graph) continue;
      graphs++;
      for await (const value of fieldsIn(model, graph.from, graph.to))
        if (value.field === fields.output) outputs.push(outputOf(await model(value.from, value.to - value.from)));
    }
    return graphs === 1 && outputs.every(({ name }) => name !== '') ? outputs : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

/** Bytes of a file from a place on; RangeError where it ends before. */
type Window = (from: number, length: number) => Promise<Buffer>;

/** Bytes that are read ahead: a graph has thousands of small nodes. */
const AHEAD = 1 << 16;

function createWindow(file: FileHandle, size: number): Window {
  let [at, kept] = [0, Buffer.alloc(0)];
  return async (from, length) => {
    if (from + length > size) throw new RangeError('the file ends');
    if (from < at || from + length > at + kept.length) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(length, AHEAD)), 0, Math.max(length, AHEAD), from);
      [at, kept] = [from, buffer.subarray(0, bytesRead)];
      if (bytesRead < length) throw new RangeError('the file ends');
    }
    return kept.subarray(from - at, from - at + length);
  };
}

interface Field {
  readonly field: number;
  /** Bytes of what it holds; of a number, none. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Fields of a protobuf message (https://protobuf.dev/programming-guides/encoding), what they hold not read. */
async function* fieldsIn(window: Window, from: number, to: number): AsyncGenerator<Field> {
  for (let at = from; at < to; ) {
    const head = await window(at, Math.min(20, to - at));
    const found = fieldAt(head, at);
    if (found.to > to) throw new RangeError('a field ends behind its message');
    yield found;
    at = found.to;
  }
}

function* fieldsOf(bytes: Buffer): Generator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const found = fieldAt(bytes.subarray(at), at);
    if (found.to > bytes.length) throw new RangeError('a field ends behind its message');
    yield found;
    at = found.to;
  }
}

/** The field whose key stands at the beginning of `bytes`, which is at `base`. */
function fieldAt(bytes: Buffer, base: number): Field {
  const [key, behindKey] = numberAt(bytes, 0);
  const [field, wire] = [Math.floor(key / 8), key % 8];
  if (field === 0) throw new RangeError('no field has the number 0');
  if (wire === 0) {
    const [value, end] = numberAt(bytes, behindKey);
    return { field, from: base + end, to: base + end, value };
  }
  const [length, begin] = wire === 1 ? [8, behindKey] : wire === 5 ? [4, behindKey] : wire === 2 ? numberAt(bytes, behindKey) : [-1, 0];
  if (length < 0) throw new RangeError(`a field of wire type ${wire}`);
  return { field, from: base + begin, to: base + begin + length, value: 0 };
}

function numberAt(bytes: Buffer, at: number): readonly [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return [value, at + i + 1];
  }
  throw new RangeError('a number without an end');
}

/** A ValueInfoProto of a tensor. */
function outputOf(value: Buffer): GraphOutput {
  let [name, axes]: [string, readonly (number | null)[]] = ['', []];
  for (const one of fieldsOf(value)) {
    const part = value.subarray(one.from, one.to);
    if (one.field === fields.valueName) name = part.toString('utf8');
    if (one.field === fields.valueType)
      axes = within(part, fields.tensorType)
        .flatMap((tensor) => within(tensor, fields.tensorShape))
        .flatMap(axesOf);
  }
  return { name, axes };
}

const within = (bytes: Buffer, field: number): readonly Buffer[] =>
  [...fieldsOf(bytes)].filter((one) => one.field === field).map(({ from, to }) => bytes.subarray(from, to));

const axesOf = (shape: Buffer): readonly (number | null)[] =>
  within(shape, fields.dimension).map(
    (dimension) => [...fieldsOf(dimension)].find(({ field }) => field === fields.dimensionValue)?.value ?? null,
  );
