import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseModelName } from './model-name.ts';

let models: string;
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'finetooth-names-'));
  await mkdir(join(models, 'mine'));
});
afterAll(() => rm(models, { recursive: true, force: true }));

describe('parseModelName', () => {
  it('knows the catalog in any case', async () => {
    expect(await parseModelName('BGE-Small-EN-v1.5', {})).toMatchObject({ kind: 'catalog', entry: { name: 'bge-small-en-v1.5' } });
  });

  it.each([
    ['owner/name', 'main', undefined],
    ['owner/name@v1.0', 'v1.0', undefined],
    ['owner/name@refs/pr/1', 'refs/pr/1', undefined],
    ['owner/name:onnx/model_int8.onnx', 'main', 'onnx/model_int8.onnx'],
    ['owner/name@abc:m.onnx', 'abc', 'm.onnx'],
  ])('reads %s', async (name, revision, file) => {
    expect(await parseModelName(name, {})).toEqual({ kind: 'hub', name, repository: 'owner/name', revision, file });
  });

  it.each([
    ['./x', {}, resolve('x')],
    ['/x/y', {}, '/x/y'],
    ['~/x', { HOME: '/h' }, '/h/x'],
    ['src', {}, resolve('src')],
  ])('takes %s as a folder', async (name, env, folder) => {
    expect(await parseModelName(name, env)).toEqual({ kind: 'folder', folder });
  });

  it("finds a folder in the user's folder of models", async () => {
    expect(await parseModelName('mine', {}, models)).toEqual({ kind: 'folder', folder: join(models, 'mine') });
  });

  it.each([
    ['bge-smal-en-v1.5', /Did you mean "bge-small-en-v1\.5"\?/],
    ['', /models list/],
    ['owner/../../etc', /there is no model/],
    ['owner/name:../secret.onnx', /there is no model/],
    ['owner/name:weights.bin', /there is no model/],
    ['https://hub/owner/name', /there is no model/],
  ])('does not know "%s"', async (name, message) => {
    await expect(parseModelName(name, {}, models)).rejects.toMatchObject({
      code: 'E_MODEL_UNKNOWN',
      message: expect.stringMatching(message),
    });
  });
});
