import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import type { Data } from './arrow.ts';
import { type Pick, takeRows } from './take-rows.ts';

const { Field } = arrow;
const items = (type: arrow.DataType) => new Field('item', type, true);
const entries = new arrow.Struct<{ key: arrow.Utf8; value: arrow.Int32 }>([
  new Field('key', new arrow.Utf8(), false),
  new Field('value', new arrow.Int32(), true),
]);

/** Types with values of each, the last one none. */
const columns: Readonly<Record<string, readonly [arrow.DataType, readonly unknown[]]>> = {
  Null: [new arrow.Null(), [null, null]],
  Bool: [new arrow.Bool(), [true, false, true, true, null]],
  Int8: [new arrow.Int8(), [-128, 127, null]],
  Int64: [new arrow.Int64(), [2n ** 62n, -1n, null]],
  Uint64: [new arrow.Uint64(), [2n ** 64n - 1n, 0n, null]],
  Float16: [new arrow.Float16(), [1.5, -2, null]],
  Float64: [new arrow.Float64(), [Math.PI, Number.MIN_VALUE, null]],
  Utf8: [new arrow.Utf8(), ['', 'bats', 'ünïcödé 🦇', null]],
  LargeUtf8: [new arrow.LargeUtf8(), ['', 'bats at night', null]],
  Binary: [new arrow.Binary(), [Uint8Array.of(1, 2, 3), Uint8Array.of(), null]],
  FixedSizeBinary: [new arrow.FixedSizeBinary(3), [Uint8Array.of(1, 2, 3), Uint8Array.of(7, 8, 9), null]],
  Decimal: [new arrow.Decimal(2, 38, 128), [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(9, 0, 0, 0), null]],
  Date: [new arrow.DateMillisecond(), [new Date(5), new Date(86_400_000), null]],
  Timestamp: [new arrow.TimestampMillisecond(), [1, 1_700_000_000_000, null]],
  Time: [new arrow.TimeMicrosecond(), [1n, 86_399_999_999n, null]],
  List: [new arrow.List(items(new arrow.Utf8())), [['a', 'bc'], [], ['d', null], null]],
  ListOfLists: [new arrow.List(items(new arrow.List(items(new arrow.Int32())))), [[[1, 2], []], [[3]], null]],
  FixedSizeList: [new arrow.FixedSizeList(2, items(new arrow.Float32())), [[1, 2], [3, 4], null]],
  Struct: [
    new arrow.Struct([new Field('a', new arrow.Utf8(), true), new Field('b', new arrow.Int32(), true)]),
    [{ a: 'x', b: 1 }, { a: null, b: 2 }, null],
  ],
  Map: [
    new arrow.Map_(new Field('entries', entries, false)),
    [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map(),
      null,
    ],
  ],
};
const random = randomFrom(23);
const below = (most: number): number => random.below(most);
const vectorOf = (type: arrow.DataType, values: readonly unknown[]): arrow.Vector =>
  arrow.vectorFromArray(values as never, type as never) as arrow.Vector;
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one instanceof Map ? [...one] : one));
const valuesIn = (data: Data): string[] => {
  const vector = new arrow.Vector([data as unknown as arrow.Data]);
  return Array.from({ length: vector.length }, (_, at) => shown(vector.get(at)));
};
/** As LanceDB reads what it gets: a batch, written and read again. */
const throughFormat = (data: Data): Data => {
  const field = new Field('column', data.type as unknown as arrow.DataType, true);
  const struct = arrow.makeData({
    type: new arrow.Struct([field]),
    length: data.length,
    nullCount: 0,
    children: [data as unknown as arrow.Data],
  });
  const bytes = arrow.RecordBatchFileWriter.writeAll([new arrow.RecordBatch(new arrow.Schema([field]), struct)] as never).toUint8Array(
    true,
  );
  const [batch] = arrow.tableFromIPC(bytes).batches;
  return batch?.data.children[0] as unknown as Data;
};

describe('takeRows', () => {
  it.each(Object.entries(columns))('%s: any rows of several columns, in any order, some of none', (name, [type, values]) => {
    for (let round = 0; round < 20; round++) {
      const all = Array.from({ length: 3 }, () => Array.from({ length: 1 + below(9) }, () => values[below(values.length)]));
      // One of them is a part of a longer one: its bits do not begin at a byte.
      const sources = all.map((one, which) =>
        which === 1 ? vectorOf(type, [...values, ...one]).slice(values.length) : vectorOf(type, one),
      );
      const picks = Array.from({ length: below(14) }, (): Pick => {
        const from = below(3);
        return below(5) === 0 ? undefined : { from, row: below((all[from] as unknown[]).length) };
      });
      const datas = sources.map(({ data }) => data[0] as unknown as Data);
      const taken = takeRows(datas, picks, name);
      const expected = picks.map((pick) => (pick === undefined ? 'null' : shown((sources[pick.from] as arrow.Vector).get(pick.row))));
      expect(valuesIn(taken)).toEqual(expected);
      if (picks.length > 0) expect(valuesIn(throughFormat(taken))).toEqual(expected);
    }
  });

  it('keeps a dictionary that is the same, and refuses what is not rows of values', () => {
    const coded = arrow.vectorFromArray(['a', 'b', 'a', null], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()));
    const [data] = coded.data as unknown as [Data];
    expect(
      valuesIn(
        takeRows(
          [data],
          [
            { from: 0, row: 2 },
            { from: 0, row: 3 },
            { from: 0, row: 1 },
          ],
          'x',
        ),
      ),
    ).toEqual(['"a"', 'null', '"b"']);
    const other = arrow.vectorFromArray(['c'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())).data[0] as unknown as Data;
    expect(() => takeRows([data, other], [{ from: 1, row: 0 }], 'genre')).toThrow(
      expect.objectContaining({ code: 'E_INPUT_FORMAT', message: expect.stringMatching(/"genre".*Dictionary/) }),
    );
  });
});
