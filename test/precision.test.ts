import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openModel } from '../src/assemble/models.ts';
import { openIndex, search } from '../src/index.ts';
import type { Precision } from '../src/model/catalog/model-entry.ts';
import { filesOfName } from '../src/model/catalog/precision-files.ts';
import { bestOf, type PrecisionChosen } from '../src/model/choose-precision.ts';
import { type ResolveOptions, resolveModel } from '../src/model/files.ts';
import { probeGraph } from '../src/model/run/probe-graph.ts';
import { openRuntime } from '../src/model/run/runtime.ts';
import { listModels } from '../src/tasks/models.ts';
import type { TestServer } from './servers/http.ts';
import { sha256Of, startHub, tinyRepository } from './servers/hub.ts';

const home = mkdtempSync(join(tmpdir(), 'finetooth-precision-'));
const servers: TestServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(home, { recursive: true, force: true });
});

const env = {
  HOME: home,
  FINETOOTH_CACHE: join(home, 'cache'),
  HF_ENDPOINT: 'http://127.0.0.1:1',
  npm_config_registry: 'http://127.0.0.1:1',
};
const resolve = (name: string, more: ResolveOptions = {}) => resolveModel(name, { env, retryPauseMs: 1, ...more });

/** A field at the end of an ONNX file that says nothing: the same model, and another file. */
const marked = (path: string, mark: string): void => appendFileSync(path, Buffer.from([0x32, mark.length, ...Buffer.from(mark)]));

/** The tiny encoder with its one graph under several names, each a file of its own. */
function folderWith(name: string, files: readonly string[], tiny = 'tiny-embedders/bert'): string {
  const folder = join(home, name);
  cpSync(join(import.meta.dirname, tiny), folder, { recursive: true });
  mkdirSync(join(folder, 'onnx'));
  renameSync(join(folder, 'model.onnx'), join(folder, 'graph'));
  for (const file of files) {
    cpSync(join(folder, 'graph'), join(folder, file));
    marked(join(folder, file), file);
  }
  rmSync(join(folder, 'graph'));
  return folder;
}

const every = ['model', 'model_fp16', 'model_quantized', 'model_int8', 'model_uint8', 'model_q4', 'model_q4f16', 'model_bnb4'];

describe('the form of weights that is asked for', () => {
  const folder = folderWith(
    'every',
    every.map((name) => `onnx/${name}.onnx`),
  );

  it.each([
    ['fp32', 'model', 'fp32'],
    ['fp16', 'model_fp16', 'fp16'],
    ['q8', 'model_quantized', 'int8'],
    ['int8', 'model_int8', 'int8'],
    ['uint8', 'model_uint8', 'int8'],
    ['q4', 'model_q4', 'q4'],
    ['q4f16', 'model_q4f16', 'q4f16'],
    ['bnb4', 'model_bnb4', 'bnb4'],
  ] as const)('%s is %s of a folder, by option and by name', async (precision, file, form) => {
    const found = await resolve(folder, { precision });
    expect([found.modelPath, found.entry.precision]).toEqual([join(folder, 'onnx', `${file}.onnx`), form]);
    expect(await resolve(`${folder}:${precision}`)).toEqual(found);
    // What a name says stays, whatever an option says of other models.
    expect(await resolve(`${folder}:${precision}`, { precision: 'bnb4' })).toEqual(found);
  });

  it('that a model does not have is refused with those that it has', async () => {
    const few = folderWith('few', ['onnx/model.onnx', 'onnx/model_q4.onnx']);
    await expect(resolve(few, { precision: 'fp16' })).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      message: `${few} has no file with weights of the form fp16; it has fp32 (onnx/model.onnx), q4 (onnx/model_q4.onnx). Name one of these, or leave precision out.`,
    });
    await expect(resolve('bge-small-en-v1.5', { precision: 'q4' })).rejects.toThrow(
      /bge-small-en-v1\.5 has no file .* form q4; it has int8/,
    );
    await expect(resolve('bge-small-en-v1.5:uint8')).rejects.toMatchObject({ code: 'E_MODEL_MISSING' });
    await expect(resolve('owner/tiny:onnx/model.onnx:q4')).rejects.toMatchObject({ code: 'E_USAGE' });
    const table = join(import.meta.dirname, 'tiny-embedders/model2vec');
    await expect(resolve(table, { precision: 'q8' })).rejects.toThrow(/has no file .* form q8; it has fp32 \(model\.safetensors\)/);
  });

  it('of the bundled models is theirs, and one in full precision that is known by another name is meant', async () => {
    const bundled = await resolve('bge-small-en-v1.5');
    for (const precision of ['q8', 'int8', 'auto'] as const) expect(await resolve('bge-small-en-v1.5', { precision })).toEqual(bundled);
    await expect(resolve('bge-small-en-v1.5:fp32', { offline: true })).rejects.toThrow(/"bge-small-en-v1\.5-fp32" is not on this machine/);
    const encoder = await openModel(undefined, { precision: 'q4', threads: 1 });
    await encoder.close();
    expect(encoder.files.entry.precision).toBe('int8');
  });

  it('is what the graph says where the name says nothing', async () => {
    const inside = folderWith('inside', ['onnx/model.onnx']);
    writeFileSync(join(inside, 'model.onnx'), 'a graph with DynamicQuantizeLinear in it');
    expect((await resolve(inside, { precision: 'q8' })).modelPath).toBe(join(inside, 'model.onnx'));
    expect((await resolve(inside, { precision: 'fp32' })).modelPath).toBe(join(inside, 'onnx', 'model.onnx'));
  });

  it('of 8 bits is the file for this kind of processor', () => {
    const first = (kind: string): string | undefined => filesOfName('q8', kind)[2];
    expect(['AMX', 'AVX-512 VNNI', 'AVX-512', 'AVX2', 'I8MM', 'dot product'].map(first)).toEqual([
      'onnx/model_qint8_avx512_vnni.onnx',
      'onnx/model_qint8_avx512_vnni.onnx',
      'onnx/model_qint8_avx512.onnx',
      'onnx/model_quint8_avx2.onnx',
      'onnx/model_qint8_arm64.onnx',
      'onnx/model_qint8_arm64.onnx',
    ]);
  });
});

describe('a repository with several forms', () => {
  const files = tinyRepository('owner/tiny', 500);
  for (const name of ['model', 'model_fp16', 'model_q4'])
    files[`owner/tiny/onnx/${name}.onnx`] = Buffer.concat([Buffer.from(name), randomLike(600)]);

  it.each([true, false])('gives the one that is wished, and lists what it has (it lists its files: %s)', async (lists) => {
    const hub = await startHub(files, { lists });
    servers.push(hub);
    const online = { ...env, FINETOOTH_CACHE: join(home, `cache-${lists}`), HF_ENDPOINT: hub.url };
    const pulled = await resolve('owner/tiny:q4', { env: online });
    expect(pulled).toMatchObject({
      source: 'hub',
      folder: join(online.FINETOOTH_CACHE, 'models', 'owner--tiny+q4'),
      sha256: sha256Of(files['owner/tiny/onnx/model_q4.onnx'] as Buffer),
      entry: { name: 'owner/tiny:q4', precision: 'q4', files: { model: { path: 'onnx/model_q4.onnx' } } },
    });
    expect(await resolve('owner/tiny', { env: online, precision: 'q4', offline: true })).toEqual({ ...pulled, source: 'cache' });
    const full = await resolve('owner/tiny', { env: online, precision: 'fp32' });
    expect(full.entry).toMatchObject({ name: 'owner/tiny:fp32', precision: 'fp32', files: { model: { path: 'onnx/model.onnx' } } });
    const missing = lists
      ? 'it has int8 (onnx/model_quantized.onnx), fp32 (onnx/model.onnx), fp16 (onnx/model_fp16.onnx), q4 (onnx/model_q4.onnx). Name one'
      : 'looked for onnx/model_bnb4.onnx, model_bnb4.onnx. Leave';
    await expect(resolve('owner/tiny:bnb4', { env: online })).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      message: expect.stringContaining(missing),
    });
    const names = (await listModels({ env: online }))
      .filter(({ name }) => name.startsWith('owner/'))
      .map(({ name, precision }) => [name, precision]);
    expect(names).toEqual([
      ['owner/tiny:fp32', 'fp32'],
      ['owner/tiny:q4', 'q4'],
    ]);
  });

  it('gives a model of the catalog in another form, with what the catalog says of it', async () => {
    const weights = Buffer.concat([Buffer.from('model_q4'), randomLike(700)]);
    const hub = await startHub(
      {
        'Xenova/all-MiniLM-L6-v2/tokenizer.json': Buffer.from('{"version": "1.0"}'),
        'Xenova/all-MiniLM-L6-v2/onnx/model_q4.onnx': weights,
      },
      { lists: true },
    );
    servers.push(hub);
    const online = { ...env, FINETOOTH_CACHE: join(home, 'cache-catalog'), HF_ENDPOINT: hub.url };
    const plain = (await resolve('all-minilm-l6-v2', { env: online }).catch(() => undefined))?.entry;
    expect(plain).toBeUndefined();
    const pulled = await resolve('all-minilm-l6-v2', { env: online, precision: 'q4' });
    expect(pulled).toMatchObject({
      sha256: sha256Of(weights),
      entry: { name: 'all-minilm-l6-v2:q4', precision: 'q4', pooling: 'mean', dimensions: 384 },
    });
    expect((await resolve('all-minilm-l6-v2:q4', { env: online, offline: true })).sha256).toBe(pulled.sha256);
    expect((await listModels({ env: online })).find(({ name }) => name === 'all-minilm-l6-v2:q4')).toMatchObject({
      precision: 'q4',
      source: 'cache',
    });
  });
});

describe('without a word on the form', () => {
  it('measures once which the processor runs best, remembers it and says so once', async () => {
    const folder = folderWith('choice', ['model.onnx', 'onnx/model_quantized.onnx', 'onnx/model_fp16.onnx']);
    const cache = join(home, 'cache-choice');
    const heard: PrecisionChosen[] = [];
    const choose = () => resolve(folder, { cacheFolder: cache, onPrecision: (chosen) => heard.push(chosen) });
    const [first, same] = [await choose(), await choose()];
    expect(same).toEqual(first);
    expect(heard).toHaveLength(1);
    const [{ precision, milliseconds }] = heard as [PrecisionChosen];
    expect(precision).toBe(bestOf(milliseconds));
    expect(first.entry.precision).toBe(precision);
    expect(first.entry.name).toBe(folder);
    const book = join(cache, 'precision.json');
    const kept = JSON.parse(readFileSync(book, 'utf8')) as { readonly chosen: Record<string, { precision: Precision }> };
    const [[key, chosen]] = Object.entries(kept.chosen) as [[string, { precision: Precision }]];
    expect(key).toMatch(/ \| native 1\.\d+\.\d+ \| fp16 fp32 int8 \| .*model\.onnx \d+, onnx\/model_quantized\.onnx \d+/);
    // What is remembered decides, not a second measurement; damaged or deleted, it is measured again.
    chosen.precision = precision === 'fp16' ? 'fp32' : 'fp16';
    writeFileSync(book, JSON.stringify(kept));
    expect([(await choose()).entry.precision, heard.length]).toEqual([chosen.precision, 1]);
    marked(join(folder, 'onnx', 'model_fp16.onnx'), 'another');
    await choose();
    expect(heard).toHaveLength(2);
    writeFileSync(book, '{"version": 1, "chosen": {"a": ');
    await choose();
    expect(Object.keys((JSON.parse(readFileSync(book, 'utf8')) as typeof kept).chosen)).toHaveLength(1);
  });

  it('measures nothing where there is one form, and asks no processor where another device is meant', async () => {
    const heard: PrecisionChosen[] = [];
    const options = { cacheFolder: join(home, 'cache-one'), onPrecision: (chosen: PrecisionChosen) => void heard.push(chosen) };
    const one = folderWith('one', ['onnx/model_q4.onnx']);
    expect((await resolve(one, options)).entry.precision).toBe('q4');
    const several = folderWith('several', ['onnx/model.onnx', 'onnx/model_quantized.onnx']);
    expect((await resolve(several, { ...options, device: 'cuda' })).entry.precision).toBe('fp32');
    expect(heard).toEqual([]);
  });

  it('prefers what is more precise where another is hardly faster', () => {
    expect(bestOf({ fp32: 10, int8: 9.5 })).toBe('fp32');
    expect(bestOf({ fp32: 10, int8: 3, q4: 2.5 })).toBe('int8');
    expect(bestOf({ fp32: 10, fp16: 12, q4: 5 })).toBe('q4');
    expect(bestOf({})).toBeUndefined();
  });

  it('knows graphs of each form that a runtime takes', async () => {
    const runtime = await openRuntime('native');
    const x = new runtime.Tensor(
      'float32',
      Float32Array.from({ length: 4 * 64 }, (_, i) => (i % 5) / 5),
      [4, 64],
    );
    for (const form of ['fp32', 'fp16', 'int8', 'q4', 'q4f16', 'bnb4'] as const) {
      const session = await runtime.createSession(probeGraph(form, 4, 64), 1);
      const { y } = await session.run({ x });
      expect([form, y?.dims, (y?.data as Float32Array).every(Number.isFinite)]).toEqual([form, [4, 64], true]);
      await session.release();
    }
  });
});

it('an index keeps the form that it was made with, and is not searched with another', async () => {
  const folder = folderWith('indexed', ['model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_q4.onnx']);
  const where = join(home, 'index');
  const models = { cacheFolder: join(home, 'cache-index'), threads: 1 };
  const made = await openIndex(where, { create: true, embedder: folder, reranker: null, models: { ...models, precision: 'q4' } });
  await made.add([{ id: 'a', text: 'bats hunt by echo' }]);
  await made.close();
  expect(readFileSync(join(where, 'finetooth.json'), 'utf8')).toMatch(/@q4:[0-9a-f]{12}:/);
  for (const precision of [undefined, 'auto', 'fp16'] as const) {
    const again = await openIndex(where, { reranker: null, models: { ...models, precision } });
    expect((await search(again, 'bats', { top: 1 })).results.map(({ id }) => id)).toEqual(['a']);
    await again.close();
  }
  await expect(openIndex(where, { embedder: folder, reranker: null, models: { ...models, precision: 'fp16' } })).rejects.toMatchObject({
    code: 'E_FINGERPRINT',
  });
});

/** Bytes that look like weights, the same ones each time. */
function randomLike(count: number): Buffer {
  let seed = count;
  return Buffer.from(Array.from({ length: count }, () => (seed = (seed * 16807) % 2147483647) % 251));
}
