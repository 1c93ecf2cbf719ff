import { text as textOf } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonAnswer } from './json-answer.ts';

const jsonText = async (value: unknown): Promise<string> => {
  const body = await jsonAnswer(value);
  return typeof body === 'string' ? body : textOf(body);
};

it('writes what JSON.stringify writes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.jsonValue(), { minLength: 17, maxLength: 60 })), async (value) => {
      expect(await jsonText(value)).toBe(JSON.stringify(value));
    }),
  );
});

it('writes vectors as lists of numbers, to the last bit', async () => {
  const vector = new Float32Array([0.1, -0, 1e-30, 3, 1 / 3, 16777216]);
  const text = await jsonText({ data: [{ embedding: vector, left: undefined }], empty: {} });
  expect(JSON.parse(text)).toEqual({ data: [{ embedding: [...vector].map((value) => value + 0) }], empty: {} });
});

it('sends long texts as a stream, whole', async () => {
  const vectors = Array.from({ length: 2000 }, (_, i) => new Float32Array(384).fill(1 / (i + 3)));
  expect(typeof (await jsonAnswer({ vectors }))).toBe('object');
  expect((JSON.parse(await jsonText({ vectors })) as { vectors: number[][] }).vectors[1999]).toEqual([...(vectors[1999] as Float32Array)]);
});

it('writes a long text in pieces that tear no character', async () => {
  for (const begin of ['', 'a'])
    for (const part of ['🦇', '\ud83e', '\udd87x', '"\\\u0000', 'é']) {
      const value = { documents: [{ text: begin + part.repeat(300_000) }] };
      expect((await jsonText(value)) === JSON.stringify(value)).toBe(true);
    }
});

it('lets others have their turn', async () => {
  const vectors = Array.from({ length: 3000 }, () => new Float32Array(384).fill(1 / 3));
  let turns = 0;
  const other = setInterval(() => turns++, 0);
  await jsonText({ vectors });
  clearInterval(other);
  expect(turns).toBeGreaterThan(3);
});
