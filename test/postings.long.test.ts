import { it } from 'vitest';
import { compareAtRandom, damagePostings, searchBesideBuilds, surviveBuildKills } from './postings.ts';

it.each([11, 12, 13])('finds by postings what the memory store finds, seed %i', async (seed) => {
  await compareAtRandom(120, seed);
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
