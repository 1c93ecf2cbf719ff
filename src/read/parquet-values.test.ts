import type { SchemaElement } from 'hyparquet';
import { expect, it } from 'vitest';
import { hiddenTypeOf } from './parquet-values.ts';

it.each([
  [[14, 3, 4_500], 'P14M3DT4.5S'],
  [[0, 0, 0], 'PT0S'],
  [[1, 0, 0], 'P1M'],
  [[0, 2, 0], 'P2D'],
  [[0, 0, 4_294_967_295], 'PT4294967.295S'],
] as const)('reads an interval of %j months, days and milliseconds as %s', (parts, expected) => {
  const column: SchemaElement = { name: 'took', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12, converted_type: 'INTERVAL' };
  const read = hiddenTypeOf(column) as (cell: unknown) => unknown;
  // Cells are parts of a page.
  const page = new DataView(new ArrayBuffer(20));
  parts.forEach((part, at) => {
    page.setUint32(5 + 4 * at, part, true);
  });
  expect(read(new Uint8Array(page.buffer, 5, 12))).toBe(expected);
  expect(read(undefined)).toBe(null);
});
