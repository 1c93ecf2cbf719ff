import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openIndex } from '../src/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const DOCUMENTS = 1500;

/** Adds documents in a process of its own; every third has an id that the other process brings too, at the same time. */
const write = (folder: string, name: string): Promise<number | null> => {
  const program = `
import { openIndex } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'index.ts'))};
import { hashEmbedder } from ${JSON.stringify(join(import.meta.dirname, 'hash-embedder.ts'))};
await using index = await openIndex(${JSON.stringify(folder)}, { create: { fields: ['text'] }, embedder: hashEmbedder(20) });
await index.add(Array.from({ length: ${DOCUMENTS} }, (_, i) => ({ id: i % 3 === 0 ? 'shared' + i : ${JSON.stringify(name)} + i, text: 'text ' + i })));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return new Promise((resolve) => child.on('close', resolve));
};

it('two processes that write at once lose nothing, and a reader sees whole documents meanwhile', async () => {
  const folder = join(workFolder(), 'index');
  {
    await using index = await openIndex(folder, { create: { fields: ['text'] }, embedder: hashEmbedder() });
    await index.add([{ id: 'first', text: 'first' }]);
  }
  const writers = Promise.all([write(folder, 'a'), write(folder, 'b')]);
  await using index = await openIndex(folder, { embedder: hashEmbedder() });
  let ended = false;
  void writers.then(() => (ended = true));
  let seen = 0;
  while (!ended) {
    const { documents } = await index.status();
    expect(documents).toBeGreaterThanOrEqual(seen);
    seen = documents;
    expect((await index.store.search({ vector: (await hashEmbedder().embed(['text 5'], 'query')).data, limit: 5 })).length).toBeGreaterThan(
      0,
    );
  }
  expect(await writers).toEqual([0, 0]);
  const ids = new Set<string>();
  for await (const { id } of index.store.get('all', [])) {
    expect(ids.has(id), id).toBe(false);
    ids.add(id);
  }
  expect(ids.size).toBe(1 + 2 * DOCUMENTS - DOCUMENTS / 3);
});
