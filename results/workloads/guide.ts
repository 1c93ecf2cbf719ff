import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex, readDocuments, search } from '../../src/index.ts';
import type { Measured } from './tiers.ts';

/** The two queries that the guide publishes. */
export const guideQueries = ['super hero mystery action movie about bats', 'super hero action movie with a timeline twist'] as const;

const isBatFilm = (title: unknown): boolean => typeof title === 'string' && /batman|dark knight/i.test(title);

/** How many films of the eight with Batman or Dark Knight in their title are among the 25 candidates and the first 5. */
export const guideRun = async (movies: string): Promise<Measured> => {
  const into = await mkdtemp(join(tmpdir(), 'finetooth-results-'));
  try {
    await using index = await openIndex(join(into, 'movies'), { create: { fields: ['title', 'overview', 'tagline'] } });
    await index.addRead(readDocuments(movies));
    const byTitle = await search(index, guideQueries[0], { candidates: 25, top: 5, rankFields: ['title'], documents: true });
    const byAll = await search(index, guideQueries[0], { candidates: 25, top: 5, documents: true });
    const values = {
      'bat films among 25 candidates': byTitle.candidates.filter(({ document }) => isBatFilm(document.title)).length,
      'bat films in the first 5, reranked by title': byTitle.results.filter(({ document }) => isBatFilm(document?.title)).length,
      'bat films in the first 5, reranked by all fields': byAll.results.filter(({ document }) => isBatFilm(document?.title)).length,
    };
    return { values };
  } finally {
    await rm(into, { recursive: true, force: true });
  }
};
