import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './file-lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-lock-'));
  path = join(folder, 'model.onnx');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('withLock', () => {
  it('lets one in at a time and leaves nothing behind', async () => {
    let inside = 0;
    const work = async (): Promise<number> => {
      inside++;
      await sleep(20);
      return inside--;
    };
    const [first, second] = await Promise.all([withLock(path, undefined, work), withLock(path, undefined, work)]);
    expect([first, second]).toEqual([1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is released when the work fails', async () => {
    await expect(withLock(path, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, undefined, async () => 'yes')).toBe('yes');
  });

  it('takes over a lock that nobody renews', async () => {
    await mkdir(`${path}.lock`);
    const longAgo = Date.now() / 1000 - 60;
    await utimes(`${path}.lock`, longAgo, longAgo);
    expect(await withLock(path, undefined, async () => 'yes')).toBe('yes');
  });

  it('stops waiting when the caller says so', async () => {
    await mkdir(`${path}.lock`);
    const controller = new AbortController();
    const waiting = withLock(path, controller.signal, async () => 'never');
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'E_STOPPED' });
  });

  it('says where it cannot lock', async () => {
    await writeFile(path, '');
    await expect(withLock(join(path, 'below'), undefined, async () => 'never')).rejects.toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringMatching(/below\.lock cannot be made .*may write to/),
    });
  });

  it('gives up when its patience is over', async () => {
    await withLock(path, undefined, async () => {
      await expect(withLock(path, undefined, async () => 'never', 200)).rejects.toMatchObject({
        code: 'E_LOCKED',
        message: expect.stringContaining('another process has held'),
      });
    });
  });
});
