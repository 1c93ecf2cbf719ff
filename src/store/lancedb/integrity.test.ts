import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { entryFor, manifestFor } from '../contract/entries.ts';
import { lanceStore } from './lancedb.ts';

it('hashes to the end for who waits for it, in a process that has nothing else to do', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'finetooth-')), 'index');
  const store = lanceStore(folder, { durability: 'process' });
  await store.open(manifestFor());
  // Larger than what is hashed before the first answer, and not to be compressed.
  const { word } = randomFrom(1);
  const text = () => Buffer.from(Uint32Array.from({ length: 50_000 }, word).buffer).toString('base64');
  await store.upsert(Array.from({ length: 100 }, (_, at) => entryFor(`d${at}`, at, 'red', { document: { id: `d${at}`, text: text() } })));
  await store.close();
  const code = `
const { lanceStore } = await import(${JSON.stringify(join(import.meta.dirname, 'lancedb.ts'))});
const store = lanceStore(${JSON.stringify(folder)}, { durability: 'process' });
await store.open();
await store.search({ vector: new Float32Array(8).fill(1), limit: 1 });
await store.optimize();
await store.close();
process.stdout.write('optimized');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(stdout).toBe('optimized');
});
