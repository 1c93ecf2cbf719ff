import { expect, it } from 'vitest';
import { unjudgedFilms } from '../results/processor.ts';

it('the bundled films are judged wherever BM25, dense search or reranking put them among the first 20, on this kind of processor', async () => {
  expect(await unjudgedFilms(20)).toEqual([]);
});
