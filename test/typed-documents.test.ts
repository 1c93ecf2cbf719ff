import { expect, expectTypeOf, it } from 'vitest';
import { openIndex, type SearchAnswer, type SearchIndex, search } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** As a schema or a database client gives it: no index signature, optional, nested and readonly fields. */
interface Movie {
  id: string;
  readonly title: string;
  tagline?: string | null;
  readonly cast: readonly { readonly name: string; role?: string }[];
}
interface Dated extends Movie {
  readonly released: Date;
}
const movie: Movie = { id: 'a', title: 'Batman', cast: [{ name: 'Michael Keaton' }] };

const open = <T extends object>(): Promise<SearchIndex<T>> =>
  openIndex<T>(memoryStore(), { create: { fields: ['title'] }, embedder: hashEmbedder(), reranker: null });

it('an index takes and gives back documents of the type that it was opened with', async () => {
  const index = await open<Movie>();
  await index.add([movie]);
  const { results } = await search(index, 'batman', { documents: true });
  expectTypeOf(results[0]?.document).toEqualTypeOf<Movie | undefined>();
  expect(results[0]?.document).toEqual(movie);
  const without = await search(index, 'batman');
  expectTypeOf(without).toEqualTypeOf<SearchAnswer<Movie>>();
  expectTypeOf(without.results[0]?.document).toEqualTypeOf<Movie | undefined>();
  await search(index, 'batman', { onUpdate: (found) => expectTypeOf(found[0]?.document?.title).toEqualTypeOf<string | undefined>() });
  // @ts-expect-error: it has no title
  await expect(index.add([{ id: 'b' }])).resolves.toMatchObject({ added: 1 });
});

it('a date comes back as the text that JSON has for it, and the type says so', async () => {
  const index = await open<Dated>();
  const report = await index.add([{ ...movie, released: new Date('1989-06-23') }]);
  expect(report.added).toBe(1);
  const { results } = await search(index, 'batman', { documents: true, filter: 'released < 1990' });
  expectTypeOf(results[0]?.document.released).toEqualTypeOf<string | undefined>();
  expect(results[0]?.document.released).toBe('1989-06-23T00:00:00.000Z');
  expect((await index.add([{ ...movie, released: new Date('1989-06-23') }])).unchanged).toBe(1);
});

it('a document that is a date alone is refused', async () => {
  const index = await open<object>();
  await expect(index.add([new Date()])).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
});

it('an index without a type has fields that JSON can hold', async () => {
  const index = await openIndex(memoryStore(), { create: { fields: ['title'] }, embedder: hashEmbedder(), reranker: null });
  await index.add([{ title: 'Batman', year: 1989 }]);
  const { results } = await search(index, 'batman', { documents: true });
  expect(results[0]?.document.year).toBe(1989);
  await index.close();
});
