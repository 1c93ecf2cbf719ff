import { it } from 'vitest';
import { compareAtRandom, compareLargest, damagePostings, searchBesideBuilds, surviveBuildKills } from './postings.ts';

it.each([11, 12, 13])('finds by postings what the memory store finds, seed %i', async (seed) => {
  await compareAtRandom(120, seed);
  await compareAtRandom(60, seed, 'large');
});

it('answers as before with damaged files of postings', async () => {
  await damagePostings(60, 16);
});

it('keeps the postings that there were when a dozen builds are killed', async () => {
  await surviveBuildKills(12, 17);
});

it('searches beside a process that builds for long', async () => {
  await searchBesideBuilds(40, 18);
});

it('finds by postings of 65,536 rows what the memory store finds', async () => {
  await compareLargest(19);
});
