import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { all, errorOf, useTemporaryFolder } from '../../test/support/reading.ts';
import { readDocuments } from './read.ts';

const fixtures: Record<string, string> = JSON.parse(readFileSync(new URL('fixtures/parquet.json', import.meta.url), 'utf8'));
const bytesOf = (name: string) => Buffer.from(fixtures[name] ?? '', 'base64');

useTemporaryFolder();
beforeAll(() => {
  for (const name of Object.keys(fixtures)) writeFileSync(`${name}.parquet`, bytesOf(name));
});

const same = { day: '1979-05-25', crew: { director: 'Scott', count: 2 } };
const rows = [
  { id: 1, title: 'Alien', price: 1.15, seen: '1970-01-01T00:00:00.000Z', score: 1.5, tags: ['a', 'b'], raw: '/wA=', seen_it: true },
  {
    id: '9007199254740993',
    title: 'Amélie',
    price: 2,
    seen: '1970-01-01T00:00:00.000001Z',
    score: null,
    tags: [],
    raw: 'b2s=',
    seen_it: false,
  },
  { id: 3, title: null, price: 3.1, seen: '1970-01-01T00:00:01.500Z', score: null, tags: null, raw: null, seen_it: null },
  { id: 4, title: '日本', price: -0.07, seen: '2020-09-13T12:26:40.123456Z', score: 0, tags: ['c'], raw: '', seen_it: true },
  { id: 5, title: '', price: 9.99, seen: '1969-12-31T23:59:59.999999Z', score: -2.25, tags: ['d'], raw: 'eA==', seen_it: true },
];

describe('Parquet', () => {
  it.each(['none', 'snappy', 'zstd', 'gzip'])('reads every row of both row groups, packed with %s', async (name) => {
    const read = await all(readDocuments(`${name}.parquet`));
    expect(read.map(({ document }) => document)).toEqual(rows.map((row) => ({ ...row, ...same })));
    expect(read.map(({ where }) => where)).toEqual([1, 2, 3, 4, 5].map((row) => `${name}.parquet row ${row}`));
  });

  it('keeps every digit of a decimal, and times of day', async () => {
    expect((await all(readDocuments('decimals.parquet'))).map(({ document }) => document)).toEqual([
      { wide: '-99999999999999.99', long: '9007199254740993', time: '01:02:03' },
      { wide: 0.1, long: -1, time: '23:59:59.000004' },
      { wide: '12345678901234567890.12', long: 0, time: '00:00:00' },
      { wide: null, long: null, time: null },
    ]);
  });

  it('keeps them in lists, maps and structs too, and reads the durations of Arrow', async () => {
    expect((await all(readDocuments('nested.parquet'))).map(({ document }) => document)).toEqual([
      {
        list: ['-99999999999999.99', 1.5, null],
        map: { a: '99999999999999.99' },
        struct: { price: '99999999999999.99', at: '01:02:03.000004', n: '4611686018427387904' },
        deep: [[{ at: '23:59:00' }]],
        took: 'PT90.000001S',
        days: ['PT86400S'],
        count: 90,
      },
      { list: [], map: {}, struct: null, deep: [], took: '-PT1.5S', days: [], count: -1 },
      { list: null, map: null, struct: { price: null, at: null, n: null }, deep: null, took: null, days: null, count: null },
    ]);
  });

  it('reads a column of nothing, packed with LZ4', async () => {
    expect((await all(readDocuments('lz4-null.parquet'))).map(({ document }) => document)).toEqual([
      { id: '1', note: null },
      { id: '2', note: null },
    ]);
  });

  it('is told by its first bytes when the extension does not tell', async () => {
    writeFileSync('unnamed', bytesOf('snappy'));
    expect(await all(readDocuments('unnamed'))).toHaveLength(5);
  });

  it.each([
    [
      'latin1',
      'E_INPUT_FORMAT: latin1.parquet is a damaged Parquet file: rows 1 to 2 cannot be read (The encoded data was not valid for encoding utf-8). Write or fetch it again.',
    ],
    ['infinity', 'E_INPUT_FORMAT: infinity.parquet row 2 holds Infinity, which JSON cannot. Write null or a finite number.'],
    ['rowless', 'E_INPUT_EMPTY: rowless.parquet has columns but no rows. Check the command that wrote it.'],
  ])('refuses %s', async (name, sentence) => {
    expect(await errorOf(readDocuments(`${name}.parquet`))).toBe(sentence);
  });

  it('says what is wrong with a torn file, another file, and a damaged one', async () => {
    writeFileSync('torn.parquet', bytesOf('snappy'));
    truncateSync('torn.parquet', 700);
    expect(await errorOf(readDocuments('torn.parquet'))).toBe(
      'E_INPUT_FORMAT: torn.parquet is a torn Parquet file: it does not end with PAR1. Write or fetch it again.',
    );
    writeFileSync('other.parquet', 'id,title\n1,Alien\n');
    expect(await errorOf(readDocuments('other.parquet'))).toBe(
      'E_INPUT_FORMAT: other.parquet is not a Parquet file: it does not begin with PAR1. Write or fetch it again.',
    );
    writeFileSync('empty.parquet', '');
    expect(await errorOf(readDocuments('empty.parquet'))).toBe(
      'E_INPUT_EMPTY: empty.parquet is empty (0 bytes). Check the command that wrote it.',
    );
    const footer = Buffer.from(bytesOf('none'));
    footer.writeUInt32LE(0x7fffffff, footer.length - 8);
    writeFileSync('footer.parquet', footer);
    expect(await errorOf(readDocuments('footer.parquet'))).toMatch(
      /^E_INPUT_FORMAT: footer\.parquet is a damaged Parquet file: its footer cannot be read \(.+\)\. Write or fetch it again\.$/,
    );
  });

  it('ends every damage of one byte in the data with documents or a FinetoothError', async () => {
    const whole = bytesOf('snappy');
    for (let at = 4; at < whole.length - 4; at += 3) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      writeFileSync('damaged.parquet', damaged);
      expect(await errorOf(readDocuments('damaged.parquet'))).toMatch(/^(no error|E_INPUT_)/);
    }
  });

  it('cannot be read from a stream', async () => {
    const stdin = (async function* () {
      yield bytesOf('snappy');
    })();
    expect(await errorOf(readDocuments('-', { stdin }))).toBe(
      'E_INPUT_FORMAT: standard input is Parquet, which is read from its end and so not from a stream. Save it as a file first.',
    );
  });
});
