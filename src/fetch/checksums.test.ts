import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../test/servers/hub.ts';
import { type CheckOptions, checkFile, readRecord } from './checksums.ts';

let folder: string;
let path: string;
let book: string;
const one = Buffer.from('one');
const two = Buffer.from('two');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-sums-'));
  path = join(folder, 'model.onnx');
  book = join(folder, 'books', 'checksums.json');
  await writeFile(path, one);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const check = (more: Partial<CheckOptions> = {}) => checkFile({ path, book, holdToRecord: true, advice: 'ADVICE.', ...more });

describe('checkFile', () => {
  it('is undefined for a file that is not there, and for a folder', async () => {
    expect(await check({ path: join(folder, 'none') })).toBeUndefined();
    expect(await check({ path: folder })).toBeUndefined();
  });

  it('remembers at first use, and refuses another file later', async () => {
    expect(await check()).toBe(sha256Of(one));
    await writeFile(path, two);
    const message = `expected sha256 ${sha256Of(one)}, got ${sha256Of(two)}. ADVICE.`;
    await expect(check()).rejects.toMatchObject({ code: 'E_MODEL_CHANGED', message: expect.stringContaining(message) });
  });

  it('lets a file of the user change, and notices it', async () => {
    await check({ holdToRecord: false });
    await writeFile(path, two);
    expect(await check({ holdToRecord: false })).toBe(sha256Of(two));
    expect((await readRecord(book, 'model.onnx'))?.sha256).toBe(sha256Of(two));
  });

  it('holds every file to the checksum of the catalog', async () => {
    await expect(check({ expected: sha256Of(two), holdToRecord: false })).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
    expect(await readRecord(book, 'model.onnx')).toBeUndefined();
  });

  it('does not hash again while size, time and inode fit, unless told to', async () => {
    const { atime, mtime } = await stat(path);
    await utimes(path, atime, Math.floor(mtime.getTime() / 1000));
    await check();
    const before = await stat(path);
    await writeFile(path, two);
    await utimes(path, before.atime, before.mtime);
    expect(await check()).toBe(sha256Of(one));
    await expect(check({ full: true })).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
  });

  it('hashes again when the record is damaged', async () => {
    await check();
    await writeFile(book, '{"version":1,"files":{"model.onnx":null}}');
    expect(await check()).toBe(sha256Of(one));
    expect(JSON.parse(await readFile(book, 'utf8')).files['model.onnx'].sha256).toBe(sha256Of(one));
  });

  it('works where nothing can be written', async () => {
    await mkdir(join(folder, 'closed'));
    await chmod(join(folder, 'closed'), 0o500);
    expect(await check({ book: join(folder, 'closed', 'below', 'book.json') })).toBe(sha256Of(one));
    // Also for root, to whom nothing is closed: a file stands where the folder should be.
    expect(await check({ book: join(path, 'book.json') })).toBe(sha256Of(one));
  });
});
