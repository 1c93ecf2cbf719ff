import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { lanceStore } from './lancedb.ts';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'finetooth-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

it('stores each id once and finds it, whoever wrote it and however many at a time', async () => {
  const folder = join(parent, 'ids');
  const stores = [lanceStore(folder, { approximateFrom: 1000 }), lanceStore(folder, { approximateFrom: 1000 })] as const;
  for (const store of stores) await store.open(manifestFor());
  const { below } = randomFrom(1);
  /** By id the text that was stored last. */
  const expected = new Map<string, string>();
  for (let turn = 0; turn < 40; turn++) {
    const store = stores[below(2)] as (typeof stores)[number];
    const first = below(4000);
    const count = below(3) === 0 ? 1 + below(5) : 256 + below(300);
    const ids = Array.from({ length: count }, (_, at) => `d${first + at}`);
    if (below(4) === 0) {
      expect(await store.delete(ids)).toBe(ids.filter((id) => expected.delete(id)).length);
      continue;
    }
    if (below(8) === 0) await store.optimize();
    const known = await Array.fromAsync(store.get(ids, ['document']));
    expect(new Map(known.map(({ id, document }) => [id, document.text]))).toEqual(
      new Map(ids.filter((id) => expected.has(id)).map((id) => [id, expected.get(id)])),
    );
    await store.upsert(ids.map((id) => entryFor(id, turn, `turn${turn}`)));
    for (const id of ids) expected.set(id, `turn${turn}`);
    expect(await store.count()).toBe(expected.size);
  }
  for (const store of stores) {
    const all = await Array.fromAsync(store.get('all', ['document']));
    expect(all).toHaveLength(expected.size);
    expect(new Map(all.map(({ id, document }) => [id, document.text]))).toEqual(expected);
    await store.close();
  }
}, 120_000);
