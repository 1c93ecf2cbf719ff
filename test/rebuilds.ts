import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openIndex } from '../src/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** Documents of each source: 12 batches, so that a kill falls into the middle. */
const DOCUMENTS = 3_000;
export const sourceOf = (version: number) =>
  Array.from({ length: DOCUMENTS }, (_, i) => ({ id: `d${i}`, text: `text ${i} of version ${version}`, version }));

const source = (...path: readonly string[]): string => JSON.stringify(join(import.meta.dirname, ...path));

/** A process that runs these lines; `openIndex`, `rebuiltIn`, `hashEmbedder` and `say` are there. */
export const program = (
  lines: string,
): { readonly child: ChildProcess; readonly said: () => string; readonly ended: Promise<number | null> } => {
  const head = `
import { writeSync } from 'node:fs';
import { openIndex } from ${source('..', 'src', 'index.ts')};
import { rebuiltIn } from ${source('..', 'src', 'assemble', 'rebuild.ts')};
import { hashEmbedder } from ${source('hash-embedder.ts')};
import { sourceOf } from ${source('rebuilds.ts')};
const say = (line) => writeSync(1, line + '\\n');
`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', head + lines], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, said: () => said, ended: new Promise((resolve) => child.on('close', resolve)) };
};

/** Rebuilds from `sourceOf(version)`, saying "began" with the first stored batch, while it holds the lock, and "done". */
export const rebuilding = (folder: string, version: number, pauseMs = 5): string => `
await rebuiltIn(${JSON.stringify(folder)}, { fields: ['text'], idField: 'id' }, async (at, create) => {
  await using index = await openIndex(at, { create, embedder: hashEmbedder(${pauseMs}) });
  let began = false;
  return await index.add(sourceOf(${version}), { onProgress: () => { if (!began) say('began'); began = true; } });
});
say('done');
`;

export const saidOf = async ({ said, child }: Pick<ReturnType<typeof program>, 'said' | 'child'>, line: string): Promise<void> => {
  while (!said().split('\n').includes(line)) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    await sleep(5);
  }
};

export const contentOf = async (folder: string): Promise<Map<string, number>> => {
  await using index = await openIndex(folder, { embedder: hashEmbedder() });
  const found = new Map<string, number>();
  for await (const { id, document } of index.store.get('all', ['document'])) {
    expect(found.has(id), id).toBe(false);
    found.set(id, document.version as number);
  }
  return found;
};

/** Kills rebuilds at random moments; each time the index is the old or the new one, whole, and the next rebuild leaves no litter. */
export const surviveRebuildKills = async (kills: number, seed: number): Promise<void> => {
  const folder = join(workFolder(), 'index');
  {
    await using index = await openIndex(folder, { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
    await index.add(sourceOf(0));
  }
  let state = seed;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  let [version, struck] = [0, 0];
  // A rebuild that comes through says how long one takes here, so that the kills fall into all of it.
  let took = 0;
  for (let next = 1; struck < kills; next++) {
    expect(next, 'most rebuilds end before they are killed').toBeLessThan(kills * 6 + 6);
    const run = program(rebuilding(folder, next));
    await saidOf(run, 'began');
    const began = performance.now();
    const timer = took === 0 ? undefined : setTimeout(() => run.child.kill('SIGKILL'), random() * took * 1.1);
    await run.ended;
    clearTimeout(timer);
    const isDone = run.said().includes('done');
    if (took === 0) took = performance.now() - began;
    else if (!isDone) struck++;
    const found = await contentOf(folder);
    expect(found.size).toBe(DOCUMENTS);
    const versions = [...new Set(found.values())];
    expect(versions).toHaveLength(1);
    expect(isDone ? [next] : [version, next]).toContain(versions[0]);
    version = versions[0] as number;
  }
  const last = program(rebuilding(folder, 9_999, 0));
  expect(await last.ended).toBe(0);
  expect(readdirSync(folder).filter((name) => /rebuild|\.part|\.lock/.test(name))).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.endsWith('.lance'))).toHaveLength(1);
  expect(readdirSync(join(folder, '..'))).toEqual(['index']);
};

/** Another process adds, one document after the other, while rebuilds go on: what it was told is stored since one began is there or was refused. */
export const keepAcknowledged = async (rounds: number): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    const folder = join(workFolder(), 'index');
    {
      await using index = await openIndex(folder, { create: { fields: ['text'], idField: 'id' }, embedder: hashEmbedder() });
      await index.add([{ id: 'again', text: 'always there', version: -1 }, ...sourceOf(0)]);
    }
    // Every third document is one that was there before the rebuild and is not in its source: "unchanged" must not be said of what is going.
    const writer = program(`
await using index = await openIndex(${JSON.stringify(folder)}, { embedder: hashEmbedder() });
say('open');
for (let i = 0; i < 5000; i++) {
  const document = i % 3 === 0 ? { id: 'again', text: 'always there', version: -1 } : { id: 'live' + i, text: 'live ' + i, version: i };
  await index.add([document]).then(() => say('stored ' + i + ' ' + document.id), (error) => say('refused ' + error.code));
  await new Promise((resolve) => setTimeout(resolve, 2));
}`);
    await saidOf(writer, 'open');
    const rebuild = program(rebuilding(folder, 1));
    await saidOf(rebuild, 'began');
    const before = writer.said().length;
    expect(await rebuild.ended).toBe(0);
    const stored = (): string[] =>
      writer
        .said()
        .slice(before)
        .split('\n')
        .filter((line) => line.startsWith('stored '));
    for (let waited = 0; stored().length < 5 && waited < 600; waited++) await sleep(100);
    writer.child.kill('SIGTERM');
    await writer.ended;
    const found = await contentOf(folder);
    const lost = stored()
      .map((line) => line.split(' ')[2] as string)
      .filter((id) => !found.has(id));
    expect(stored().length).toBeGreaterThanOrEqual(5);
    expect(lost).toEqual([]);
    for (let i = 0; i < DOCUMENTS; i++) expect(found.get(`d${i}`), `d${i}`).toBe(1);
  }
};
