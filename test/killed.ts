import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openIndex } from '../src/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder, SIZE } from './hash-embedder.ts';

const DOCUMENTS = 4_000;
export const documentsOf = (version: number) =>
  Array.from({ length: DOCUMENTS }, (_, i) => ({ id: `d${i}`, text: `document ${i} of version ${version}`, version }));

const writer = (folder: string, version: number): string => `
import { openIndex } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'index.ts'))};
import { documentsOf } from ${JSON.stringify(import.meta.filename)};
import { hashEmbedder } from ${JSON.stringify(join(import.meta.dirname, 'hash-embedder.ts'))};
await using index = await openIndex(${JSON.stringify(folder)}, { create: { fields: ['text'] }, embedder: hashEmbedder(5) });
await index.add(documentsOf(${version}), { onProgress: ({ done }) => process.stdout.write(done + '\\n') });
process.stdout.write('end\\n');
`;

/** Indexes in a process of its own and kills it after so many milliseconds. Returns what it had acknowledged. */
const writeAndKill = (
  folder: string,
  version: number,
  afterMs: number,
): Promise<{ readonly acknowledged: number; readonly ended: boolean }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer(folder, version)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      // The clock starts with the first acknowledged batch, so that every kill hits the writing.
      timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      const lines = said.split('\n').slice(0, -1);
      const counts = lines.map(Number).filter(Number.isFinite);
      resolve({ acknowledged: counts.at(-1) ?? 0, ended: lines.includes('end') });
    });
  });

/** Kills writers at random moments; each time the index opens, holds all that was acknowledged, whole, and goes on. */
export const surviveKills = async (kills: number, seed: number): Promise<void> => {
  const folder = join(workFolder(), 'index');
  let state = seed;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  let struck = 0;
  for (let version = 1; struck < kills; version++) {
    expect(version, 'most runs end before they are killed').toBeLessThan(kills * 4);
    const { acknowledged, ended } = await writeAndKill(folder, version, random() * 500);
    if (!ended) struck++;
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    const found = new Map<string, number>();
    for await (const { id, document, vector, textHash } of index.store.get('all', ['document', 'vector', 'textHash'])) {
      found.set(id, document.version as number);
      expect(document.text).toBe(`document ${id.slice(1)} of version ${document.version}`);
      expect(vector).toHaveLength(SIZE);
      expect(textHash).toHaveLength(32);
    }
    for (let i = 0; i < acknowledged; i++)
      expect(found.get(`d${i}`), `version ${version}: d${i} of ${acknowledged} acknowledged`).toBe(version);
    // A batch is all or nothing: what is there of this version ends at the border of a batch of 256, or with the last document.
    const written = [...found.values()].filter((one) => one === version).length;
    expect(written % 256 === 0 || written === DOCUMENTS, `${written} of version ${version}`).toBe(true);
    expect((await index.store.search({ terms: ['version'], limit: 5 })).length).toBe(5);
  }
  await using index = await openIndex(folder, { embedder: hashEmbedder() });
  const last = await index.add(documentsOf(999));
  expect(last.added + last.changed + last.unchanged).toBe(DOCUMENTS);
  expect((await index.add(documentsOf(999))).unchanged).toBe(DOCUMENTS);
  expect((await index.status()).documents).toBe(DOCUMENTS);
};
