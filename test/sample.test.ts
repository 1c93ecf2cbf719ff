import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { absence, collection } from '../results/collections.ts';
import { samplesFolder } from '../results/pool.ts';
import { readCollection } from '../src/eval/collection.ts';

describe('the bundled films', async () => {
  const { documents, queries, judgments } = await readCollection(samplesFolder);

  it('are at least 300, each with all its fields', () => {
    expect(documents.size).toBeGreaterThanOrEqual(300);
    for (const [id, film] of documents) {
      expect(film, id).toEqual({
        _id: id,
        title: expect.any(String),
        year: expect.any(Number),
        director: expect.any(String),
        genres: expect.any(String),
        tagline: expect.any(String),
        overview: expect.any(String),
      });
      const sentences = (film.overview as string).split(/[.!?]["”)]?(?=\s|$)/).filter((one) => one.trim() !== '').length;
      expect(sentences, id).toBeGreaterThanOrEqual(2);
    }
  });

  it('have 40 queries with graded judgments, every one of a known film', () => {
    expect(queries.size).toBe(40);
    expect([...judgments.keys()].sort()).toEqual([...queries.keys()].sort());
    for (const [query, grades] of judgments) {
      for (const [id, grade] of grades) {
        expect(documents.has(id), `${query} ${id}`).toBe(true);
        expect([0, 1, 2, 3]).toContain(grade);
      }
      expect(Math.max(...grades.values()), query).toBeGreaterThanOrEqual(2);
    }
  });

  it('share no text with movies.json', (context) => {
    const path = collection('movies/movies.json');
    if (path === undefined) return context.skip(absence('movies/movies.json'));
    const movies = JSON.parse(readFileSync(path, 'utf8')) as { overview?: string; tagline?: string }[];
    const windows = new Set<string>();
    const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
    const eight = (text: string): string[] =>
      words(text)
        .map((_, i, all) => all.slice(i, i + 8).join(' '))
        .filter((one) => one.split(' ').length === 8);
    for (const { overview, tagline } of movies) for (const one of eight(`${overview ?? ''} ${tagline ?? ''}`)) windows.add(one);
    const shared = [...documents].flatMap(([id, film]) =>
      eight(`${film.overview} ${film.tagline}`)
        .filter((one) => windows.has(one))
        .map((one) => `${id}: ${one}`),
    );
    expect(shared).toEqual([]);
  });
});
