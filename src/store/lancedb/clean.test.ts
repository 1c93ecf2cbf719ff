import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { dropShuffles } from './clean.ts';

const before = tmpdir();
afterEach(() => vi.unstubAllEnvs());

it('removes what LanceDB left in the temporary folder a day ago, and nothing of others', async () => {
  const parent = await mkdtemp(join(before, 'finetooth-'));
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, parent);
  const make = async (name: string, files: readonly string[], hours: number): Promise<void> => {
    await mkdir(join(parent, name));
    for (const file of files) await writeFile(join(parent, name, file), '');
    const at = new Date(Date.now() - hours * 3_600_000);
    await utimes(join(parent, name), at, at);
  };
  const shuffled = ['shuffle_data.lance', 'shuffle_offsets.lance', 'shuffle_data.spill', 'shuffle_offsets.spill'];
  await make('.tmpAbc123', shuffled, 25);
  await make('.tmpAbc124', shuffled.slice(0, 2), 25);
  await make('.tmpNew123', shuffled, 23);
  await make('.tmpOwn123', [...shuffled, 'letter.txt'], 25);
  await make('.tmpNil123', [], 25);
  await make('shuffled', shuffled, 25);
  await writeFile(join(parent, '.tmpFil123'), '');
  await dropShuffles();
  expect((await readdir(parent)).sort()).toEqual(['.tmpFil123', '.tmpNew123', '.tmpNil123', '.tmpOwn123', 'shuffled']);
  await rm(parent, { recursive: true });
});
