import { describe, expect, it } from 'vitest';
import { all, errorOf, piecesOf } from '../../test/support/reading.ts';
import { linesOf } from './lines.ts';
import { decodeText, quoteStart } from './text.ts';

const chunksOf = (bytes: Uint8Array, size: number): Uint8Array[] => {
  // `peek` promises that the first chunk holds 8 bytes.
  const chunks = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
};
const decode = (bytes: Uint8Array, size: number) => decodeText('a.txt', piecesOf(chunksOf(bytes, size)));

describe('decodeText', () => {
  const text = 'abcdefgh é 日本 🦊\nß 🏳️‍🌈 end\n';

  it('gives the same text for every chunk size', async () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size++) expect((await all(decode(bytes, size))).join('')).toBe(text);
  });

  it('skips a byte order mark, and only at the start', async () => {
    expect((await all(decode(Buffer.from(`\ufeffabc defgh \ufeffi`), 1))).join('')).toBe('abc defgh \ufeffi');
  });

  it('names the same byte and line of a wrong byte for every chunk size', async () => {
    const bytes = Buffer.concat([Buffer.from('12345678\né\n'), Buffer.from([0x63, 0xe9, 0x20]), Buffer.from('rest')]);
    for (let size = 1; size <= bytes.length; size++)
      expect(await errorOf(decode(bytes, size))).toBe(
        'E_INPUT_FORMAT: a.txt is not UTF-8: at byte 14 (line 3) stands a byte that cannot be decoded, and it is not recognised as another encoding. If you know its encoding, convert it with "iconv -f WINDOWS-1252 -t UTF-8 a.txt > a.utf8.txt".',
      );
  });

  it.each([
    ['overlong', [0xc0, 0x80]],
    ['surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['cut off at the end', [0xe6, 0x97]],
  ])('refuses a sequence that is %s', async (_, sequence) => {
    expect(await errorOf(decode(Buffer.concat([Buffer.from('12345678'), Buffer.from(sequence)]), 1))).toContain('at byte 9 (line 1)');
  });
});

describe('linesOf', () => {
  it('cuts CR LF and LF, keeps blank lines and a last line without an end, for every split', async () => {
    const text = 'one\r\n\r\ntwo\nthree\r four\n\nlast\r';
    const expected = ['one', '', 'two', 'three\r four', '', 'last'].map((line, at) => ({ text: line, number: at + 1 }));
    for (let a = 0; a <= text.length; a++)
      for (let b = a; b <= text.length; b++)
        expect(await all(linesOf('a.txt', piecesOf([text.slice(0, a), text.slice(a, b), text.slice(b)])))).toEqual(expected);
  });

  it('refuses a line above 256 MiB', async () => {
    const piece = 'a'.repeat(1024 * 1024);
    expect(await errorOf(linesOf('a.jsonl', piecesOf(Array.from({ length: 257 }, () => piece))))).toBe(
      'E_INPUT_FORMAT: a.jsonl line 1 is longer than 256 MiB. Check that this is its format and that it has line ends.',
    );
  });
});

describe('quoteStart', () => {
  it('shows control characters and cuts after 60 characters, never leaving half a character', () => {
    expect(quoteStart('a\tb\u0000\n')).toBe('"a\\tb\\u0000\\n"');
    expect(quoteStart(`${'a'.repeat(59)}🦊`)).toBe(`"${'a'.repeat(59)}\ufffd…"`);
  });
});
