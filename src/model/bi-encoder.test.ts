import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BiEncoder, fingerprintOf, openBiEncoder } from './bi-encoder.ts';
import { asBiEncoder } from './catalog/kind.ts';
import type { BiEncoderEntry, ModelFiles } from './catalog/model-entry.ts';
import { resolveModel } from './files.ts';

const texts = [
  '',
  'a',
  'A film about bats.',
  'wait '.repeat(40),
  'The quick brown fox jumps over the lazy dog. '.repeat(12),
  '中文 и кириллица 😀',
  'x'.repeat(300),
  'long '.repeat(700),
];

let files: ModelFiles<BiEncoderEntry>;
let encoder: BiEncoder;
beforeAll(async () => {
  files = asBiEncoder(await resolveModel('bge-small-en-v1.5'));
  encoder = await openBiEncoder(files, { threads: 2 });
});
afterAll(() => encoder.close());

const rowsOf = (vectors: Float32Array): Float32Array[] =>
  Array.from({ length: vectors.length / 384 }, (_, i) => vectors.slice(i * 384, (i + 1) * 384));

describe('a bi-encoder', () => {
  it('gives a text the same vector, to the last bit, whatever else is in the call', async () => {
    const together = rowsOf((await encoder.encode(texts, { prefix: 'document' })).vectors);
    for (const [i, text] of texts.entries()) {
      const alone = await encoder.encode([text], { prefix: 'document' });
      expect(alone.vectors).toEqual(together[i]);
    }
    const shuffled = [5, 2, 7, 0, 3, 6, 1, 4];
    const again = rowsOf(
      (
        await encoder.encode(
          shuffled.map((i) => texts[i] as string),
          { prefix: 'document' },
        )
      ).vectors,
    );
    shuffled.forEach((i, at) => expect(again[at]).toEqual(together[i]));
  });

  it('gives rows of length 1 and says what it read and what it cut', async () => {
    const result = await encoder.encode(texts, { prefix: 'document' });
    for (const row of rowsOf(result.vectors)) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    expect([...result.tokens]).toEqual([2, 3, 7, 42, 122, result.tokens[5], result.tokens[6], 512]);
    expect([...result.truncated]).toEqual([0, 0, 0, 0, 0, 0, 0, 702 - 512]);
  });

  it('puts the prefix of the model before queries alone', async () => {
    const [query, document, bare] = await Promise.all(
      (['query', 'document', 'none'] as const).map((prefix) => encoder.encode(['bats'], { prefix })),
    );
    expect(query?.tokens[0]).toBe(3 + 8);
    expect(document?.vectors).toEqual(bare?.vectors);
    expect(query?.vectors).not.toEqual(bare?.vectors);
  });

  it('gives token vectors without the special tokens, of length 1, at their offsets', async () => {
    const { tokenVectors, tokenOffsets, tokens } = await encoder.encode(texts, { prefix: 'document', tokens: 'rows' });
    texts.forEach((_, i) => expect((tokenOffsets[i + 1] as number) - (tokenOffsets[i] as number)).toBe((tokens[i] as number) - 2));
    for (let row = 0; row < (tokenOffsets[texts.length] as number); row += 97)
      expect(Math.hypot(...tokenVectors.subarray(row * 384, (row + 1) * 384))).toBeCloseTo(1, 5);
    const alone = await encoder.encode([texts[2] as string], { prefix: 'document', tokens: 'rows' });
    expect(alone.tokenVectors).toEqual(tokenVectors.slice((tokenOffsets[2] as number) * 384, (tokenOffsets[3] as number) * 384));
  });

  it('takes no texts at all', async () => {
    const nothing = await encoder.encode([], { prefix: 'document' });
    expect([nothing.vectors.length, nothing.tokenOffsets.length]).toEqual([0, 1]);
  });

  it('stops between texts when asked to', async () => {
    const controller = new AbortController();
    const many = encoder.encode(
      Array.from({ length: 400 }, () => 'word '.repeat(300)),
      { prefix: 'document', signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(many).rejects.toMatchObject({ code: 'E_STOPPED' });
    await expect(encoder.encode(['x'], { prefix: 'document', signal: controller.signal })).rejects.toMatchObject({ code: 'E_STOPPED' });
    expect((await encoder.encode(['x'], { prefix: 'document' })).tokens[0]).toBe(3);
  });

  it('refuses work after it was closed, and ends while it is busy without harm', async () => {
    const other = await openBiEncoder(files, { threads: 2 });
    const work = other.encode(
      Array.from({ length: 64 }, () => 'word '.repeat(200)),
      { prefix: 'document' },
    );
    work.catch(() => {});
    await other.ready;
    await other.close();
    await expect(work).rejects.toMatchObject({ code: 'E_STOPPED' });
    await expect(other.encode(['x'], { prefix: 'document' })).rejects.toMatchObject({ code: 'E_STOPPED' });
  });

  it('says which file is no model', async () => {
    const broken = await openBiEncoder({ ...files, modelPath: files.tokenizerPath }, { threads: 1 });
    await expect(broken.encode(['x'], { prefix: 'document' })).rejects.toMatchObject({
      code: 'E_MODEL_FAILED',
      message: expect.stringContaining(files.tokenizerPath),
    });
    await broken.close();
  });

  it('starts fewer workers where memory is short', async () => {
    const small = await openBiEncoder(files, { threads: 8, maxMemory: 200 });
    expect(small.workers).toBe(1);
    await small.close();
  });
});

describe('the fingerprint', () => {
  it('changes with everything that a vector depends on', () => {
    const { entry } = files;
    const changed = [
      files,
      { ...files, sha256: '0'.repeat(64) },
      ...[{ pooling: 'mean' as const }, { maxTokens: 256 }, { prefix: { query: '', document: '' } }, { name: 'other' }].map((change) => ({
        ...files,
        entry: { ...entry, ...change },
      })),
    ];
    expect(new Set(changed.map(fingerprintOf)).size).toBe(changed.length);
    expect(fingerprintOf(files)).toMatch(/^bge-small-en-v1\.5@int8:68807e3ff2ab:[0-9a-f]{8}$/);
  });
});
