import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Document, type Embedder, openIndex } from '../src/index.ts';
import { randomFrom } from '../src/math/random.ts';
import { backupIndex, compactIndex, verifyIndex } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** What is killed in the middle. */
export const kinds = ['add', 'delete', 'prune', 'compact', 'backup', 'restore', 'rebuild'] as const;
export type Struck = (typeof kinds)[number];

/** Whether another index takes the place of the one that was there. */
const isReplacing = (struck: Struck): boolean => struck === 'restore' || struck === 'rebuild';

/** Documents with which an index begins: several batches. */
const DOCUMENTS = 1_500;
const WAIT_MS = 60_000;
const create = { fields: ['text'], idField: 'id' } as const;
/** Every tenth is so long that it has several passages. */
export const documentOf = (id: string, version: number): Document => ({
  id,
  text: `text ${id} of version ${version}${id.endsWith('0') ? '. Each of these sentences has words of its own'.repeat(6) : ''}`,
  version,
});
export const splitting = (pauseMs = 0): Embedder => hashEmbedder(pauseMs, { window: 24 });
export const sourceOf = (version: number): Document[] => Array.from({ length: DOCUMENTS }, (_, i) => documentOf(`d${i}`, version));

const source = (...path: readonly string[]): string => JSON.stringify(join(import.meta.dirname, ...path));

interface Program {
  readonly child: ChildProcess;
  /** Whole lines. */
  said(): readonly string[];
  readonly ended: Promise<unknown>;
}

const program = (folder: string, lines: string): Program => {
  const head = `
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { rebuiltIn } from ${source('..', 'src', 'assemble', 'rebuild.ts')};
import { openIndex, search } from ${source('..', 'src', 'index.ts')};
import { backupIndex, compactIndex, restoreIndex } from ${source('..', 'src', 'tasks', 'index.ts')};
import { documentOf, sourceOf, splitting } from ${source('upkeep-killed.ts')};
const say = (line) => writeSync(1, line + '\\n');
const folder = ${JSON.stringify(folder)};
`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', head + lines], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return { child, said: () => text.split('\n').slice(0, -1), ended: new Promise((resolve) => child.on('close', resolve)) };
};

/** Waits for a condition, or until the process has ended. */
const until = async (holds: () => boolean, { child }: Program): Promise<void> => {
  for (let waited = 0; !holds() && child.exitCode === null && child.signalCode === null; waited += 5) {
    expect(waited).toBeLessThan(WAIT_MS);
    await sleep(5);
  }
};

/** Says "began" when the work has begun, what it has acknowledged, and "done". */
const works = (backup: string): Readonly<Record<Struck, string>> => ({
  add: `
await using index = await openIndex(folder, { embedder: splitting(2) });
say('began');
await index.add(sourceOf(VERSION), { onProgress: ({ done }) => say('added ' + done) });`,
  delete: `
await using index = await openIndex(folder, { embedder: null });
say('began');
for (let i = 0; i < ${DOCUMENTS}; i += 100) {
  await index.delete(Array.from({ length: 100 }, (_, at) => 'd' + (i + at)));
  say('deleted ' + (i + 100));
}`,
  prune: `
await using index = await openIndex(folder, { embedder: splitting(2) });
await index.add(sourceOf(VERSION).filter((_, i) => i % 2 === 0), { prune: true, onProgress: () => say('began') });`,
  compact: `
say('began');
for (let i = 0; i < 5; i++) await compactIndex({ in: folder });`,
  backup: `
say('began');
await backupIndex({ in: folder, to: ${JSON.stringify(`${backup}-new`)} });`,
  restore: `
await restoreIndex({ from: ${JSON.stringify(backup)}, into: folder, onProgress: ({ done }) => { if (done === 0) say('began'); } });`,
  rebuild: `
await rebuiltIn(folder, {}, async (at, create) => {
  await using index = await openIndex(at, { create, embedder: splitting(2) });
  let began = false;
  return await index.add(sourceOf(VERSION), { onProgress: () => { if (!began) say('began'); began = true; } });
});`,
});

/** Another process that adds documents of its own, one after the other, until it is told to end. */
const secondWriter = (folder: string, round: number): Program =>
  program(
    folder,
    `
let ending = false;
process.on('SIGTERM', () => { ending = true; });
const index = await openIndex(folder, { embedder: splitting() });
say('open');
for (let i = 0; !ending; i++) {
  const id = 'live${round}-' + i;
  await index.add([documentOf(id, ${round})]);
  say('stored ' + id);
}
await index.close();`,
  );

/**
 * A process that searches until it is told to end, and says "searched" at last: each answer has all that is asked for, each document once and whole,
 * and where an index takes the place of another they are of one of them.
 */
const searcher = (folder: string, struck: Struck): Program =>
  program(
    folder,
    `
let ending = false;
process.on('SIGTERM', () => { ending = true; });
const index = await openIndex(folder, { embedder: splitting() });
say('open');
for (let i = 0; !ending; i++) {
  const firstStage = ['dense', 'bm25', 'hybrid'][i % 3];
  try {
    const { results } = await search(index, 'text of version', { firstStage, reranker: null, documents: true, top: 40, candidates: 40 });
    const sources = new Set(results.filter(({ id }) => id.startsWith('d')).map(({ document }) => document.version));
    if (results.length !== 40 && ${struck !== 'delete'}) say('wrong: ' + firstStage + ' found ' + results.length);
    if (new Set(results.map(({ id }) => id)).size !== results.length) say('wrong: doubled by ' + firstStage);
    if (results.some(({ id, document }) => document.text !== documentOf(id, document.version).text)) say('wrong: torn by ' + firstStage);
    if (${isReplacing(struck)} && sources.size > 1) say('wrong: ' + firstStage + ' of versions ' + [...sources]);
  } catch (error) {
    say('wrong: ' + firstStage + ' ' + error.code + ' ' + error.message);
  }
  await sleep(10);
}
await index.close();
say('searched');`,
  );

const contentOf = async (folder: string): Promise<ReadonlyMap<string, number>> => {
  await using index = await openIndex(folder, { embedder: splitting() });
  const found = new Map<string, number>();
  for await (const { id, document, vector } of index.store.get('all', ['document', 'vector'])) {
    expect(found.has(id), `${id} is there twice`).toBe(false);
    expect(document).toEqual(documentOf(id, document.version as number));
    expect(vector).toHaveLength(16);
    found.set(id, document.version as number);
  }
  expect((await index.store.search({ terms: ['text'], limit: 5 })).length).toBe(5);
  return found;
};

/**
 * Kills one kind of work at random moments while another process adds. After each kill the index is whole by its checksums, all that either process
 * acknowledged is there once and as it was sent, and the work can be done again.
 */
export const surviveUpkeepKills = async (struck: Struck, kills: number, seed: number): Promise<void> => {
  const folder = join(workFolder(), 'index');
  const backup = join(workFolder(), 'backup');
  const random = randomFrom(seed);
  {
    await using index = await openIndex(folder, { create, embedder: splitting() });
    await index.add(sourceOf(0));
  }
  await backupIndex({ in: folder, to: backup });
  const restorable = await contentOf(backup);
  // One that comes through says how long the work takes here, so that the kills fall into all of it.
  let [took, hit] = [0, 0];
  for (let round = 1; hit < kills; round++) {
    expect(round, `most runs of ${struck} end before they are killed`).toBeLessThan(kills * 6 + 6);
    // What was deleted is there again for the next round; what was added by another round is the same.
    {
      await using index = await openIndex(folder, { embedder: splitting() });
      await index.add(sourceOf(2 * round));
    }
    rmSync(`${backup}-new`, { recursive: true, force: true });
    const before = await contentOf(folder);
    const searchers = [searcher(folder, struck), searcher(folder, struck)];
    const writer = secondWriter(folder, round);
    for (const one of [writer, ...searchers]) await until(() => one.said().includes('open'), one);
    const run = program(folder, `${works(backup)[struck].replaceAll('VERSION', `${2 * round + 1}`)}\nsay('done');`);
    await until(() => run.said().includes('began'), run);
    const began = performance.now();
    // What was stored before goes: by prune, since the source lacks it, and by restore, which says so. One may be on its way.
    const told = writer.said().length + 1;
    const timer = took === 0 ? undefined : setTimeout(() => run.child.kill('SIGKILL'), (random.below(1_000) / 1_000) * took);
    await run.ended;
    clearTimeout(timer);
    const isDone = run.said().includes('done');
    if (took === 0) took = performance.now() - began;
    else if (!isDone) hit++;
    // Its lock is free after five seconds, and the other one goes on.
    const stored = (): readonly string[] => writer.said().filter((line) => line.startsWith('stored '));
    const seen = stored().length;
    await until(() => stored().length > seen + 1, writer);
    for (const one of [writer, ...searchers]) one.child.kill('SIGTERM');
    for (const one of [writer, ...searchers]) await one.ended;

    const where = `${struck}, round ${round}, ${isDone ? 'done' : 'killed'}`;
    for (const one of searchers) expect(one.said().join('\n'), where).toBe('open\nsearched');
    const check = await verifyIndex({ in: folder });
    expect(check.damages, where).toEqual([]);
    const found = await contentOf(folder);
    const replacing = struck === 'restore' ? restorable : new Map(sourceOf(2 * round + 1).map(({ id }) => [id as string, 2 * round + 1]));
    const isRestored = isReplacing(struck) && (isDone || [...replacing].every(([id, version]) => found.get(id) === version));
    const acknowledged = writer
      .said()
      .slice(isRestored || struck === 'prune' ? told : 0)
      .filter((line) => line.startsWith('stored '));
    for (const line of acknowledged) expect(found.get(line.slice(7)), `${where}: ${line}`).toBe(round);
    checkSource(struck, run.said(), isDone, isRestored, found, before, round, where);
    if (isDone && struck === 'backup') expect((await verifyIndex({ in: `${backup}-new` })).status).toBe('whole');
    if (!isDone && struck === 'backup')
      expect(existsSync(`${backup}-new`) ? (await verifyIndex({ in: `${backup}-new` })).status : 'whole').toBe('whole');
  }
  // Nothing is left of what was killed once the same work has come through.
  const last = program(folder, `${works(backup)[struck].replaceAll('VERSION', '99999')}\nsay('done');`);
  rmSync(`${backup}-new`, { recursive: true, force: true });
  await last.ended;
  expect(last.said()).toContain('done');
  await compactIndex({ in: folder });
  expect(readdirSync(folder).filter((name) => /rebuild|\.part|\.lock/.test(name))).toEqual([]);
  expect(readdirSync(join(backup, '..')).filter((name) => /\.part|\.lock/.test(name))).toEqual([]);
  expect((await verifyIndex({ in: folder })).status).toBe('whole');
};

/** What the killed process had acknowledged is done, batches are all or nothing, and everything else is as it was. */
const checkSource = (
  struck: Struck,
  said: readonly string[],
  isDone: boolean,
  isRestored: boolean,
  found: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
  round: number,
  where: string,
): void => {
  const last = (word: string): number => Number(said.findLast((line) => line.startsWith(`${word} `))?.split(' ')[1] ?? 0);
  const next = 2 * round + 1;
  const ours = Array.from({ length: DOCUMENTS }, (_, i) => found.get(`d${i}`));
  if (struck === 'add') {
    const acknowledged = isDone ? DOCUMENTS : last('added');
    for (const [i, version] of ours.entries()) expect(version, `${where}: d${i}`).toBeOneOf(i < acknowledged ? [next] : [2 * round, next]);
  } else if (struck === 'delete') {
    const acknowledged = isDone ? DOCUMENTS : last('deleted');
    // A call is whole or not at all.
    const gone = ours.filter((version) => version === undefined).length;
    expect([gone % 100, gone >= acknowledged, gone <= acknowledged + 100], `${where}: ${gone} of ${acknowledged}`).toEqual([0, true, true]);
    for (const [i, version] of ours.entries()) expect(version, `${where}: d${i}`).toBe(i < gone ? undefined : 2 * round);
  } else if (struck === 'prune') {
    for (const [i, version] of ours.entries()) {
      const kept = isDone ? [next] : [2 * round, next];
      const pruned = isDone ? [undefined] : [2 * round, undefined];
      expect(version, `${where}: d${i}`).toBeOneOf(i % 2 === 0 ? kept : pruned);
    }
  } else if (isRestored) for (const version of ours) expect(version, where).toBe(struck === 'restore' ? 0 : next);
  else for (const [id, version] of before) expect(found.get(id), `${where}: ${id}`).toBe(version);
};
