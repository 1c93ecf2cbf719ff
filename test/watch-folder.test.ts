import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openIndex, readDocuments } from '../src/index.ts';
import { type FolderSync, watchFolder } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** A watched folder: `next` is the next thing that is told. */
function watched(folder: string, into: string, options: { filter?: { fields: Record<string, unknown> } } = {}) {
  const stopper = new AbortController();
  const told: FolderSync[] = [];
  let wake = (): void => {};
  const done = watchFolder({
    source: folder,
    into,
    embedder: hashEmbedder(),
    tokens: null,
    signal: stopper.signal,
    ...(options as object),
    onSync: (sync) => {
      told.push(sync);
      wake();
    },
  });
  let at = 0;
  return {
    next: async (): Promise<FolderSync> => {
      while (told.length <= at)
        await Promise.race([done.then(() => Promise.reject(new Error('ended'))), new Promise<void>((resolve) => (wake = resolve))]);
      return told[at++] as FolderSync;
    },
    /** Ends it, and takes what was told since. */
    stop: async (): Promise<readonly FolderSync[]> => {
      stopper.abort();
      await done;
      return told.slice(at);
    },
  };
}

async function idsIn(index: string): Promise<readonly string[]> {
  await using open = await openIndex(index, { embedder: null });
  const ids: string[] = [];
  for await (const { id } of open.store.get('all', ['hash'])) ids.push(id);
  return ids.sort();
}

it('an index keeps in step with a folder: what comes, changes, moves, goes, and what cannot be read', async () => {
  const folder = workFolder();
  const into = join(workFolder(), 'index');
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  // A folder that is empty so far is waited for.
  const one = watched(folder, into);
  expect((await one.next()).problem).toContain('holds no file that is read yet');
  write('a.md', 'whales');
  expect(await one.next()).toMatchObject({ added: 1, first: { added: 1 } });
  mkdirSync(join(folder, 'deep'));
  write('deep/b.md', 'ships');
  write('c.txt', 'sea');
  expect(await until(one, 'added', 2)).toMatchObject({ removed: 0 });
  write('a.md', 'whales that sing');
  expect(await one.next()).toMatchObject({ added: 0, changed: 1, removed: 0, files: ['a.md'] });
  renameSync(join(folder, 'deep'), join(folder, 'deeper'));
  expect(await one.next()).toMatchObject({ added: 1, removed: 1, files: ['deeper/b.md', 'deep/b.md'] });
  // What cannot be read stays in the index; the rest goes on.
  writeFileSync(join(folder, 'c.txt'), Buffer.from([0x61, 0, 0x62]));
  expect(await one.next()).toMatchObject({ added: 0, changed: 0, removed: 0, skipped: { count: 1 } });
  rmSync(join(folder, 'a.md'));
  expect(await one.next()).toMatchObject({ removed: 1, files: ['a.md'] });
  expect(await one.stop()).toEqual([]);
  expect(await idsIn(into)).toEqual(['c.txt', 'deeper/b.md']);

  // What happened while no one watched is made up for at the start.
  write('d.md', 'harpoons');
  rmSync(join(folder, 'deeper'), { recursive: true });
  const two = watched(folder, into);
  expect((await two.next()).first).toMatchObject({ added: 1, removed: 1, skipped: { count: 1 } });
  // A folder that is emptied, as one that is unmounted is, takes nothing with it.
  rmSync(join(folder, 'd.md'));
  rmSync(join(folder, 'c.txt'));
  expect((await two.next()).problem).toContain('the folder is empty');
  await two.stop();
  expect(await idsIn(into)).toEqual(['c.txt', 'd.md']);
});

/** The sum of some syncs, until there are so many. */
async function until(one: ReturnType<typeof watched>, key: 'added' | 'removed', count: number): Promise<FolderSync> {
  let sync = await one.next();
  for (let sum = sync[key]; sum < count; sum += sync[key]) sync = await one.next();
  return sync;
}

it('a file that holds less than before loses its other documents, and a filter holds for what changes', async () => {
  const folder = workFolder();
  const into = join(workFolder(), 'index');
  const functions = (names: readonly string[]): string =>
    names.map((name) => `def ${name}(x):\n${'    x += 1\n'.repeat(20)}    return x\n\n`).join('\n');
  writeFileSync(join(folder, 'a.py'), functions(['one', 'two', 'three']));
  writeFileSync(join(folder, 'b.rs'), 'fn main() {}\n');
  const watch = watched(folder, into, { filter: { fields: { language: 'python' } } });
  expect(await watch.next()).toMatchObject({ added: 3 });
  writeFileSync(join(folder, 'a.py'), functions(['one', 'four', 'three']));
  expect(await watch.next()).toMatchObject({ added: 1, removed: 1 });
  await watch.stop();
  expect(await idsIn(into)).toEqual(['a.py#four', 'a.py#one', 'a.py#three']);
});

it('prune takes nothing that could not be read', async () => {
  const folder = workFolder();
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  for (const name of ['a.txt', 'b.txt', 'gone.txt', 'inner/c.txt']) writeFileSync(join(folder, name), name);
  await using index = await openIndex(join(workFolder(), 'index'), { create: { tokens: null }, embedder: hashEmbedder() });
  await index.addRead(readDocuments(folder));
  rmSync(join(folder, 'b.txt'));
  symlinkSync('away', join(folder, 'b.txt'));
  rmSync(join(folder, 'gone.txt'));
  // Who may read everything is not kept out of a folder: there the case is left out.
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) chmodSync(inner, 0);
  const report = await index.addRead(readDocuments(folder), { prune: true });
  chmodSync(inner, 0o755);
  expect(report).toMatchObject({ removed: 1, skipped: { count: isRoot ? 1 : 2 } });
  expect((await index.status()).documents).toBe(3);
});
