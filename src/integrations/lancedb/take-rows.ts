import { FinetoothError } from '../../errors.ts';
import { type Data, type MakeData, type Type, TypeId } from './arrow.ts';

/** A row of one of several columns of a type; undefined: no value. */
export type Pick = { readonly from: number; readonly row: number } | undefined;

/** Types whose values lie in an array, `stride` numbers each. */
const flat: ReadonlySet<number> = new Set([
  TypeId.Int,
  TypeId.Float,
  TypeId.Decimal,
  TypeId.Date,
  TypeId.Time,
  TypeId.Timestamp,
  TypeId.Interval,
  TypeId.Duration,
  TypeId.FixedSizeBinary,
]);

/**
 * A column of the picked rows, in their order, bit for bit: what goes through JavaScript's values loses nanoseconds and large decimals. Arrow has such a
 * function in other languages and none in JavaScript.
 *
 * @throws E_INPUT_FORMAT for unions and for dictionaries of two tables, which are not rows of values
 */
export function takeRows(sources: readonly Data[], picks: readonly Pick[], name: string): Data {
  const [first] = sources as readonly [Data];
  const { type } = first;
  const make = first.constructor as MakeData;
  const count = picks.length;
  const valid = picks.map((pick) => pick !== undefined && dataOf(sources, pick).getValid(pick.row));
  const nulls = valid.reduce((sum, one) => sum + (one ? 0 : 1), 0);
  const kept = picks.map((pick, at) => (valid[at] ? pick : undefined));
  const validity = nulls === 0 ? undefined : bitsOf(valid);
  if (type.typeId === TypeId.Null) return new make(type, 0, count, count, [undefined, undefined, undefined]);
  if (type.typeId === TypeId.Bool)
    return new make(type, 0, count, nulls, [undefined, bitsOf(kept.map((pick) => isSet(sources, pick))), validity]);
  if (type.typeId === TypeId.Struct)
    return new make(type, 0, count, nulls, [undefined, undefined, validity], childrenOf(sources, kept, name));
  if (type.typeId === TypeId.FixedSizeList) {
    const size = type.listSize ?? 1;
    const inner = kept.flatMap((pick) => Array.from({ length: size }, (_, at) => pick && { from: pick.from, row: pick.row * size + at }));
    return new make(type, 0, count, nulls, [undefined, undefined, validity], childrenOf(sources, inner, name));
  }
  if (type.typeId === TypeId.List || type.typeId === TypeId.Map) {
    const { offsets, spans } = spansOf(sources, kept);
    const inner = spans.flatMap((span) =>
      Array.from({ length: span.to - span.begin }, (_, at) => ({ from: span.from, row: span.begin + at })),
    );
    return new make(type, 0, count, nulls, [offsets, undefined, validity], childrenOf(sources, inner, name));
  }
  if (isText(type)) {
    const { offsets, spans } = spansOf(sources, kept);
    const values = new Uint8Array(Number(offsets[count]));
    let at = 0;
    for (const { from, begin, to } of spans) {
      values.set((sources[from] as Data).values.subarray(begin, to) as Uint8Array, at);
      at += to - begin;
    }
    return new make(type, 0, count, nulls, [offsets, values, validity]);
  }
  const { dictionary } = first;
  const isCoded = type.typeId === TypeId.Dictionary && sources.every((one) => one.dictionary === dictionary);
  if (flat.has(type.typeId) || isCoded)
    return new make(type, 0, count, nulls, [undefined, valuesOf(sources, kept), validity], [], dictionary);
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    `the column "${name}" has the Arrow type ${String(type)}, of which no rows can be taken. Leave it out of select().`,
  );
}

function valuesOf(sources: readonly Data[], picks: readonly Pick[]): Data['values'] {
  const [{ values, stride }] = sources as readonly [Data];
  const made = new (values.constructor as new (length: number) => Int32Array)(picks.length * stride);
  picks.forEach((pick, at) => {
    if (pick !== undefined)
      made.set(dataOf(sources, pick).values.subarray(pick.row * stride, (pick.row + 1) * stride) as Int32Array, at * stride);
  });
  return made;
}

interface ChildSpan {
  readonly from: number;
  readonly begin: number;
  readonly to: number;
}

/** Where the values of each row lie, and where they will. */
function spansOf(
  sources: readonly Data[],
  picks: readonly Pick[],
): { readonly offsets: Data['valueOffsets']; readonly spans: readonly ChildSpan[] } {
  const isLarge = (sources[0] as Data).valueOffsets instanceof BigInt64Array;
  const ends = [0];
  const spans: ChildSpan[] = [];
  for (const pick of picks) {
    const last = ends.at(-1) as number;
    if (pick === undefined) {
      ends.push(last);
      continue;
    }
    const { valueOffsets } = dataOf(sources, pick);
    const [begin, to] = [Number(valueOffsets[pick.row]), Number(valueOffsets[pick.row + 1])];
    ends.push(last + to - begin);
    spans.push({ from: pick.from, begin, to });
  }
  return { offsets: isLarge ? BigInt64Array.from(ends, BigInt) : Int32Array.from(ends), spans };
}

function childrenOf(sources: readonly Data[], picks: readonly Pick[], name: string): Data[] {
  return (sources[0] as Data).children.map((_, at) =>
    takeRows(
      sources.map(({ children }) => children[at] as Data),
      picks,
      name,
    ),
  );
}

function isSet(sources: readonly Data[], pick: Pick): boolean {
  if (pick === undefined) return false;
  const { values, offset } = dataOf(sources, pick);
  const bit = offset + pick.row;
  return ((Number(values[bit >> 3]) >> (bit & 7)) & 1) === 1;
}

/** One bit each, the first one lowest, padded to eight bytes as the format wants it. */
function bitsOf(truths: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(truths.length / 64) * 8);
  truths.forEach((one, at) => {
    if (one) bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7));
  });
  return bits;
}

const dataOf = (sources: readonly Data[], { from }: { readonly from: number }): Data => sources[from] as Data;

const isText = ({ typeId }: Type): boolean =>
  typeId === TypeId.Utf8 || typeId === TypeId.Binary || typeId === TypeId.LargeUtf8 || typeId === TypeId.LargeBinary;
