import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Random, randomFrom } from '../src/math/random.ts';
import { packSparse } from '../src/math/sparse.ts';
import { entryFor, manifestFor, unit } from '../src/store/contract/entries.ts';
import { drawDocument, drawFilter, typedFields } from '../src/store/contract/filters.ts';
import { compactFolder } from '../src/store/lancedb/compact.ts';
import { lanceStore } from '../src/store/lancedb/lancedb.ts';
import { verifyFolder } from '../src/store/lancedb/verify.ts';
import { memoryStore } from '../src/store/memory.ts';
import type { Entry, Store } from '../src/store/store.ts';
import type { SparseVector } from '../src/types.ts';
import { workFolder } from './finetooth.ts';
import { fileDamages } from './support/file-damages.ts';

/** So few documents have postings, in segments of 32 rows. */
export const options = { approximateFrom: 8, durability: 'process' } as const;
const manifest = manifestFor({ sparse: { embedder: 'sparse@fp32:0' }, splitter: 'passages-1', filterable: typedFields });

const tableIn = (folder: string): string => join(folder, readdirSync(folder).find((name) => /^documents.*\.lance$/.test(name)) as string);
export const postingsIn = (folder: string): string => join(tableIn(folder), '_postings');
export const postingFiles = (folder: string): string[] =>
  existsSync(postingsIn(folder)) ? readdirSync(postingsIn(folder)).filter((name) => name.endsWith('.postings')) : [];

/** Of tokens of which some are everywhere and some are as large as hashes, with weights of which many are equal: long ties. */
export function drawSparse({ below, word }: Random, most: number): SparseVector {
  const ids = [...new Set(Array.from({ length: below(most + 1) }, () => tokenOf(Math.floor(200 ** (word() / 2 ** 32)))))].sort(
    (a, b) => a - b,
  );
  return { ids: Uint32Array.from(ids), weights: Float32Array.from(ids, () => (below(3) === 0 ? 0.5 : (1 + below(1000)) / 333)) };
}

const tokenOf = (drawn: number): number => (drawn < 150 ? drawn : 20_000_000 * drawn);

export function drawEntry(random: Random, id: string): Entry {
  const seed = random.below(1e6);
  const sparse = () => packSparse(drawSparse(random, 20));
  const further = Array.from({ length: random.below(4) === 0 ? random.below(20) : 0 }, (_, at) => ({
    vector: unit(seed + at),
    terms: 'word',
    sparse: sparse(),
    place: { span: [10 * at + 10, 10 * at + 19] as const, line: undefined },
  }));
  const place = further.length === 0 ? undefined : ({ span: [0, 9], line: undefined } as const);
  return entryFor(id, seed, 'red', { document: { ...drawDocument(random, seed), id }, sparse: sparse(), further, place });
}

/** The same ids in the same order, the same scores to the last bit, the same passages and documents. */
export async function expectEqual(store: Store, reference: Store, random: Random, queries: number, what: string): Promise<void> {
  const asked = Array.from({ length: queries }, (_, at) => ({
    sparse: drawSparse(random, 1 + random.below(12)),
    limit: at % 7 === 6 ? 500 : 1 + random.below(12),
    filter: at % 3 === 2 ? drawFilter(random, 2) : undefined,
  }));
  // All at once: none may read what another has added up.
  const found = await Promise.all(asked.map((query) => store.search(query)));
  for (const [at, query] of asked.entries()) {
    const { sparse, limit, filter } = query;
    expect(found[at], `${what}: ${JSON.stringify([[...sparse.ids], limit, filter])}`).toEqual(await reference.search(query));
  }
}

export async function makeBoth(folder: string, count: number, seed: number, { approximateFrom = 8 } = {}) {
  const random = randomFrom(seed);
  const [store, reference] = [lanceStore(folder, { ...options, approximateFrom }), memoryStore()];
  const entries = Array.from({ length: count }, (_, at) => drawEntry(random, `d${at}`));
  for (const one of [store, reference]) {
    await one.open(manifest);
    await one.upsert(entries);
  }
  return { store, reference, entries, random };
}

/** Whatever is written, deleted, optimized and compacted, in whatever order: a folder finds what the memory store finds. */
export async function compareAtRandom(rounds: number, seed: number, segment: 'small' | 'large' = 'small'): Promise<void> {
  const folder = join(workFolder(), 'index');
  const { store, reference, random } = await makeBoth(folder, 150, seed, { approximateFrom: segment === 'small' ? 8 : 140 });
  let most = 0;
  for (let round = 0; round < rounds; round++) {
    const ids = Array.from({ length: 1 + random.below(40) }, () => `d${random.below(300)}`);
    const entries = [...new Set(ids)].map((id) => drawEntry(random, id));
    const gone = random.below(12) === 0 ? Array.from({ length: 120 }, () => `d${random.below(300)}`) : ids;
    const isDeleting = random.below(4) === 0;
    for (const one of [store, reference]) await (isDeleting ? one.delete(gone) : one.upsert(entries));
    if (random.below(2) === 0) await store.optimize();
    if (random.below(10) === 0) await compactFolder(folder);
    most = Math.max(most, postingFiles(folder).length);
    await expectEqual(store, reference, random, 4, `seed ${seed}, round ${round}`);
  }
  expect(most, 'files of postings').toBeGreaterThan(segment === 'small' ? 5 : 0);
  await store.close();
}

/** A damaged file of postings changes no answer; `verify` names it, and to compact, or a search and to optimize, makes it again. */
export async function damagePostings(count: number, seed: number): Promise<void> {
  const whole = join(workFolder(), 'whole');
  const { store, reference, random } = await makeBoth(whole, 50, seed);
  await store.optimize();
  await store.close();
  for (let at = 0; at < count; at++) {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    const names = postingFiles(folder);
    expect(names.length).toBeGreaterThan(2);
    const [name, other] = [0, 1].map((skip) => names[(at + skip) % names.length] as string) as [string, string];
    const kind = Object.keys(fileDamages)[at % 5] as string;
    fileDamages[kind]?.(join(postingsIn(folder), name), random, join(postingsIn(folder), other));
    const what = `seed ${seed}, ${kind} of ${at}`;
    const { damages: found } = await verifyFolder(folder);
    expect(
      found.map(({ part, path }) => [part, path]),
      what,
    ).toEqual([['index', join(postingsIn(folder), name)]]);
    const opened = lanceStore(folder, options);
    await opened.open();
    const said = await postingWarnings(() => expectEqual(opened, reference, random, 5, what));
    // A search that reads another part of the file meets no flipped bit.
    if (kind !== 'flip' || said.length > 0) expect(said, what).toEqual([expect.stringContaining(join(postingsIn(folder), name))]);
    if (at % 2 === 0) await opened.optimize();
    else {
      await compactFolder(folder);
      expect(postingFiles(folder), `${what}: what nothing needs goes`).not.toContain(name);
    }
    expect((await verifyFolder(folder)).damages, what).toEqual([]);
    await expectEqual(opened, reference, random, 4, `${what}, mended`);
    await opened.close();
    rmSync(folder, { recursive: true });
  }
}

/** What is told of postings meanwhile. */
async function postingWarnings(work: () => Promise<void>): Promise<readonly string[]> {
  const said: string[] = [];
  const hear = (warning: Error & { readonly code?: string }): void => {
    if (warning.code === 'FINETOOTH_POSTINGS') said.push(warning.message);
  };
  process.on('warning', hear);
  try {
    await work();
    await setImmediate();
  } finally {
    process.off('warning', hear);
  }
  return said;
}

/** A process of its own that works with the store of a folder. */
function startChild(folder: string, work: string) {
  const sources = JSON.stringify(join(import.meta.dirname, '..', 'src', 'store', 'lancedb'));
  const code = `
const { lanceStore } = await import(${sources} + '/lancedb.ts');
const { compactFolder } = await import(${sources} + '/compact.ts');
const folder = ${JSON.stringify(folder)};
const store = lanceStore(folder, ${JSON.stringify(options)});
await store.open();
${work}
await store.close();
`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

/** Kills who builds postings at moments drawn at random: those that there were are searched, and the next one builds them. */
export async function surviveBuildKills(kills: number, seed: number): Promise<void> {
  const folder = join(workFolder(), 'index');
  const { store, reference, random } = await makeBoth(folder, kills === 1 ? 250 : 1500, seed);
  let struck = 0;
  for (let tries = 1; struck < kills; tries++) {
    expect(tries, 'most builds end before they are killed').toBeLessThan(4 * kills + 4);
    const before = new Set(existsSync(postingsIn(folder)) ? readdirSync(postingsIn(folder)) : []);
    const builder = startChild(folder, tries % 3 === 0 ? 'await compactFolder(folder);' : 'await store.optimize();');
    const ended = new Promise<boolean>((resolve) => builder.on('exit', (code) => resolve(code === 0)));
    const isBuilding = () => existsSync(postingsIn(folder)) && readdirSync(postingsIn(folder)).some((name) => !before.has(name));
    while (!isBuilding() && builder.exitCode === null) await sleep(1);
    await sleep(random.below(kills === 1 ? 10 : 300));
    builder.kill('SIGKILL');
    if (!(await ended)) struck++;
    await expectEqual(store, reference, random, 6, `seed ${seed}, kill ${struck}`);
    const entries = Array.from({ length: kills === 1 ? 40 : 400 }, (_, at) => drawEntry(random, `d${(at + random.below(2000)) % 2500}`));
    const latest = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    for (const one of [store, reference]) await one.upsert(latest);
    await expectEqual(store, reference, random, 6, `seed ${seed}, written after kill ${struck}`);
  }
  await store.optimize();
  expect(postingFiles(folder).length).toBeGreaterThan(10);
  expect((await verifyFolder(folder)).damages).toEqual([]);
  await expectEqual(store, reference, random, 20, `seed ${seed}, built`);
  await store.close();
}

/** One process writes the same again, builds and compacts, while this one searches. */
export async function searchBesideBuilds(rounds: number, seed: number): Promise<void> {
  const folder = join(workFolder(), 'index');
  const { store, reference, random } = await makeBoth(folder, 150, seed);
  await store.optimize();
  const work = `
const all = await Array.fromAsync(store.get('all', ['document', 'hash', 'textHash', 'vector', 'terms', 'sparse', 'place', 'further']));
for (let round = 0; round < ${rounds}; round++) {
  await store.upsert(all.filter((_, at) => (at + round) % 3 === 0));
  if (round % 4 === 3) await compactFolder(folder);
  else await store.optimize();
}`;
  const builder = startChild(folder, work);
  let code: number | null | undefined;
  builder.on('exit', (status) => {
    code = status;
  });
  let searches = 0;
  for (; code === undefined; searches += 3) await expectEqual(store, reference, random, 3, `seed ${seed}, after ${searches} searches`);
  expect([code, searches > 5]).toEqual([0, true]);
  await expectEqual(store, reference, random, 10, `seed ${seed}, at the end`);
  await store.close();
}

/** As many rows as a file of postings may have, in one. */
export async function compareLargest(seed: number): Promise<void> {
  const folder = join(workFolder(), 'index');
  const random = randomFrom(seed);
  const [store, reference] = [lanceStore(folder, { durability: 'process' }), memoryStore()];
  const entries = Array.from({ length: 65_536 }, (_, at) => entryFor(`d${at}`, at, 'red', { sparse: packSparse(drawSparse(random, 8)) }));
  for (const one of [store, reference]) {
    await one.open(manifestFor({ sparse: { embedder: 'sparse@fp32:0' } }));
    for (let at = 0; at < entries.length; at += 8192) await one.upsert(entries.slice(at, at + 8192));
  }
  await store.optimize();
  expect(postingFiles(folder)).toHaveLength(1);
  const query = async (limit: number) => {
    const sparse = drawSparse(random, 8);
    expect(await store.search({ sparse, limit })).toEqual(await reference.search({ sparse, limit }));
  };
  for (let at = 0; at < 40; at++) await query(1 + random.below(300));
  for (const one of [store, reference]) await one.delete(entries.filter((_, at) => at % 7 === 0).map(({ id }) => id));
  for (const one of [store, reference]) await one.upsert([...entries.slice(0, 3000), ...entries.slice(65_000)]);
  for (let at = 0; at < 10; at++) await query(1 + random.below(300));
  await store.optimize();
  expect(postingFiles(folder).length).toBeGreaterThan(1);
  for (let at = 0; at < 20; at++) await query(1 + random.below(300));
  await store.close();
}
