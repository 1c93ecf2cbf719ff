import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { packedWrongly, unpacked } from './unpacked.ts';

const sent = Buffer.from('x'.repeat(100_000));

it.each([
  [undefined, sent],
  ['identity', sent],
  ['gzip', gzipSync(sent)],
  ['gzip, br', brotliCompressSync(gzipSync(sent))],
])('reads what is packed with %s', async (coding, packed) => {
  expect(await buffer(unpacked(Readable.from([packed]), coding))).toEqual(sent);
});

it.each(['lzma', 'gzip, gzip, gzip', 'constructor'])('refuses %s', (coding) => {
  expect(() => unpacked(Readable.from([sent]), coding)).toThrow(/the body is packed with .*; send it as it is, or packed with gzip/);
});

it.each([
  ['gzip', Buffer.from('no gzip at all')],
  ['br', Buffer.from('no brotli at all')],
  ['deflate', Buffer.from('nothing')],
  ['gzip', gzipSync(sent).subarray(0, 50)],
])('tells what is not %s from other faults', async (coding, packed) => {
  const error: unknown = await buffer(unpacked(Readable.from([packed]), coding)).catch((failure: unknown) => failure);
  expect(packedWrongly(error)).toBe(true);
  expect(packedWrongly(new Error('other'))).toBe(false);
  expect(packedWrongly(Object.assign(new Error('reset'), { code: 'ECONNRESET', errno: -104 }))).toBe(false);
});
