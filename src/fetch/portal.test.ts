import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Handle, startServer, type TestServer } from '../../test/servers/http.ts';
import { hubHandle, sha256Of, tinyRepository } from '../../test/servers/hub.ts';
import { resolveDataset } from '../dataset/resolve.ts';
import { resolveModel } from '../model/files.ts';
import { hashFile } from './checksums.ts';
import { record } from './fetch-file.ts';

const page = '<html><body>Please log in to the wifi</body></html>';
const answering =
  (body: string | Buffer, headers: Record<string, string> = {}): Handle =>
  (_request, response) =>
    void response.writeHead(200, headers).end(body);

let home: string;
const servers: TestServer[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'finetooth-portal-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(home, { recursive: true, force: true });
});
const start = async (handle: Handle): Promise<TestServer> => {
  const server = await startServer(handle);
  servers.push(server);
  return server;
};
const env = (server: TestServer): NodeJS.ProcessEnv => ({
  HOME: home,
  FINETOOTH_CACHE: join(home, 'cache'),
  HF_ENDPOINT: server.url,
  npm_config_registry: 'http://127.0.0.1:1',
});
const pull = (server: TestServer, name = 'owner/tiny') => resolveModel(name, { env: env(server), retryPauseMs: 1 });
const kept = async (): Promise<string[]> =>
  (await readdir(join(home, 'cache'), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((one) => one.isFile())
    .map(({ name }) => name);

const repository = tinyRepository('owner/tiny');
const [weights] = Object.entries(repository).flatMap(([path, body]) => (path.endsWith('.onnx') ? [body] : [])) as [Buffer];
/** The hub, of which one file is answered by what stands between. */
const between =
  (path: string, inner: Handle): Handle =>
  (request, response, asked) =>
    (asked.endsWith(`/${path}`) ? inner : hubHandle(repository))(request, response, asked);

describe('what stands between a user and the hub', () => {
  it.each<[string, string, Handle, RegExp]>([
    ['a page, by its type', 'config.json', answering(page, { 'content-type': 'text/html; charset=utf-8' }), /a web page \(text\/html/],
    ['a page that states no type', 'config.json', answering(page), /a web page, "<html><body>Please log in/],
    ['a page with a checksum', 'config.json', answering(page, { etag: `"${sha256Of(Buffer.from(page))}"` }), /a web page/],
    ['a page in place of a setting that no repository needs', 'modules.json', answering(`\n<!DOCTYPE html>${page}`), /a web page/],
    ['a sentence in place of JSON', 'tokenizer.json', answering('Please log in.'), /no JSON, but "Please log in\."/],
    ['JSON that ends early', 'tokenizer.json', answering('{"version": "1.0", "model": {}'), /no JSON/],
    ['JSON with a hole', 'tokenizer.json', answering('{"version": , "model": {}}'), /no JSON \(/],
    ['nothing in place of JSON', 'config.json', answering(''), /no JSON/],
    ['a page in place of weights', 'onnx/model_quantized.onnx', answering(page), /a web page/],
    ['an error in place of weights', 'onnx/model_quantized.onnx', answering('{"error": "log in"}'), /text in place of weights/],
    [
      'a pointer in place of weights',
      'onnx/model_quantized.onnx',
      answering('version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n'),
      /a pointer of git-lfs/,
    ],
  ])('%s: nothing of it is kept, and the mended network is enough', async (_, path, inner, came) => {
    const server = await start(between(path, inner));
    await expect(pull(server)).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: expect.stringMatching(came),
    });
    await expect(pull(server)).rejects.toThrow(`${server.url}/owner/tiny/resolve/main/${path} did not answer with ${path}`);
    await expect(pull(server)).rejects.toThrow(/A portal or a proxy may stand between/);
    expect(await kept()).not.toContain(path.split('/').at(-1));
    expect(await kept()).not.toContainEqual(expect.stringMatching(/\.(part|etag)$/));
    expect((await pull(await start(hubHandle(repository)))).sha256).toBe(sha256Of(weights));
  });

  it('answers everything: no file of it is kept', async () => {
    const portal = await start(answering(page, { 'content-type': 'text/html' }));
    await expect(pull(portal)).rejects.toMatchObject({ code: 'E_DOWNLOAD' });
    await expect(pull(portal, 'all-minilm-l6-v2')).rejects.toThrow(/The hub: .*A portal or a proxy may stand between/);
    await expect(resolveDataset('nfcorpus', { env: env(portal), retryPauseMs: 1 })).rejects.toThrow(
      /A portal or a proxy may stand between/,
    );
    expect(await kept()).toEqual([]);
  });

  it('sends what has another checksum than it states', async () => {
    const wrong = answering('{"hidden_size": 8}', { etag: `"${'a'.repeat(64)}"` });
    await expect(pull(await start(between('config.json', wrong)))).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
    expect(await kept()).not.toContain('config.json');
  });

  it('never ends: it is stopped at what no such file has', async () => {
    let sent = 0;
    const endless: Handle = (_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1 << 20, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on('drain', more);
      more();
    };
    await expect(pull(await start(between('config.json', endless)))).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: expect.stringMatching(/config\.json sends more than 16777216 bytes, which no config\.json has/),
    });
    expect(sent).toBeLessThan(2 ** 26);
    const long = answering('{}', { 'x-linked-size': String(2 ** 40) });
    await expect(pull(await start(between('onnx/model_quantized.onnx', long)))).rejects.toThrow(/sends more than 2147483648 bytes/);
  });
});

describe('a cache that an earlier version filled with a page', () => {
  /** As it was kept: the file, and its checksum in the book. */
  const poison = async (path: string, from: string | undefined, body = page): Promise<string> => {
    const to = join(home, 'cache', path);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, body);
    if (from !== undefined) await record(to, await hashFile(to), from);
    return to;
  };

  it.each([
    ['every file', ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'modules.json', '1_Pooling/config.json', 'model.onnx']],
    ['the weights alone', ['model.onnx']],
    ['a setting alone, which the repository does not have', ['modules.json']],
  ])('is fetched again: %s', async (_, files) => {
    const hub = await start(hubHandle(repository));
    if (files.length === 1) await pull(hub);
    for (const file of files) await poison(`models/owner--tiny/${file}`, `owner/tiny/${file}@main`);
    const found = await pull(hub);
    expect(found).toMatchObject({ sha256: sha256Of(weights), entry: { dimensions: 8 } });
    const folder = dirname(found.modelPath);
    expect((await readdir(folder)).sort()).toEqual(['1_Pooling', 'checksums.json', 'config.json', 'model.onnx', 'tokenizer.json']);
    // And from then on nobody is asked.
    expect(await resolveModel('owner/tiny', { env: env(hub), offline: true })).toMatchObject({ source: 'cache' });
  });

  it('stays as it is without a network, and where the portal still stands', async () => {
    const hub = await start(hubHandle(repository));
    await pull(hub);
    const to = await poison('models/owner--tiny/config.json', 'owner/tiny/config.json@main');
    await expect(resolveModel('owner/tiny', { env: env(hub), offline: true })).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
    await expect(pull(await start(answering(page)))).rejects.toMatchObject({ code: 'E_DOWNLOAD' });
    expect(await readFile(to, 'utf8')).toBe(page);
    expect((await pull(hub)).entry).toMatchObject({ dimensions: 8 });
  });

  it('is not taken for what a person put or changed there', async () => {
    const hub = await start(hubHandle(repository));
    await pull(hub);
    const own = await poison('models/owner--tiny/config.json', undefined, '{"hidden_size": 8,');
    await expect(pull(hub)).rejects.toMatchObject({ code: 'E_INPUT_FORMAT', message: expect.stringContaining(own) });
    expect((await stat(own)).size).toBe(18);
  });

  it('holds a test collection: fetched again too', async () => {
    const packed = (value: object): Buffer => gzipSync(`${JSON.stringify(value)}\n`);
    const files = {
      'datasets/BeIR/nfcorpus/corpus.jsonl.gz': packed({ _id: 'd1', text: 'An egg.' }),
      'datasets/BeIR/nfcorpus/queries.jsonl.gz': packed({ _id: 'q1', text: 'eggs' }),
      'datasets/BeIR/nfcorpus-qrels/test.tsv': Buffer.from('query-id\tcorpus-id\tscore\nq1\td1\t2\n'),
    };
    const hub = await start(hubHandle(files));
    const options = { env: env(hub), retryPauseMs: 1 };
    await resolveDataset('nfcorpus', options);
    const to = await poison('datasets/nfcorpus/qrels/test.tsv', 'BeIR/nfcorpus-qrels/test.tsv@main');
    await resolveDataset('nfcorpus', options);
    expect(await readFile(to, 'utf8')).toMatch(/^query-id/);
  });
});
