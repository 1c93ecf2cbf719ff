/**
 * What is read of Apache Arrow's record batches. They are taken apart and put together by the classes of the batches that come in, never by an import:
 * LanceDB may have another copy of apache-arrow than this package, and takes only its own.
 */

/** A record batch, as far as a caller's types need it. */
export interface RecordBatchLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
}

export interface Batch extends RecordBatchLike {
  readonly schema: { readonly fields: readonly Field[] };
  readonly data: Data;
  getChildAt(at: number): Column | null;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly nullable: boolean;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface Type {
  readonly typeId: number;
  readonly precision?: number;
  readonly listSize?: number;
}

export interface Column {
  readonly type: Type;
  get(row: number): unknown;
}

/** The values of a column: `values` and `valueOffsets` begin at its first row, bits at `offset`. */
export interface Data {
  readonly type: Type;
  readonly offset: number;
  readonly length: number;
  readonly stride: number;
  readonly values: Values;
  readonly valueOffsets: Int32Array | BigInt64Array;
  readonly nullBitmap: Uint8Array;
  readonly children: readonly Data[];
  readonly dictionary?: unknown;
  getValid(row: number): boolean;
}

type Values = Uint8Array | Int32Array | Float32Array | BigInt64Array;

/** Arrow's own numbers of its types (Type in apache-arrow), which stand in its format. */
export const TypeId = {
  Null: 1,
  Int: 2,
  Float: 3,
  Binary: 4,
  Utf8: 5,
  Bool: 6,
  Decimal: 7,
  Date: 8,
  Time: 9,
  Timestamp: 10,
  Interval: 11,
  List: 12,
  Struct: 13,
  FixedSizeBinary: 15,
  FixedSizeList: 16,
  Map: 17,
  Duration: 18,
  LargeBinary: 19,
  LargeUtf8: 20,
  Dictionary: -1,
} as const;

/** What makes such a column: type, offset, length, nulls, [offsets, values, validity], children, dictionary. */
export type MakeData = new (
  type: Type,
  offset: number,
  length: number,
  nullCount: number,
  buffers: readonly [Data['valueOffsets'] | undefined, Values | undefined, Uint8Array | undefined],
  children?: readonly Data[],
  dictionary?: unknown,
) => Data;
