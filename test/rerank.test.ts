import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { FinetoothError, type Reranker, rerank } from '../src/index.ts';

interface Cast {
  readonly name: string;
  readonly roles?: readonly string[];
}
/** As a schema or a database client gives it: no index signature, optional and nested fields, a date. */
interface Movie {
  readonly title: string;
  tagline?: string;
  readonly released: Date;
  readonly cast: readonly Cast[];
}
const movies: Movie[] = [
  { title: 'Batman', released: new Date(0), cast: [{ name: 'Michael Keaton' }] },
  { title: 'Chicken Run', tagline: 'Escape or die frying.', released: new Date(0), cast: [] },
];
/** Longest text first. */
const lengths: Reranker = {
  fingerprint: 'lengths@1',
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
};

describe('rerank gives back what it was given', () => {
  it('as the very same object, of its own type', async () => {
    const { results } = await rerank('birds that flee', movies, { model: lengths, fields: ['title', 'tagline'], top: 1 });
    expectTypeOf(results[0]?.document).toEqualTypeOf<Movie | undefined>();
    expect(results[0]?.document).toBe(movies[1]);
    expect(results[0]?.index).toBe(1);
  });

  it('texts as texts, and lists of both', async () => {
    const texts = await rerank('q', ['a', 'bcd'] as const, { model: lengths });
    expectTypeOf(texts.results[0]?.document).toEqualTypeOf<'a' | 'bcd' | undefined>();
    expect(texts.results.map(({ document }) => document)).toEqual(['bcd', 'a']);
    const both = await rerank('q', ['a', { title: 'bcd' }], { model: lengths });
    expect(both.results.map(({ document }) => document)).toEqual([{ title: 'bcd' }, 'a']);
  });

  it('an object beside its id as both', async () => {
    const given = [{ id: 7, document: { text: 'bats' } }];
    const { results } = await rerank('q', given, { model: lengths, fields: ['text'] });
    expectTypeOf(results[0]?.document.id).toEqualTypeOf<number | undefined>();
    expect(results[0]?.document).toBe(given[0]);
  });
});

describe('the reranker of rerank', () => {
  it('may be several, which are a cascade', async () => {
    const { results, read } = await rerank('q', ['a', 'bc', 'def'], { model: [lengths, lengths] });
    expect(results.map(({ document }) => document)).toEqual(['def', 'bc', 'a']);
    expect(read).toHaveLength(2);
  });

  it('that is not known is named, and one that was not opened is tried again', async () => {
    for (let i = 0; i < 2; i++)
      await expect(rerank('q', ['a'], { model: 'no-such-model' })).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
  });

  it('stops with the signal, also while it is opened', async () => {
    const stop = new AbortController();
    const work = rerank('q', ['a', 'b'], { signal: stop.signal });
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'E_STOPPED' });
    await expect(rerank('q', ['a'], { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(FinetoothError);
  });
});

it('a script that reranks ends by itself, and opens the models once for calls that begin together', () => {
  const code = `
import { rerank } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'index.ts'))};
let workers = 0;
process.on('worker', () => workers++);
const asked = await Promise.all(Array.from({ length: 4 }, () => rerank('how do bats fly', ['Wheat rose.', 'Bats fly at night.'])));
console.log(JSON.stringify({ first: asked.map(({ results }) => results[0].index), fingerprints: new Set(asked.map(({ rankedBy }) => rankedBy)).size, workers }));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(JSON.parse(said)).toMatchObject({ first: [1, 1, 1, 1], fingerprints: 1 });
  expect(JSON.parse(said).workers).toBeLessThanOrEqual(2 * availableParallelism());
});
