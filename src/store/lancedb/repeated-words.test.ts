import { expect, it } from 'vitest';
import { workFolder } from '../../../test/finetooth.ts';
import { randomFrom } from '../../math/random.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { memoryStore } from '../memory.ts';
import { lanceStore } from './lancedb.ts';

const DOCUMENTS = 15_000;
const { below, word } = randomFrom(3);
/** Of words of which a few are nearly everywhere. */
const drawn = (): string => `w${Math.floor(4000 ** (word() / 2 ** 32))}`;
const text = (most: number): string => Array.from({ length: 1 + below(most) }, drawn).join(' ');

it('finds by words that are asked several times what the memory store finds, common ones and rare ones', async () => {
  const stores = [lanceStore(workFolder(), { durability: 'process' }), memoryStore()] as const;
  const entries = Array.from({ length: DOCUMENTS }, (_, at) =>
    entryFor(`d${at}`, at, text(40), { document: { id: `d${at}`, colour: at % 9 === 0 ? 'red' : 'blue' } }),
  );
  for (const store of stores) {
    await store.open(manifestFor({ filterable: { colour: 'keyword' } }));
    await store.upsert(entries);
    await store.optimize();
  }
  const [folder, reference] = stores;
  for (let asked = 0; asked < 60; asked++) {
    const common = Array.from({ length: 1 + below(3) }, () => `w${1 + below(8)}`);
    const rare = Array.from({ length: 1 + below(4) }, () => `w${200 + below(3000)}`);
    const repeated = asked % 3 === 0 ? rare : common;
    // Up to four times, and ten times.
    const further = Array.from({ length: asked % 10 === 0 ? 9 : asked % 3 }, () => repeated).flat();
    const terms = [...common, ...rare, ...repeated, ...further, ...(asked % 5 === 0 ? ['nowhere', 'nowhere'] : [])];
    const filter = asked % 4 === 3 ? { colour: 'red' } : undefined;
    const query = { terms, limit: 1 + below(40), filter, fields: [] };
    const [found, wanted] = await Promise.all([folder.search(query), reference.search(query)]);
    expect(
      found.map(({ id }) => id),
      terms.join(' '),
    ).toEqual(wanted.map(({ id }) => id));
    for (const [at, { score }] of wanted.entries()) expect(found[at]?.score, terms.join(' ')).toBeCloseTo(score, 4);
  }
  for (const store of stores) await store.close();
});
