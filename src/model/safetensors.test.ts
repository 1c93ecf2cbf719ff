import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTensor, readTensor, tensorNames } from './safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-safetensors-'));
const write = (name: string, header: unknown, data: Uint8Array, length?: bigint): string => {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(text.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([start, text, data]));
  return path;
};
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('readTensor', () => {
  it('reads numbers of every width', async () => {
    // 1, -2 and, of half precision, the smallest above 0 and the largest.
    const path = write(
      'a.safetensors',
      {
        __metadata__: { format: 'pt' },
        half: { dtype: 'F16', shape: [2, 2], data_offsets: [0, 8] },
        brain: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
        single: { dtype: 'F32', shape: [1], data_offsets: [12, 16] },
        double: { dtype: 'F64', shape: [], data_offsets: [16, 24] },
      },
      bytes(0, 0x3c, 0, 0xc0, 1, 0, 0xff, 0x7b, 0x80, 0x3f, 0, 0xc0, 0, 0, 0xc0, 0xbf, 0, 0, 0, 0, 0, 0, 0xd0, 0x3f),
    );
    expect(await tensorNames(path)).toEqual(['half', 'brain', 'single', 'double']);
    expect(await readTensor(path, 'half')).toEqual({ shape: [2, 2], data: Float32Array.of(1, -2, 2 ** -24, 65504) });
    expect(await readTensor(path, 'brain')).toEqual({ shape: [2], data: Float32Array.of(1, -2) });
    expect(await readTensor(path, 'single')).toEqual({ shape: [1], data: Float32Array.of(-1.5) });
    expect(await readTensor(path, 'double')).toEqual({ shape: [], data: Float32Array.of(0.25) });
    expect(await findTensor(path, 'other')).toBeUndefined();
    await expect(readTensor(path, 'other')).rejects.toThrow('has no tensor "other"; it has half, brain, single, double.');
  });

  it('finds a tensor in the shard that the index names', async () => {
    write('model-00002-of-00002.safetensors', { b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, bytes(0, 0, 0x80, 0x3f));
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { b: 'model-00002-of-00002.safetensors' } }));
    const path = join(folder, 'model.safetensors');
    expect(await readTensor(path, 'b')).toEqual({ shape: [1], data: Float32Array.of(1) });
    await expect(readTensor(path, 'c')).rejects.toMatchObject({ code: 'E_MODEL_FAILED' });
    writeFileSync(join(folder, 'odd.safetensors.index.json'), JSON.stringify({ weight_map: { b: '../a.safetensors' } }));
    await expect(readTensor(join(folder, 'odd.safetensors'), 'b')).rejects.toThrow('"../a.safetensors" is no name of a file beside it');
  });

  const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  it.each<readonly [string, unknown, Uint8Array, bigint | undefined, RegExp]>([
    ['a header longer than the file', {}, bytes(), 1n << 40n, /ends before its header does/],
    ['no header', {}, bytes(), 0n, /ends before its header does/],
    ['a header that is not JSON', '{"a": ', bytes(), undefined, /header is not one of safetensors/],
    ['a header of another kind', { a: { dtype: 'F32' } }, bytes(), undefined, /header is not one of safetensors/],
    ['numbers behind its end', { a: { ...one, data_offsets: [0, 8], shape: [2] } }, bytes(0, 0, 0, 0), undefined, /behind its end/],
    ['fewer bytes than numbers', { a: { ...one, shape: [3] } }, bytes(0, 0, 0, 0), undefined, /"a" of 3 numbers of F32 has 4 bytes/],
    ['numbers of another type', { a: { ...one, dtype: 'C64' } }, bytes(0, 0, 0, 0), undefined, /type C64; known are F64, F32, F16/],
  ])('refuses a file with %s', async (name, header, data, length, message) => {
    const read = readTensor(write(`${name}.safetensors`, header, data, length), 'a');
    await expect(read).rejects.toMatchObject({ code: 'E_MODEL_FAILED' });
    await expect(read).rejects.toThrow(message);
  });

  it('says which file is missing', async () => {
    await expect(readTensor(join(folder, 'none.safetensors'), 'a')).rejects.toMatchObject({ code: 'E_MODEL_MISSING' });
  });
});
