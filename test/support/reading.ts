/** Shared by the tests of the readers: a folder of their own, what an iterable gives, what it fails with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { FinetoothError } from '../../src/errors.ts';

/** Makes a temporary folder the working directory for one test file, so that names, and with them sentences, are short and stable. */
export const useTemporaryFolder = (): void => {
  const before = process.cwd();
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'finetooth-read-'));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });
};

/** All that an iterable yields. */
export const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};

/** `CODE: sentence` of the error that an iterable ends with, and fails the test by a plain sentence when it ends well. */
export const errorOf = async (source: AsyncIterable<unknown>): Promise<string> => {
  try {
    for await (const _ of source);
  } catch (error) {
    if (error instanceof FinetoothError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

/** The pieces as an async iterable. */
export async function* piecesOf<T>(pieces: Iterable<T>): AsyncGenerator<T> {
  yield* pieces;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32, https://github.com/cprosche/mulberry32). */
export const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
