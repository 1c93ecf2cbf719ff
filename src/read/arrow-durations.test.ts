import { expect, it } from 'vitest';
import { randomFrom } from '../../test/support/reading.ts';
import { durationUnits } from './arrow-durations.ts';

/** `pa.schema([('n', pa.int64()), ('took', pa.list_(pa.duration('s'))), ('of', pa.struct([('a', pa.duration('ms')), ('b', pa.string())]))])` by pyarrow 26.0.1. */
const schema =
  '/////1gBAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAMAAADwAAAAfAAAAAQAAAAs////AAABDRgAAAAcAAAABAAAAAIAAAA4AAAAEAAAAAIAAABvZgAAjP///1j///8AAAEFEAAAABQAAAAEAAAAAAAAAAEAAABiAAAAsP///3z///8AAAESEAAAABQAAAAEAAAAAAAAAAEAAABhAAAA1P///6D///8AAAEMFAAAACAAAAAEAAAAAQAAABgAAAAEAAAAdG9vawAAAAAEAAQABAAAAND///8AAAESEAAAABwAAAAEAAAAAAAAAAQAAABpdGVtAAAGAAgABgAGAAAAAAAAABAAFAAIAAYABwAMAAAAEAAQAAAAAAABAhAAAAAcAAAABAAAAAAAAAABAAAAbgAAAAgADAAIAAcACAAAAAAAAAFAAAAAAAAAAA==';
const unitsOf = (value: string) => durationUnits([{ key: 'ARROW:schema', value }]);

it('finds the durations among the leaves of a schema', () => {
  expect(unitsOf(schema)).toEqual([undefined, 1_000_000_000n, 1_000_000n, undefined]);
});

it('knows nothing of a file without a schema, or with one that is damaged', () => {
  expect(durationUnits()).toEqual([]);
  expect(durationUnits([{ key: 'pandas', value: '{}' }])).toEqual([]);
  expect(unitsOf('')).toEqual([]);
  expect(unitsOf('////')).toEqual([]);
  const random = randomFrom(18);
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(schema, 'base64');
    for (let change = 0; change < 3; change++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    expect(Array.isArray(unitsOf(bytes.subarray(0, Math.ceil(random() * bytes.length)).toString('base64')))).toBe(true);
    expect(Array.isArray(unitsOf(bytes.toString('base64')))).toBe(true);
  }
});
