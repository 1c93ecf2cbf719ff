/** Nanoseconds of Arrow's units of time, in its order (https://github.com/apache/arrow/blob/main/format/Schema.fbs, `TimeUnit`). */
const UNITS = [1_000_000_000n, 1_000_000n, 1000n, 1n] as const;
/** Numbers of Schema.fbs and Message.fbs: a message that is a schema, a type that is a duration, its unit where none is stated. */
const SCHEMA = 1;
const DURATION = 18;
const MILLISECOND = 1;

/** Levels of fields, and fields; more are a damaged schema, which may hold itself. */
const DEEPEST = 100;
const MOST_FIELDS = 100_000;

/**
 * Which leaves of a Parquet file are durations, as nanoseconds of their unit, depth first; all others are undefined. Parquet has no such type, so that
 * Arrow's libraries write the integers and keep the type in a schema of their own, `ARROW:schema`. Nothing where there is none that can be read.
 */
export function durationUnits(
  metadata: readonly { readonly key: string; readonly value?: string }[] = [],
): readonly (bigint | undefined)[] {
  const written = metadata.find(({ key }) => key === 'ARROW:schema')?.value;
  if (written === undefined) return [];
  try {
    const bytes = Buffer.from(written, 'base64');
    // A message in a stream: a mark, its length, then the table (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format).
    const message = rootTable(bytes, bytes.readInt32LE(0) === -1 ? 8 : 4);
    if (message.byte(1) !== SCHEMA) return [];
    const left = { fields: MOST_FIELDS };
    return message
      .table(2)
      .tables(1)
      .flatMap((field) => leavesOf(field, 0, left));
  } catch {
    return [];
  }
}

/** Of a Field: its type's number is slot 2, its type 3, its children 5. */
function leavesOf(field: Table, depth: number, left: { fields: number }): readonly (bigint | undefined)[] {
  if (depth > DEEPEST || left.fields-- === 0) throw new RangeError('the schema is too large');
  const children = field.tables(5);
  if (children.length > 0) return children.flatMap((child) => leavesOf(child, depth + 1, left));
  return [field.byte(2) === DURATION ? UNITS[field.table(3).short(0) ?? MILLISECOND] : undefined];
}

/** A table of a flatbuffer (https://flatbuffers.dev/internals/); slots are counted from 0, and one that is absent has the default. */
interface Table {
  byte(slot: number): number | undefined;
  short(slot: number): number | undefined;
  table(slot: number): Table;
  tables(slot: number): readonly Table[];
}

const rootTable = (bytes: Buffer, start: number): Table => tableAt(bytes, start + bytes.readUInt32LE(start));

/** Reads outside of the buffer throw a RangeError. */
function tableAt(bytes: Buffer, at: number): Table {
  const slots = at - bytes.readInt32LE(at);
  const placeOf = (slot: number): number | undefined => {
    const entry = 4 + 2 * slot;
    const offset = entry < bytes.readUInt16LE(slots) ? bytes.readUInt16LE(slots + entry) : 0;
    return offset === 0 ? undefined : at + offset;
  };
  const follow = (place: number): number => place + bytes.readUInt32LE(place);
  return {
    byte: (slot) => valueAt(placeOf(slot), (place) => bytes.readUInt8(place)),
    short: (slot) => valueAt(placeOf(slot), (place) => bytes.readInt16LE(place)),
    table: (slot) => {
      const place = placeOf(slot);
      if (place === undefined) throw new RangeError(`slot ${slot} is absent`);
      return tableAt(bytes, follow(place));
    },
    tables: (slot) => {
      const place = placeOf(slot);
      if (place === undefined) return [];
      const list = follow(place);
      const count = bytes.readUInt32LE(list);
      if (count > bytes.length) throw new RangeError('a list is longer than its file');
      return Array.from({ length: count }, (_, i) => tableAt(bytes, follow(list + 4 + 4 * i)));
    },
  };
}

const valueAt = (place: number | undefined, read: (place: number) => number): number | undefined =>
  place === undefined ? undefined : read(place);
