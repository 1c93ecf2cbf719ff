import { mkdir, mkdtemp, readdir, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
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

  it('says whether its last owner gave it back', async () => {
    const takenOver = (): Promise<boolean> => withLock(path, undefined, async (_, taken) => taken);
    expect(await takenOver()).toBe(false);
    await mkdir(`${path}.lock`);
    expect(await takenOver()).toBe(true);
    expect(await takenOver()).toBe(false);
    await Promise.all([takenOver(), takenOver()]).then((both) => expect(both).toEqual([false, false]));
  });

  it('takes over a lock that nobody renews', async () => {
    await mkdir(`${path}.lock`);
    const longAgo = Date.now() / 1000 - 60;
    await utimes(`${path}.lock`, longAgo, longAgo);
    expect(await withLock(path, undefined, async () => 'yes')).toBe('yes');
  });

  it('takes over a lock that nobody renews, though its time lies ahead', async () => {
    await mkdir(`${path}.lock`);
    const ahead = Date.now() / 1000 + 86_400;
    await utimes(`${path}.lock`, ahead, ahead);
    expect(await withLock(path, undefined, async () => 'yes')).toBe('yes');
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves a lock alone that is renewed, though by a clock that is an hour behind', async () => {
    await mkdir(`${path}.lock`);
    let at = Date.now() / 1000 - 3600;
    const renewing = setInterval(() => void utimes(`${path}.lock`, at, at++), 1000);
    await expect(withLock(path, undefined, async () => 'never', 8_000)).rejects.toMatchObject({ code: 'E_LOCKED' });
    clearInterval(renewing);
  });

  it('tells the owner when its lock is lost, and leaves that of the next one', async () => {
    const heard = await withLock(path, undefined, async (signal) => {
      await rmdir(`${path}.lock`);
      await mkdir(`${path}.lock`);
      for (let waited = 0; !signal.aborted && waited < 100; waited++) await sleep(100);
      return signal.reason;
    });
    expect(heard).toMatchObject({ code: 'E_LOCKED', message: expect.stringContaining('was lost') });
    expect(await readdir(folder)).toEqual(['model.onnx.lock']);
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

  it('gives up after the longest wait', async () => {
    await withLock(path, undefined, async () => {
      await expect(withLock(path, undefined, async () => 'never', 200)).rejects.toMatchObject({
        code: 'E_LOCKED',
        message: expect.stringContaining('another process has held'),
      });
    });
  });
});
