import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { connectFolder } from './connection.ts';
import { lanceStore } from './lancedb.ts';
import { searchWords } from './search.ts';
import { createSnapshots } from './snapshots.ts';
import { readBuiltWords, wordIndexOf } from './words.ts';

const FIRST = 300;
const WRITES = 8;
let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'finetooth-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

it('finds by words every document that was stored before the search, while others write and words are indexed again', async () => {
  const folder = join(parent, 'words');
  const [writer, reader] = [lanceStore(folder), lanceStore(folder)];
  await writer.open(manifestFor());
  await writer.upsert(Array.from({ length: FIRST }, (_, at) => entryFor(`d${at}`, at, `shared first${at}`)));
  await writer.optimize();
  await reader.open();
  let [stored, ended] = [0, false];
  const write = async (): Promise<void> => {
    for (let at = 0; at < WRITES; at++) {
      // What is replaced leaves the index over words, and is there all the time.
      const replaced = Array.from({ length: FIRST / 2 }, (_, one) => entryFor(`d${one}`, at, `shared again${at}`));
      await writer.upsert([entryFor(`n${at}`, at, `shared own${at}`), ...replaced]);
      stored = at + 1;
      await writer.optimize();
    }
  };
  const writing = write().finally(() => (ended = true));
  const missed: string[] = [];
  let searches = 0;
  while (!ended) {
    await nextTurn();
    if (stored === 0) continue;
    const before = stored;
    searches++;
    const own = await reader.search({ terms: [`own${before - 1}`], limit: 5 });
    if (own[0]?.id !== `n${before - 1}`) missed.push(`n${before - 1}`);
    const found = new Set((await reader.search({ terms: ['shared'], limit: 10_000 })).map(({ id }) => id));
    for (let at = 0; at < before; at++) if (!found.has(`n${at}`)) missed.push(`n${at} of ${before}, among all`);
    for (let at = 0; at < FIRST; at++) if (!found.has(`d${at}`)) missed.push(`d${at} with ${before}, among all`);
  }
  await writing;
  expect(missed).toEqual([]);
  expect(searches).toBeGreaterThan(0);
  await Promise.all([writer.close(), reader.close()]);
}, 120_000);

it('sees nothing of a write before its end, or its acknowledgement', async () => {
  const folder = join(parent, 'between');
  const [writer, reader, connection] = [lanceStore(folder), lanceStore(folder), connectFolder(folder, 'process')];
  await writer.open(manifestFor());
  await writer.upsert(Array.from({ length: 3 }, (_, at) => entryFor(`d${at}`, at, 'shared')));
  await writer.optimize();
  await Promise.all([reader.open(), connection.open()]);
  const found = async () => (await reader.search({ terms: ['shared'], limit: 5 })).map(({ id }) => id).sort();
  await connection.write('tidy', async ({ table }, acknowledge) => {
    await table.delete("id = 'd0'");
    expect(await found()).toEqual(['d0', 'd1', 'd2']);
    await acknowledge();
    expect(await found()).toEqual(['d1', 'd2']);
    await table.delete("id = 'd1'");
    expect(await found()).toEqual(['d1', 'd2']);
  });
  expect(await found()).toEqual(['d2']);
  connection.close();
  await Promise.all([writer.close(), reader.close()]);
});

it('keeps to one version between the steps of a search', async () => {
  const folder = join(parent, 'steps');
  const [writer, connection] = [lanceStore(folder), connectFolder(folder, 'process')];
  await writer.open(manifestFor());
  await writer.upsert([entryFor('a', 1, 'shared'), entryFor('b', 2, 'shared')]);
  await writer.optimize();
  await connection.open();
  const latest = connection.opened();
  const snapshots = createSnapshots(folder);
  const pinned = await snapshots.at(latest);
  const index = await wordIndexOf(pinned.table);
  const built = await readBuiltWords(pinned.table, index);
  expect(index?.numUnindexedRows).toBe(0);
  // What is replaced stands no longer in the index over words, of which it was just read that it holds all.
  await writer.upsert([entryFor('a', 3, 'shared')]);
  const find = async (table: typeof latest.table) => {
    const asked = { limit: 5, withTokens: false, fitting: 2 };
    const rows = await searchWords(
      latest.libraries,
      table,
      latest.manifest,
      ['shared'],
      asked,
      built && { ...built, hasUnindexed: false, rarities: new Map() },
    );
    return rows.map(({ id }) => id).sort();
  };
  expect(await find(pinned.table)).toEqual(['a', 'b']);
  expect(await find(latest.table)).toEqual(['b']);
  expect((await snapshots.at(latest)).table).not.toBe(pinned.table);
  expect((await snapshots.at(latest)).table).toBe((await snapshots.at(latest)).table);
  snapshots.close();
  connection.close();
  await writer.close();
});
