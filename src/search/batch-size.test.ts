import { expect, it } from 'vitest';
import { firstBatchSize, nextBatchSize } from './batch-size.ts';

/** Sizes of the batches of a run in which each document takes so many milliseconds. */
const sizesAt = (milliseconds: number, documents: number): number[] => {
  const sizes: number[] = [];
  for (let [stored, size] = [0, firstBatchSize]; stored < documents; ) {
    sizes.push(size);
    stored += size;
    size = nextBatchSize(size, stored, size * milliseconds);
  }
  return sizes;
};

it('stays small while a run is young, then grows to what half a second stores, at most an eighth of what is stored', () => {
  const fast = sizesAt(0.01, 100_000);
  expect(fast.slice(0, 16)).toEqual(Array<number>(16).fill(256));
  expect(Math.max(...fast)).toBe(4096);
  expect(fast.length).toBeLessThan(70);
  let stored = 0;
  for (const size of fast) {
    expect(size % 256).toBe(0);
    if (size > 256) expect(size).toBeLessThanOrEqual(stored / 8);
    stored += size;
  }
  // Half a millisecond each: a thousand take half a second.
  expect(Math.max(...sizesAt(0.5, 100_000))).toBe(1024);
});

it('stays small where the model is slow, and shrinks where it has become so', () => {
  expect(new Set(sizesAt(80, 20_000))).toEqual(new Set([256]));
  expect(nextBatchSize(4096, 1_000_000, 9000)).toBe(2048);
  expect(nextBatchSize(256, 1_000_000, 90_000)).toBe(256);
});

it('grows from a smaller beginning as soon as that is quick, and never falls below it', () => {
  expect(nextBatchSize(32, 32, 100, 32)).toBe(64);
  expect(nextBatchSize(128, 224, 100, 32)).toBe(256);
  expect(nextBatchSize(64, 96, 3000, 32)).toBe(32);
  expect(nextBatchSize(32, 32, 9000, 32)).toBe(32);
});
