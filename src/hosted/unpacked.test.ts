import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpacked } from './unpacked.ts';

const text = '{"results":[]}';
const most = 1000;

describe('a body', () => {
  it.each([
    '',
    'identity',
    'gzip',
    'x-gzip',
    'GZIP',
    'br',
    'an-unknown-one',
  ])('that is not packed stays as it is, whatever "%s" says', async (header) => {
    expect((await unpacked(Buffer.from(text), header, most)).toString()).toBe(text);
    expect((await unpacked(Buffer.from(` \r\n${text}`), header, most)).toString()).toBe(` \r\n${text}`);
    expect(await unpacked(Buffer.alloc(0), header, most)).toHaveLength(0);
  });

  it('is unpacked by the last packing first', async () => {
    const twice = gzipSync(gzipSync(text));
    expect((await unpacked(twice, 'gzip, x-gzip', most)).toString()).toBe(text);
  });

  it.skipIf(zstdCompressSync === undefined)('of zstd is unpacked where Node can', async () => {
    expect((await unpacked(zstdCompressSync(text), 'zstd', most)).toString()).toBe(text);
  });

  it('that is small and becomes large is not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, 32));
    expect(bomb.length).toBeLessThan(20_000);
    await expect(unpacked(bomb, 'gzip', most)).rejects.toThrow('is larger than 1000 bytes');
  });

  it('that is torn, or packed in a way that is not known, says so', async () => {
    await expect(unpacked(gzipSync(text).subarray(0, 20), 'gzip', most)).rejects.toThrow(/^is packed with gzip and cannot be unpacked \(/);
    await expect(unpacked(gzipSync(text), 'compress', most)).rejects.toThrow('is packed with "compress", which was not asked for');
  });
});
