import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createModelSessions } from '../../src/model/run/sessions.ts';
import { type McpConnection, serveMcp } from '../../src/server/mcp/index.ts';
import { type FolderSync, listCache } from '../../src/tasks/index.ts';
import { workFolder } from '../finetooth.ts';
import { called, clientOf, wires } from './connected.ts';

const work = workFolder();
const notes = join(work, 'My notes');
const models = { sessions: createModelSessions(), threads: 1, cacheFolder: join(work, 'cache') };
const syncs: [string, FolderSync][] = [];
let connection: McpConnection;
let client: Client;

beforeAll(async () => {
  mkdirSync(notes);
  writeFileSync(join(notes, 'bats.md'), '# Bats\n\nBats hunt by echo.\n');
  writeFileSync(join(notes, 'wheat.md'), '# Wheat\n\nThe price of wheat rose.\n');
  [connection, client] = await connected([notes], (name, sync) => syncs.push([name, sync]));
}, 60_000);
afterAll(async () => {
  await client.close();
  await connection.close();
});

async function connected(
  indexes: readonly string[],
  onSync?: (name: string, sync: FolderSync) => void,
): Promise<readonly [McpConnection, Client]> {
  const line = wires();
  const served = await serveMcp({ indexes, ...line, models, writable: true, onSync });
  return [served, await clientOf(line, 'legacy')];
}

const idsFor = async (query: string): Promise<readonly string[]> => {
  const found = (await called(client, 'search', { query })) as { readonly results: readonly { readonly id: string }[] };
  return found.results.map(({ id }) => id);
};

/** Until what was written to the folder is found: a minute at most. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await isSo()) return;
    await pause(200);
  }
  expect.unreachable();
}

it('a folder of files is searched as it is, under its name, and stays in step', async () => {
  expect(await idsFor('how do bats hunt')).toEqual(['bats.md', 'wheat.md']);
  expect(await called(client, 'list_indexes', {})).toMatchObject({ indexes: [{ name: 'my-notes', documents: 2 }] });
  writeFileSync(join(notes, 'espresso.md'), '# Espresso\n\nTo reset the espresso machine press both buttons.\n');
  await eventually(async () => (await idsFor('how do I reset the espresso machine'))[0] === 'espresso.md');
  rmSync(join(notes, 'wheat.md'));
  await eventually(async () => (await idsFor('the price of wheat')).every((id) => id !== 'wheat.md'));
  // Told when it is done, which is a moment later.
  await eventually(async () => syncs.length === 3);
  expect(syncs.map(([name, { added, removed }]) => [name, added, removed])).toEqual([
    ['my-notes', 2, 0],
    ['my-notes', 1, 0],
    ['my-notes', 0, 1],
  ]);
});

it('what it holds is written to the folder and not by a tool, which says so', async () => {
  expect(await called(client, 'add_documents', { documents: [{ id: 'a', text: 'b' }] })).toMatch(
    /kept in step with its folder: write a file there/,
  );
});

it('its index is in the cache, where it is listed, and is whole at once the next time', async () => {
  const [{ source, documents, state } = {}] = (await listCache({ cacheFolder: models.cacheFolder })).indexes;
  expect([source, documents, state]).toEqual([notes, 2, 'ok']);
  await client.close();
  await connection.close();
  writeFileSync(join(notes, 'owls.md'), '# Owls\n\nOwls see in the dark.\n');
  [connection, client] = await connected([notes]);
  await eventually(async () => (await idsFor('owls'))[0] === 'owls.md');
});

it('what is not there, and a folder of indexes, are no folder of notes', async () => {
  const { folder } = await listCache({ cacheFolder: models.cacheFolder });
  const [{ folder: index } = {}] = (await listCache({ cacheFolder: models.cacheFolder })).indexes;
  for (const wrong of [join(work, 'nope'), join(index as string, '..')]) {
    const served = await serveMcp({ indexes: [wrong], ...wires(), models });
    await expect(served.ended).rejects.toMatchObject({ code: 'E_INDEX_MISSING' });
    await served.close();
  }
  expect(folder).toBe(models.cacheFolder);
});
