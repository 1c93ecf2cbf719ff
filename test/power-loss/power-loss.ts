import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Document, openIndex } from '../../src/index.ts';
import { randomFrom } from '../../src/math/random.ts';
import { verifyIndex } from '../../src/tasks/index.ts';
import { workFolder } from '../finetooth.ts';
import { hashEmbedder } from '../hash-embedder.ts';
import { trace } from './trace.ts';
import { tracedDisk } from './traced-disk.ts';

/** The version of each document by its id. */
type Content = Readonly<Record<string, number>>;

const source = (...path: readonly string[]): string => JSON.stringify(join(import.meta.dirname, '..', '..', ...path));
const embedder = () => hashEmbedder(0, { window: 24 });
/** Every seventh is split into passages. */
export const documentOf = (id: string, version: number): Document => ({
  id,
  text: `Text ${id} of version ${version}. ${'A sentence of six words more. '.repeat(Number(id.slice(1)) % 7 === 0 ? 12 : 1)}`,
  version,
});

/** Says before each step what the index may hold until it is acknowledged, the last being what it holds then; and "done" when it is. */
const program = (folder: string, backup: string): string => `
import { writeSync } from 'node:fs';
import { rebuiltIn } from ${source('src', 'assemble', 'rebuild.ts')};
import { openIndex } from ${source('src', 'index.ts')};
import { backupIndex, compactIndex, restoreIndex } from ${source('src', 'tasks', 'index.ts')};
import { hashEmbedder } from ${source('test', 'hash-embedder.ts')};
import { documentOf } from ${source('test', 'power-loss', 'power-loss.ts')};
const folder = ${JSON.stringify(folder)};
const backup = ${JSON.stringify(backup)};
const embedder = hashEmbedder(0, { window: 24 });
const create = { fields: ['text'], idField: 'id' };
const say = (what) => writeSync(1, JSON.stringify(what) + '\\n');
let content = {};
const step = async (states, work) => {
  say(states);
  await work();
  say('done');
  content = states.at(-1);
};
const ids = (from, count) => Array.from({ length: count }, (_, i) => 'd' + (from + i));
const withIds = (some, version) => ({ ...content, ...Object.fromEntries(some.map((id) => [id, version])) });
const without = (some) => Object.fromEntries(Object.entries(content).filter(([id]) => !some.includes(id)));
const documents = (some, version) => some.map((id) => documentOf(id, version));
let index = await openIndex(folder, { create, embedder });
const add = (some, version) => step([withIds(some, version)], () => index.add(documents(some, version)));
const remove = (some) => step([without(some)], () => index.delete(some));
await add(ids(0, 60), 1);
for (let i = 0; i < 4; i++) await add(ids(60 + i, 1), 1);
await add(ids(5, 3), 2);
await remove(ids(20, 4));
await step([content], () => compactIndex({ in: folder }));
await step([content], () => backupIndex({ in: folder, to: backup }));
const saved = content;
await add(ids(100, 20), 3);
await remove(ids(0, 2));
await step([saved], () => restoreIndex({ from: backup, into: folder }));
await add(ids(62, 5), 4);
const made = Object.fromEntries(ids(0, 30).map((id) => [id, 5]));
await step([made], () => rebuiltIn(folder, {}, async (at, options) => {
  await using fresh = await openIndex(at, { create: options, embedder });
  await fresh.add(documents(Object.keys(made), 5));
}));
for (let i = 0; i < 3; i++) await add(ids(200 + i, 1), 6);
const kept = ids(0, 20);
// What is gone from the source is deleted after what came.
await step([withIds(kept, 7), Object.fromEntries(kept.map((id) => [id, 7]))], () => index.add(documents(kept, 7), { prune: true }));
await remove(ids(3, 1));
await index.close();
`;

/**
 * Traces what a program asks of the file system while it writes an index, takes the power away at random moments, and looks at what the disk may hold
 * then: all that was acknowledged is there, and what was under way is done or not.
 */
export const survivePowerLosses = async (losses: number, seed: number): Promise<void> => {
  const root = workFolder();
  const [folder, backup] = [join(root, 'disk', 'index'), join(root, 'disk', 'backup')];
  const calls = trace(program(folder, backup), join(root, 'trace'));
  const isSaid = ({ name, arguments: [fd] }: (typeof calls)[number]): boolean => name === 'write' && fd === '1';
  const first = calls.findIndex(isSaid);
  const random = randomFrom(seed);
  const moments = Array.from({ length: losses }, () => first + random.below(calls.length - first)).sort((a, b) => a - b);
  const disk = tracedDisk(root);
  disk.run({ name: 'mkdir', arguments: [join(root, 'disk')], result: 0 });
  disk.run({ name: 'openat', arguments: ['', root, ''], result: 0 });
  disk.run({ name: 'fsync', arguments: ['0'], result: 0 });
  disk.run({ name: 'close', arguments: ['0'], result: 0 });
  let [before, after]: [Content, readonly Content[]] = [{}, []];
  let at = 0;
  for (const moment of moments) {
    for (; at < moment; at++) {
      const call = calls[at] as (typeof calls)[number];
      if (isSaid(call)) {
        const said = JSON.parse(Buffer.from((call.arguments[1] as string).replaceAll('\\x', ''), 'hex').toString('utf8')) as
          | readonly Content[]
          | 'done';
        if (said === 'done') [before, after] = [after.at(-1) as Content, []];
        else after = said;
      } else disk.run(call);
    }
    const place = join(root, 'after');
    disk.layOut(place, random);
    startAgain(join(place, 'disk', 'index'));
    await expectWhole(join(place, 'disk', 'index'), before, after, `call ${moment} of ${calls.length}, seed ${seed}`);
    rmSync(place, { recursive: true });
  }
  rmSync(root, { recursive: true });
};

/** The machine was started again meanwhile. */
const startAgain = (folder: string): void => {
  const place = join(folder, 'finetooth.json.committed');
  if (!existsSync(place)) return;
  writeFileSync(place, readFileSync(place, 'utf8').replace(/"boot":"[^"]*"/, '"boot":"another"'));
  // Locks of processes that are gone are free after five seconds.
  for (const name of readdirSync(folder)) if (name.endsWith('.lock')) rmSync(join(folder, name), { recursive: true });
};

const expectWhole = async (folder: string, before: Content, after: readonly Content[], where: string): Promise<void> => {
  // Nothing was ever acknowledged.
  if (Object.keys(before).length === 0 && !existsSync(join(folder, 'finetooth.json'))) return;
  const found = await contentOf(folder, where);
  expect([before, ...after], where).toContainEqual(found);
  expect((await verifyIndex({ in: folder })).damages, where).toEqual([]);
  await using index = await openIndex(folder, { embedder: embedder() });
  await index.add([documentOf('d9', 99)]);
  expect(await contentOf(folder, where), where).toEqual({ ...found, d9: 99 });
  expect((await verifyIndex({ in: folder })).damages, where).toEqual([]);
};

const contentOf = async (folder: string, where: string): Promise<Content> => {
  const index = await openIndex(folder, { embedder: embedder() }).catch((error: Error) => {
    throw new Error(`${where}: ${error.message}`, { cause: error });
  });
  const found: Record<string, number> = {};
  for await (const { id, document } of index.store.get('all', ['document'])) {
    expect(found, `${where}: ${id} is there twice`).not.toHaveProperty(id);
    expect(document, where).toEqual(documentOf(id, document.version as number));
    found[id] = document.version as number;
  }
  if (Object.keys(found).length >= 5) expect((await index.store.search({ terms: ['text'], limit: 5 })).length, where).toBe(5);
  await index.close();
  return found;
};
