import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openIndex } from '../src/index.ts';
import { serve } from '../src/server/listen.ts';
import { bootNow } from '../src/store/lancedb/durability.ts';
import { memoryStore } from '../src/stores.ts';
import { indexDocuments, verifyIndex } from '../src/tasks/index.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const create = { fields: ['text'], idField: 'id' } as const;
const documentsOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ id: `d${from + i}`, text: `text ${from + i}` }));
const recordOf = (folder: string): string => join(folder, 'finetooth.json.committed');
/** Whether the last write was told to wait for the disk: only then it notes when the machine was started. */
const isSynced = (folder: string): boolean => readFileSync(recordOf(folder), 'utf8').includes('"boot"');
const boot = await bootNow();

describe.skipIf(boot === undefined)('what an acknowledged write outlives (only where the system says when it was started)', () => {
  const input = documentsOf(3)
    .map((document) => JSON.stringify(document))
    .join('\n');

  it('is the loss of power, unless every door is told otherwise', async () => {
    const source = join(workFolder(), 'source.jsonl');
    writeFileSync(source, input);
    for (const durability of [undefined, 'process'] as const) {
      const expected = durability !== 'process';
      const library = join(workFolder(), 'index');
      {
        await using index = await openIndex(library, { create, embedder: hashEmbedder(), durability });
        await index.add(documentsOf(3));
      }
      expect(isSynced(library), `openIndex, ${durability}`).toBe(expected);

      const task = join(workFolder(), 'index');
      await indexDocuments({ source, into: task, tokens: null, durability });
      expect(isSynced(task), `indexDocuments, ${durability}`).toBe(expected);

      const flags = durability === undefined ? [] : ['--durability', durability];
      const command = join(workFolder(), 'index');
      await finetooth(['index', source, '--into', command, '--token-bits', 'none', ...flags]);
      expect(isSynced(command), `index ${flags}`).toBe(expected);
      await finetooth(['delete', 'd1', '--in', command, ...flags]);
      expect(isSynced(command), `delete ${flags}`).toBe(expected);
      const env: Record<string, string> = durability === undefined ? {} : { FINETOOTH_DURABILITY: durability };
      await finetooth(['delete', 'd2', '--in', command], { env });
      expect(isSynced(command), `delete, ${durability} by its variable`).toBe(expected);

      const indexesFolder = workFolder();
      const server = await serve({ port: 0, indexesFolder, durability });
      await fetch(`${server.url}/v1/indexes`, { method: 'POST', body: JSON.stringify({ name: 'a', token_bits: null }) });
      expect((await fetch(`${server.url}/v1/indexes/a/documents`, { method: 'POST', body: input })).status).toBe(200);
      await server.close();
      expect(isSynced(join(indexesFolder, 'a')), `serve, ${durability}`).toBe(expected);
    }
  });

  it('has two values, and belongs to a folder', async () => {
    const wrong = 'none' as 'power';
    const refusal = { code: 'E_USAGE' };
    await expect(openIndex(join(workFolder(), 'index'), { create, durability: wrong })).rejects.toMatchObject(refusal);
    await expect(openIndex('memory:', { create, durability: 'process' })).rejects.toMatchObject(refusal);
    await expect(openIndex(memoryStore(), { create, durability: 'process' })).rejects.toMatchObject(refusal);
    await expect(serve({ port: 0, durability: wrong })).rejects.toMatchObject(refusal);
    expect((await finetooth(['serve', '--durability', 'none'])).status).toBe(2);
  });
});

describe('a version of which no one was told', () => {
  const whole = join(workFolder(), 'whole');
  let before: string;
  let checksums: string;
  const checksumsOf = (folder: string): string => join(folder, 'documents.lance', 'finetooth.checksums');
  beforeAll(async () => {
    await using index = await openIndex(whole, { create, embedder: hashEmbedder() });
    await index.add(documentsOf(5));
    before = readFileSync(recordOf(whole), 'utf8');
    checksums = readFileSync(checksumsOf(whole), 'utf8');
    await index.store.delete(['d1']);
  });
  /** As it is copied while the last write is under way: what is told of an index afterwards is that of the version before, in this record. */
  const interrupted = (record: string): string => {
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    writeFileSync(checksumsOf(folder), checksums);
    writeFileSync(recordOf(folder), record);
    return folder;
  };
  const idsIn = async (folder: string): Promise<string[]> => {
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    const ids: string[] = [];
    for await (const { id } of index.store.get('all', [])) ids.push(id);
    return ids.sort();
  };
  const all = ['d0', 'd1', 'd2', 'd3', 'd4'];

  it('stays where a process was killed', async () => {
    expect(await idsIn(interrupted(before))).toEqual(all.filter((id) => id !== 'd1'));
  });

  it.skipIf(boot === undefined)('goes where the machine was started again, since no one waited for the disk', async () => {
    const folder = interrupted(before.replace(boot as string, 'another'));
    expect(await idsIn(folder)).toEqual(all);
    expect((await verifyIndex({ in: folder })).status).toBe('whole');
    await using index = await openIndex(folder, { embedder: hashEmbedder() });
    await index.add(documentsOf(1, 9));
    expect(await idsIn(folder)).toEqual([...all, 'd9']);
  });

  it('goes where its description or one of its files is torn, and not where an acknowledged one is', async () => {
    const newest = (folder: string, at: string): string => {
      const names = readdirSync(join(folder, 'documents.lance', at)).filter((name) => !name.startsWith('.') && !name.endsWith('.json'));
      return join(folder, 'documents.lance', at, names.sort()[0] as string);
    };
    for (const at of ['_versions', '_deletions']) {
      const folder = interrupted(before);
      truncateSync(newest(folder, at), 4);
      expect(await idsIn(folder), at).toEqual(all);
      const acknowledged = interrupted(readFileSync(recordOf(whole), 'utf8'));
      truncateSync(newest(acknowledged, at), 4);
      if (at === '_versions')
        await expect(openIndex(acknowledged, { embedder: hashEmbedder() })).rejects.toMatchObject({ code: 'E_INDEX_DAMAGED' });
    }
  });
});
