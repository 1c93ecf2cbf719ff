import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../time/file-lock.ts';
import { manifestFor } from '../contract/entries.ts';
import { indexFormat } from '../store.ts';
import { createManifest, manifestName, readManifest, replaceManifest, stageName, sweepFolder } from './index-folder.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'finetooth-'));

describe('the manifest of an index', () => {
  it('is read as it was written, and the first of two writers wins', async () => {
    const folder = await newFolder();
    expect(await readManifest(folder)).toBeUndefined();
    await Promise.all([createManifest(folder, manifestFor()), createManifest(folder, manifestFor({ embedder: 'other' }))]);
    const won = await readManifest(folder);
    await createManifest(folder, manifestFor({ embedder: 'late' }));
    expect(await readManifest(folder)).toEqual(won);
    expect(await readManifest(join(folder, 'nothing'))).toBeUndefined();
  });

  it('is refused when it was torn, changed, of the future, or something else', async () => {
    const folder = await newFolder();
    await createManifest(folder, manifestFor());
    const path = join(folder, manifestName);
    const text = await readFile(path, 'utf8');
    const attempts: readonly (readonly [string, string])[] = [
      [text.slice(0, 40), 'is torn: it is not JSON'],
      [text.replace('"text"', '"title"'), 'was changed: its checksum does not fit'],
      [
        text.replace(`"format": ${indexFormat}`, '"format": 99'),
        `has format 99; this version of finetooth reads formats up to ${indexFormat}, so update it`,
      ],
      ['{}', 'is not the description of an index'],
    ];
    for (const [spoiled, sentence] of attempts) {
      await writeFile(path, spoiled);
      await expect(readManifest(folder)).rejects.toMatchObject({
        code: 'E_INDEX_DAMAGED',
        message: expect.stringContaining(`${path} ${sentence}.`),
      });
    }
  });
});

describe('a manifest that takes the place of another', () => {
  it('does not come where the lock is in other hands, or who has it has swept', async () => {
    const folder = await newFolder();
    const place = join(folder, manifestName);
    await createManifest(folder, manifestFor());
    const other = manifestFor({ id: 'other' });
    await expect(replaceManifest(folder, other)).rejects.toMatchObject({ code: 'E_LOCKED' });
    await withLock(place, undefined, async () => {
      await rmdir(`${place}.lock`);
      await mkdir(`${place}.lock`);
      await expect(replaceManifest(folder, other)).rejects.toMatchObject({
        code: 'E_LOCKED',
        message: expect.stringContaining('was lost'),
      });
    });
    await rmdir(`${place}.lock`);
    expect(await readManifest(folder)).toEqual(manifestFor());
    await withLock(place, undefined, () => replaceManifest(folder, other));
    expect(await readManifest(folder)).toEqual(other);
  });
});

describe('what killed processes left beside the manifest', () => {
  it('is swept, and nothing else', async () => {
    const folder = await newFolder();
    await createManifest(folder, manifestFor());
    const kept = [
      manifestName,
      `${manifestName}.committed`,
      `${manifestName}.plan`,
      `${manifestName}.plan.${randomUUID()}.part`,
      'notes.part',
    ];
    const left = [`${manifestName}.${randomUUID()}.part`, `${manifestName}.committed.${randomUUID()}.part`, `${stageName}${randomUUID()}`];
    for (const name of [...kept.slice(1), ...left]) await writeFile(join(folder, name), '');
    await sweepFolder(folder);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
  });
});
