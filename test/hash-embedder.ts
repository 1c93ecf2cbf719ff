import type { Embedder } from '../src/index.ts';
import { packTokens } from '../src/math/packed-tokens.ts';
import { splitPassages } from '../src/text/passages.ts';

/** Numbers in a vector. */
export const SIZE = 16;

/** Writes a row of length 1 that depends on `text` alone. */
const writeRow = (text: string, row: Float32Array): void => {
  for (let i = 0; i < SIZE; i++)
    row[i] = Math.sin((text.length + 1) * (i + 1)) + (text.charCodeAt(i % Math.max(1, text.length)) || 1) / 500;
  const length = Math.hypot(...row);
  for (let i = 0; i < SIZE; i++) row[i] = (row[i] as number) / length;
};

const rowsOf = (texts: readonly string[]): Float32Array => {
  const data = new Float32Array(texts.length * SIZE);
  texts.forEach((text, at) => {
    writeRow(text, data.subarray(at * SIZE, (at + 1) * SIZE));
  });
  return data;
};

const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

/**
 * Deterministic vectors without a model, so that a run is many commits in a second; with `tokens`, one for each word too; with a `window`, texts of
 * more words are split.
 */
export const hashEmbedder = (pauseMs = 0, { tokens = false, window = 0 } = {}): Embedder => ({
  fingerprint: 'hash@1',
  dimensions: SIZE,
  ...(tokens ? { tokenSize: SIZE } : {}),
  ...(window === 0
    ? {}
    : { split: async (sources) => sources.map((source) => splitPassages(source, { window, room: window, tokensIn: wordsIn })) }),
  embed: async (texts, _, options = {}) => {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const { tokens: form } = options;
    const packed = (text: string): Uint8Array => {
      const words = text.split(/\W+/).filter((word) => word !== '');
      return form === undefined ? new Uint8Array() : packTokens(rowsOf(words), words.length, form);
    };
    return {
      data: rowsOf(texts),
      dimensions: SIZE,
      count: texts.length,
      ...(form === undefined ? {} : { tokenVectors: texts.map(packed) }),
    };
  },
});
