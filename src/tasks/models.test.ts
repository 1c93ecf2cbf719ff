import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../test/servers/http.ts';
import { sha256Of, startHub, tinyRepository } from '../../test/servers/hub.ts';
import { catalog } from '../model/catalog/catalog.ts';
import { knownRepositories } from '../model/catalog/known-repositories.ts';
import { resolveModel } from '../model/files.ts';
import { listModels, modelsFolder, verifyModels } from './models.ts';

let home: string;
let hub: TestServer;
const files = tinyRepository('owner/tiny');
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-list-'));
  hub = await startHub(files);
});
afterEach(async () => {
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: home,
  FINETOOTH_CACHE: join(home, 'cache'),
  HF_ENDPOINT: hub.url,
  ...more,
});
const makeOwn = async (): Promise<string> => {
  const own = join(home, 'models', 'mine');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'model.onnx'), 'weights');
  await writeFile(join(own, 'tokenizer.json'), '{}');
  await writeFile(join(own, 'config.json'), '{"architectures": ["BertModel"], "hidden_size": 8}');
  return own;
};

describe('listModels', () => {
  it('has the whole catalog, the bundled model on disk and the rest remote', async () => {
    const models = await listModels({ env: env() });
    expect(models.map(({ name }) => name)).toEqual([...catalog, ...knownRepositories].map(({ name }) => name));
    expect(models.find(({ name }) => name === 'bge-small-en-v1.5')).toMatchObject({
      source: 'bundled',
      bytes: 34_015_106 + 711_396,
      licence: 'MIT',
    });
    expect(models.find(({ name }) => name === 'all-minilm-l6-v2')).toMatchObject({ source: 'remote', bytes: 22_972_370 + 711_661 });
    expect(models.find(({ name }) => name === 'e5-small-v2')).not.toHaveProperty('bytes');
    expect(hub.seen).toHaveLength(0);
  });

  it('adds repositories in the cache and models in the folder of the user', async () => {
    await resolveModel('owner/tiny', { env: env() });
    const own = await makeOwn();
    const models = await listModels({ env: env({ FINETOOTH_MODELS: join(home, 'models') }) });
    expect(models.slice(catalog.length + knownRepositories.length)).toMatchObject([
      { name: own, source: 'folder', licence: 'NOASSERTION' },
      { name: 'owner/tiny', source: 'cache', dimensions: 8, precision: 'int8' },
    ]);
  });
});

describe('verifyModels', () => {
  it('says ok, changed or missing for each', async () => {
    const { modelPath } = await resolveModel('owner/tiny', { env: env() });
    const own = await makeOwn();
    const all = { env: env({ FINETOOTH_MODELS: join(home, 'models') }) };
    const sha256 = sha256Of(files['owner/tiny/onnx/model_quantized.onnx'] as Buffer);
    expect(await verifyModels(all)).toMatchObject([
      { name: 'bge-small-en-v1.5', source: 'bundled', status: 'ok' },
      { name: 'ms-marco-minilm-l-12-v2', source: 'bundled', status: 'ok' },
      { name: own, status: 'ok', sha256: sha256Of(Buffer.from('weights')) },
      { name: 'owner/tiny', source: 'cache', status: 'ok', sha256 },
    ]);
    await writeFile(modelPath, 'torn');
    await rm(join(own, 'tokenizer.json'));
    expect(await verifyModels(all)).toMatchObject([
      { name: 'bge-small-en-v1.5', status: 'ok' },
      { name: 'ms-marco-minilm-l-12-v2', status: 'ok' },
      { name: own, status: 'missing', reason: expect.stringMatching(/no tokenizer\.json/) },
      { name: 'owner/tiny', status: 'changed', reason: expect.stringMatching(new RegExp(`expected sha256 ${sha256}`)) },
    ]);
  });

  it('reports a model of the catalog that lacks its tokenizer', async () => {
    const folder = join(modelsFolder({ env: env() }), 'gte-small');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.onnx'), 'weights');
    const found = await verifyModels({ env: env() });
    expect(found.find(({ name }) => name === 'gte-small')).toMatchObject({
      status: 'missing',
      reason: expect.stringMatching(/models pull gte-small/),
    });
  });
});

describe('modelsFolder', () => {
  it('lies in the cache', () => {
    expect(modelsFolder({ env: { FINETOOTH_CACHE: '/c' } })).toBe('/c/models');
  });
});
