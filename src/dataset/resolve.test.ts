import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakOff, type Handle, startServer, type TestServer } from '../../test/servers/http.ts';
import { hubHandle, sha256Of } from '../../test/servers/hub.ts';
import { startProxy } from '../../test/servers/proxy.ts';
import { readTestSet } from '../eval/collection.ts';
import { listDatasets, pullDataset } from '../tasks/datasets.ts';
import type { DatasetOptions } from './place.ts';
import { resolveDataset } from './resolve.ts';

let home: string;
const servers: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-datasets-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(home, { recursive: true, force: true });
});

const nobody = 'http://127.0.0.1:1';
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: home,
  FINETOOTH_CACHE: join(home, 'cache'),
  HF_ENDPOINT: nobody,
  ...more,
});
const resolve = (name: string, more: DatasetOptions = {}) => resolveDataset(name, { env: env(), retryPauseMs: 1, ...more });

const corpus = gzipSync(`${JSON.stringify({ _id: 'd1', title: 'Eggs', text: 'An egg a day.' })}\n`);
const queries = gzipSync(`${JSON.stringify({ _id: 'q1', text: 'eggs' })}\n`);
/** With the line ends that the hub's files have. */
const qrels = Buffer.from('query-id\tcorpus-id\tscore\r\nq1\td1\t2\r\n');
const beir = (name: string, documents = corpus): Record<string, Buffer> => ({
  [`datasets/BeIR/${name}/corpus.jsonl.gz`]: documents,
  [`datasets/BeIR/${name}/queries.jsonl.gz`]: queries,
  [`datasets/BeIR/${name}-qrels/test.tsv`]: qrels,
});
const start = async (handle: Handle): Promise<TestServer> => {
  const server = await startServer(handle);
  servers.push(server);
  return server;
};
const hubWith = (files: Record<string, Buffer>): Promise<TestServer> => start(hubHandle(files));
const collection = async (folder: string): Promise<string> => {
  await mkdir(join(folder, 'qrels'), { recursive: true });
  await writeFile(join(folder, 'corpus.jsonl.gz'), corpus);
  await writeFile(join(folder, 'queries.jsonl.gz'), queries);
  await writeFile(join(folder, 'qrels', 'test.tsv'), qrels);
  return folder;
};

describe('a collection on the hub', () => {
  it('is fetched with its judgments, reads like any folder, and is then found without a network', async () => {
    const hub = await hubWith(beir('nfcorpus'));
    const seen = new Set<string>();
    const first = await resolve('NFCorpus', {
      env: env({ HF_ENDPOINT: hub.url, HF_TOKEN: 'secret' }),
      onProgress: ({ file, unit }) => seen.add(`${file} ${unit}`),
    });
    const folder = join(home, 'cache', 'datasets', 'nfcorpus');
    expect(first).toEqual({
      name: 'nfcorpus',
      licence: 'CC-BY-SA-4.0',
      documents: 3_633,
      queries: 323,
      judgments: 12_334,
      folder,
      source: 'hub',
      files: {
        corpus: join(folder, 'corpus.jsonl.gz'),
        queries: join(folder, 'queries.jsonl.gz'),
        qrels: join(folder, 'qrels', 'test.tsv'),
      },
    });
    expect(hub.seen.map(({ path }) => path)).toEqual([
      '/datasets/BeIR/nfcorpus-qrels/resolve/a451b3b26d3ae1358f259c1a3a4dd61fcea35a65/test.tsv',
      '/datasets/BeIR/nfcorpus/resolve/e28763e68d85db0fa71652ba3c4afabf8c5b3bb7/queries.jsonl.gz',
      '/datasets/BeIR/nfcorpus/resolve/e28763e68d85db0fa71652ba3c4afabf8c5b3bb7/corpus.jsonl.gz',
    ]);
    expect(hub.seen.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true);
    expect([...seen]).toEqual(['test.tsv bytes', 'queries.jsonl.gz bytes', 'corpus.jsonl.gz bytes']);
    const { judgments, queries: texts } = await readTestSet(folder);
    expect([judgments.get('q1')?.get('d1'), texts.get('q1')]).toEqual([2, 'eggs']);
    expect(await resolve('nfcorpus', { offline: true })).toEqual({ ...first, source: 'cache' });
    expect((await listDatasets({ env: env() })).find(({ name }) => name === 'nfcorpus')).toMatchObject({ source: 'cache', folder });
  });

  it('is fetched from a reference with slashes, through a proxy', async () => {
    const hub = await hubWith(beir('fever'));
    const proxy = await startProxy();
    servers.push(proxy);
    await resolve('fever', { env: env({ HF_ENDPOINT: hub.url, HTTP_PROXY: proxy.url }) });
    expect(hub.seen.at(-1)?.path).toBe('/datasets/BeIR/fever/resolve/refs/pr/1/corpus.jsonl.gz');
    expect(proxy.targets.length).toBeGreaterThan(0);
  });

  it('goes on where the connection broke, and keeps nothing half', async () => {
    const large = Buffer.alloc(200_000, 7);
    const whole = hubHandle(beir('nfcorpus', large));
    let broken = 0;
    const hub = await start((request, response, path) => {
      if (!path.endsWith('corpus.jsonl.gz') || broken++ > 0) return whole(request, response, path);
      response.writeHead(200, { 'content-length': String(large.length), 'x-linked-etag': `"${sha256Of(large)}"` });
      breakOff(response, large.subarray(0, 100_000), join(home, 'cache', 'datasets', 'nfcorpus', 'corpus.jsonl.gz.part'));
    });
    const { files } = await resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url }) });
    expect(await readFile(files.corpus as string)).toEqual(large);
    expect(hub.seen.at(-1)?.headers.range).toBe('bytes=100000-');
    expect((await readdir(join(home, 'cache', 'datasets', 'nfcorpus'))).sort()).toEqual([
      'checksums.json',
      'corpus.jsonl.gz',
      'qrels',
      'queries.jsonl.gz',
    ]);
  });

  it('is fetched once for two callers at once', async () => {
    const hub = await hubWith(beir('nfcorpus'));
    const both = await Promise.all([1, 2].map(() => resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url }) })));
    expect(both.map(({ folder }) => folder)).toEqual(Array(2).fill(join(home, 'cache', 'datasets', 'nfcorpus')));
    expect(hub.seen).toHaveLength(3);
  });

  it('must have the checksum of the catalog', async () => {
    const hub = await hubWith(beir('scifact'));
    await expect(resolve('scifact', { env: env({ HF_ENDPOINT: hub.url }) })).rejects.toMatchObject({
      code: 'E_DATASET_CHANGED',
      message: expect.stringMatching(/^test\.tsv is not the file .* expected sha256 0864bb.* run "finetooth datasets pull scifact" again/),
    });
    expect(await readdir(join(home, 'cache', 'datasets', 'scifact', 'qrels'))).toEqual([]);
  });

  it('must have the checksum that the hub states', async () => {
    const normal = hubHandle(beir('nfcorpus'));
    const hub = await start((request, response, path) => {
      if (!path.endsWith('corpus.jsonl.gz')) return normal(request, response, path);
      response.writeHead(200, { 'content-length': String(corpus.length), 'x-linked-etag': `"${'0'.repeat(64)}"` }).end(corpus);
    });
    await expect(resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url }) })).rejects.toMatchObject({ code: 'E_DATASET_CHANGED' });
  });

  it('may not change in silence, in the cache or on the hub', async () => {
    const hub = await hubWith(beir('nfcorpus'));
    const { files, folder } = await resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url }) });
    await appendFile(files.qrels as string, 'q1\td2\t1\r\n');
    await expect(resolve('nfcorpus')).rejects.toMatchObject({
      code: 'E_DATASET_CHANGED',
      message: expect.stringContaining(`Delete ${folder} and run "finetooth datasets pull nfcorpus".`),
    });
    await writeFile(files.qrels as string, qrels);
    await rm(files.corpus as string);
    const later = await hubWith(beir('nfcorpus', gzipSync('another')));
    await expect(resolve('nfcorpus', { env: env({ HF_ENDPOINT: later.url }) })).rejects.toMatchObject({ code: 'E_DATASET_CHANGED' });
    expect(await resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url }) })).toMatchObject({ source: 'hub' });
  });

  it.each([
    [{}, /there is no repository BeIR\/nfcorpus-qrels/],
    [{ 'datasets/BeIR/nfcorpus-qrels/README.md': qrels }, /BeIR\/nfcorpus-qrels at .* has no file test\.tsv in revision "a451b3b/],
  ])('that has not what is needed is refused, with where to copy the files: %o', async (files, message) => {
    const hub = await hubWith(files as Record<string, Buffer>);
    const error: Error = await resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url }) }).then(
      () => Promise.reject(new Error('found')),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: 'E_DOWNLOAD', message: expect.stringMatching(message) });
    expect(error.message).toContain(`to ${join(home, 'cache', 'datasets', 'nfcorpus', 'corpus.jsonl.gz')}`);
  });

  it.each([
    [{ HF_HUB_OFFLINE: '1' }, undefined, /HF_HUB_OFFLINE is set/],
    [{}, true, /the network is not to be used/],
  ])('is not asked for with %o and offline %o', async (more, offline, message) => {
    const hub = await hubWith(beir('nfcorpus'));
    await expect(resolve('nfcorpus', { env: env({ HF_ENDPOINT: hub.url, ...more }), offline })).rejects.toMatchObject({
      code: 'E_INPUT_MISSING',
      message: expect.stringMatching(message),
    });
    expect(hub.seen).toHaveLength(0);
  });
});

describe('a collection on this machine', () => {
  it('is bundled: the films, checked, without a network and where nothing can be written', async () => {
    await writeFile(join(home, 'file'), '');
    const closed = env({ FINETOOTH_CACHE: join(home, 'file', 'below'), HF_HUB_OFFLINE: '1' });
    const films = await resolve('films', { env: closed });
    expect(films).toMatchObject({ source: 'bundled', licence: 'Apache-2.0', documents: 350, queries: 40, judgments: 1_888 });
    expect((await readTestSet(films.folder)).queries.size).toBe(40);
  });

  it('is a folder of the user, under a name of the catalog or another, whatever its bytes', async () => {
    const own = join(home, 'sets');
    await collection(join(own, 'SciFact'));
    await collection(join(own, 'ours'));
    await mkdir(join(own, 'empty'));
    const variable = env({ FINETOOTH_DATASETS: own });
    expect(await resolve('scifact', { env: variable })).toMatchObject({
      name: 'scifact',
      source: 'folder',
      documents: 5_183,
      folder: join(own, 'SciFact'),
      files: { qrels: join(own, 'SciFact', 'qrels', 'test.tsv') },
    });
    const ours = await resolve('ours', { folder: own });
    expect(ours).toMatchObject({ name: 'ours', source: 'folder' });
    expect(ours).not.toHaveProperty('licence');
    await expect(resolve('empty', { folder: own })).rejects.toMatchObject({ code: 'E_DATASET_UNKNOWN' });
    const listed = await listDatasets({ env: variable });
    expect(listed.find(({ name }) => name === 'scifact')).toMatchObject({ source: 'folder', folder: join(own, 'SciFact') });
    expect(listed.at(-1)).toEqual({ name: 'ours', source: 'folder', folder: join(own, 'ours') });
  });

  it('is a path, before any name', async () => {
    const folder = await collection(join(home, 'mine'));
    const found = await resolve(folder);
    expect(found).toEqual({
      name: 'mine',
      folder,
      source: 'path',
      files: {
        corpus: join(folder, 'corpus.jsonl.gz'),
        queries: join(folder, 'queries.jsonl.gz'),
        qrels: join(folder, 'qrels', 'test.tsv'),
      },
    });
    expect(await resolve('~/mine')).toEqual(found);
    await writeFile(join(home, 'list.json'), '[]');
    expect(await resolve(join(home, 'list.json'))).toEqual({
      name: 'list.json',
      folder: join(home, 'list.json'),
      source: 'path',
      files: {},
    });
  });

  it('is not a folder that only has its name', async () => {
    const before = process.cwd();
    await mkdir(join(home, 'films'));
    process.chdir(home);
    try {
      expect((await resolve('films')).source).toBe('bundled');
      expect((await resolve('./films')).source).toBe('path');
      await collection(join(home, 'films'));
      expect((await resolve('films')).source).toBe('path');
    } finally {
      process.chdir(before);
    }
  });
});

describe('a name that is none', () => {
  it.each([
    ['scifac', 'E_DATASET_UNKNOWN', /Did you mean "scifact"\? A collection may also be a path: "\.\/folder"/],
    ['zzzzzzzz', 'E_DATASET_UNKNOWN', /See the names with "finetooth datasets list"/],
    ['', 'E_DATASET_UNKNOWN', /there is no test collection ""/],
    ['./nowhere', 'E_INPUT_MISSING', /^\.\/nowhere does not exist/],
    ['queries.json', 'E_INPUT_MISSING', /^queries\.json does not exist/],
  ])('%o is %s', async (name, code, message) => {
    await expect(resolve(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('pullDataset', () => {
  it("does not take the user's folder or a path for the cache, and hashes what is there in full", async () => {
    const own = join(home, 'sets');
    await collection(join(own, 'nfcorpus'));
    const hub = await hubWith(beir('nfcorpus'));
    const pulling = env({ HF_ENDPOINT: hub.url, FINETOOTH_DATASETS: own });
    expect(await pullDataset('nfcorpus', { env: pulling })).toMatchObject({ source: 'hub' });
    const { files } = await pullDataset('nfcorpus', { env: pulling, offline: true });
    await expect(pullDataset(join(own, 'nfcorpus'), { env: pulling })).rejects.toMatchObject({ code: 'E_DATASET_UNKNOWN' });
    const path = files.qrels as string;
    // A whole number of seconds: utimes cannot write what some file systems keep beyond it.
    await utimes(path, 1_700_000_000, 1_700_000_000);
    await resolve('nfcorpus');
    await writeFile(path, qrels.toString().replace('2', '3'));
    await utimes(path, 1_700_000_000, 1_700_000_000);
    expect((await stat(path)).size).toBe(qrels.length);
    expect(await resolve('nfcorpus')).toMatchObject({ source: 'cache' });
    await expect(pullDataset('nfcorpus', { env: pulling })).rejects.toMatchObject({ code: 'E_DATASET_CHANGED' });
  });

  it('stops when its caller says so', async () => {
    await expect(pullDataset('nfcorpus', { env: env(), signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'E_STOPPED' });
  });
});
