import { randomBytes } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakOff, type Handle, sendFile, sendStatus, startServer, type TestServer } from '../../test/servers/http.ts';
import { sha256Of } from '../../test/servers/hub.ts';
import { startProxy } from '../../test/servers/proxy.ts';
import { type DownloadOptions, download } from './download.ts';
import { openHub, openHubFile, retryAfterMs } from './hub.ts';

const body = randomBytes(300_000);
const other = randomBytes(300_000);
const file = { repository: 'owner/name', revision: 'main', path: 'onnx/model.onnx' };
const etagged = (bytes: Buffer): Record<string, string> => ({
  'x-linked-etag': `"${sha256Of(bytes)}"`,
  'x-linked-size': String(bytes.length),
});

let folder: string;
let to: string;
const servers: TestServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finetooth-download-'));
  to = join(folder, 'model.onnx');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Each request gets the next of these; the last one stays. */
const start = async (...handles: Handle[]): Promise<TestServer> => {
  let count = 0;
  const server = await startServer((request, response, path) => handles[Math.min(count++, handles.length - 1)]?.(request, response, path));
  servers.push(server);
  return server;
};

const pull = async (server: TestServer, env: NodeJS.ProcessEnv = {}, more: Partial<DownloadOptions> = {}, stallMs = 2_000) => {
  const hub = await openHub({ HF_ENDPOINT: server.url, ...env }, stallMs);
  const { signal } = new AbortController();
  try {
    return await download({ to, file: file.path, open: openHubFile(hub, file), advice: 'ADVICE.', signal, pauseMs: 1, ...more });
  } finally {
    await hub.dispatcher.destroy();
  }
};

const whole: Handle = (request, response) => sendFile(request, response, body, etagged(body));
/** Promises everything, sends `count` bytes, and cuts the connection. */
const cutAfter =
  (count: number, bytes = body, headers = etagged(bytes)): Handle =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': String(bytes.length), ...headers });
    breakOff(response, bytes.subarray(0, count), `${to}.part`);
  };
const status =
  (code: number, headers: Record<string, string> = {}): Handle =>
  (_request, response) =>
    sendStatus(response, code, headers);

describe('a whole file', () => {
  it('is fetched, reported while it comes, and renamed into place', async () => {
    const server = await start(whole);
    const progress: number[] = [];
    const sha256 = await pull(server, {}, { onProgress: ({ done, total }) => progress.push(done / (total ?? 0)) });
    expect(sha256).toBe(sha256Of(body));
    expect(await readFile(to)).toEqual(body);
    expect(await readdir(folder)).toEqual(['model.onnx']);
    expect(progress.at(-1)).toBe(1);
    expect(server.seen[0]?.path).toBe('/owner/name/resolve/main/onnx/model.onnx');
  });

  it('is undefined where the hub has no such file', async () => {
    expect(await pull(await start(status(404, { 'x-error-code': 'EntryNotFound' })))).toBeUndefined();
  });

  it('of no bytes is a file too', async () => {
    const empty = Buffer.alloc(0);
    expect(await pull(await start((request, response) => sendFile(request, response, empty)))).toBe(sha256Of(empty));
  });
});

describe('refusals', () => {
  it.each([
    [401, {}, {}, /no repository owner\/name .*set HF_TOKEN/],
    [401, { 'x-error-code': 'GatedRepo' }, {}, /gated .*accept its terms.*set HF_TOKEN to a token/],
    [403, { 'x-error-code': 'GatedRepo' }, { HF_TOKEN: 'hf_x' }, /gated .*token in HF_TOKEN has no access/],
    [404, { 'x-error-code': 'RevisionNotFound' }, {}, /no revision "main"/],
    [404, { 'x-error-code': 'RepoNotFound' }, {}, /there is no repository/],
    [400, {}, {}, /status 400/],
  ])('status %i %o %o is one sentence and no retry', async (code, headers, env, message) => {
    const server = await start(status(code, headers as Record<string, string>));
    await expect(pull(server, env)).rejects.toMatchObject({ code: 'E_DOWNLOAD', message: expect.stringMatching(message) });
    expect(server.seen).toHaveLength(1);
  });

  it('gives up at once where nobody listens', async () => {
    const server = await start(whole);
    await server.close();
    await expect(pull(server)).rejects.toThrow(/cannot be reached \(ECONNREFUSED\)/);
  });

  it('asks again after status 500, twice', async () => {
    const server = await start(status(500), status(500), whole);
    expect(await pull(server)).toBe(sha256Of(body));
    expect(server.seen).toHaveLength(3);
  });

  it('gives up after five tries', async () => {
    const server = await start(status(503));
    await expect(pull(server)).rejects.toThrow(/status 503/);
    expect(server.seen).toHaveLength(5);
  });

  it('waits as long as Retry-After says', async () => {
    const server = await start(status(429, { 'retry-after': '1' }), whole);
    const before = performance.now();
    await pull(server);
    expect(performance.now() - before).toBeGreaterThan(950);
  });

  it('does not wait for an hour', async () => {
    await expect(pull(await start(status(429, { 'retry-after': '3600' }), whole))).rejects.toThrow(/status 429/);
  });

  it('reads Retry-After as seconds and as a date', () => {
    expect(retryAfterMs('3')).toBe(3_000);
    expect(retryAfterMs('Wed, 21 Oct 2015 07:28:10 GMT', Date.parse('2015-10-21T07:28:00Z'))).toBe(10_000);
    expect(retryAfterMs('soon')).toBeUndefined();
  });
});

describe('redirects', () => {
  it('are followed to another host, which never sees the token', async () => {
    const store = await start((request, response) => sendFile(request, response, body, { etag: '"of the store"' }));
    const away: Handle = (_request, response) => sendStatus(response, 302, { location: `${store.url}/blob?signed=1`, ...etagged(body) });
    const hub = await start(away);
    expect(await pull(hub, { HF_TOKEN: 'hf_secret' })).toBe(sha256Of(body));
    expect(hub.seen[0]?.headers.authorization).toBe('Bearer hf_secret');
    expect(store.seen).toHaveLength(1);
    expect(store.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('keep the token on the same host, also when relative', async () => {
    const hub = await start((request, response, path) =>
      path.startsWith('/new/') ? whole(request, response, path) : sendStatus(response, 307, { location: '/new/place' }),
    );
    await pull(hub, { HF_TOKEN: 'hf_secret' });
    expect(hub.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_secret', 'Bearer hf_secret']);
  });

  it('in a circle end', async () => {
    await expect(pull(await start(status(302, { location: '/again' })))).rejects.toThrow(/redirected more than/);
  });
});

describe('a broken connection', () => {
  it('is continued by Range', async () => {
    const server = await start(cutAfter(100_000), whole);
    expect(await pull(server)).toBe(sha256Of(body));
    expect(server.seen[1]?.headers.range).toMatch(/^bytes=\d+-$/);
    expect(await readFile(to)).toEqual(body);
  });

  it('is continued by a later process', async () => {
    const first = await start(cutAfter(100_000), status(400));
    await expect(pull(first)).rejects.toThrow(/status 400/);
    const second = await start(whole);
    expect(await pull(second)).toBe(sha256Of(body));
    expect(second.seen[0]?.headers.range).toBe('bytes=100000-');
  });

  it('is begun anew where the file changed in between', async () => {
    const server = await start(cutAfter(100_000), (request, response) => sendFile(request, response, other, etagged(other)));
    expect(await pull(server)).toBe(sha256Of(other));
    expect(await readFile(to)).toEqual(other);
    expect(server.seen).toHaveLength(3);
    expect(server.seen[2]?.headers.range).toBeUndefined();
  });

  it('is begun anew where the server does not know Range', async () => {
    const server = await start(cutAfter(100_000), (_request, response) => response.writeHead(200, etagged(body)).end(body));
    expect(await pull(server)).toBe(sha256Of(body));
    expect(await readFile(to)).toEqual(body);
  });

  it('is begun anew where the server names no version and no checksum is known', async () => {
    const server = await start(cutAfter(100_000, body, {}), (request, response) => sendFile(request, response, body));
    expect(await pull(server)).toBe(sha256Of(body));
    expect(server.seen[1]?.headers.range).toBeUndefined();
  });

  it('is begun anew where more is here than the file has', async () => {
    await writeFile(`${to}.part`, Buffer.concat([body, body]));
    await writeFile(`${to}.etag`, sha256Of(body));
    const server = await start(whole);
    expect(await pull(server)).toBe(sha256Of(body));
    expect(server.seen.map(({ headers }) => headers.range)).toEqual(['bytes=600000-', undefined]);
  });

  it('that goes silent is given up after the set time and continued', async () => {
    const silent: Handle = (_request, response) => {
      response.writeHead(200, { 'content-length': String(body.length), ...etagged(body) });
      response.write(body.subarray(0, 50_000));
    };
    const server = await start(silent, whole);
    expect(await pull(server, {}, {}, 200)).toBe(sha256Of(body));
    expect(server.seen).toHaveLength(2);
  });

  it('that never answers is given up after the set time', async () => {
    const server = await start(() => undefined, whole);
    expect(await pull(server, {}, {}, 200)).toBe(sha256Of(body));
  });

  it('stops when the caller says so and keeps what came', async () => {
    const controller = new AbortController();
    const server = await start((_request, response) => {
      response.writeHead(200, { 'content-length': String(body.length), ...etagged(body) });
      response.write(body.subarray(0, 50_000));
    });
    const pulling = pull(server, {}, { signal: controller.signal });
    pulling.catch(() => undefined);
    while (
      !(await access(`${to}.part`).then(
        () => true,
        () => false,
      ))
    )
      await sleep(10);
    controller.abort();
    await expect(pulling).rejects.toMatchObject({ code: 'E_STOPPED' });
    expect(await readdir(folder)).toContain('model.onnx.part');
  });
});

describe('checksums', () => {
  it('refuse other bytes than the catalog knows, before any byte where the hub states a checksum', async () => {
    const expected = sha256Of(other);
    const changed = {
      code: 'E_MODEL_CHANGED',
      message: expect.stringMatching(`expected sha256 ${expected}, got ${sha256Of(body)}.*ADVICE`),
    };
    await expect(pull(await start(whole), {}, { expected })).rejects.toMatchObject(changed);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuse them after the last byte where it states none, and leave nothing behind', async () => {
    const server = await start((request, response) => sendFile(request, response, body));
    await expect(pull(server, {}, { expected: sha256Of(other) })).rejects.toMatchObject({ code: 'E_MODEL_CHANGED' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuse bytes that are not what the hub itself states', async () => {
    const server = await start((request, response) => sendFile(request, response, body, etagged(other)));
    await expect(pull(server)).rejects.toMatchObject({ code: expect.stringMatching(/E_MODEL_CHANGED|E_DOWNLOAD/) });
    await expect(access(to)).rejects.toThrow();
  });

  it('heal a damaged part by fetching all of it once more', async () => {
    await writeFile(`${to}.part`, randomBytes(100_000));
    await writeFile(`${to}.etag`, sha256Of(body));
    const server = await start(whole);
    expect(await pull(server)).toBe(sha256Of(body));
    expect(server.seen.map(({ headers }) => headers.range)).toEqual(['bytes=100000-', undefined]);
  });
});

describe('settings', () => {
  it('go through an HTTP proxy, but not to hosts in NO_PROXY', async () => {
    const hub = await start(whole);
    const proxy = await startProxy();
    expect(await pull(hub, { HTTP_PROXY: proxy.url })).toBe(sha256Of(body));
    expect(proxy.targets).toHaveLength(1);
    await rm(to);
    await pull(hub, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
    expect(proxy.targets).toHaveLength(1);
    await proxy.close();
  });

  it('refuse an endpoint or a proxy that is no address', async () => {
    await expect(openHub({ HF_ENDPOINT: 'ftp://hub' })).rejects.toThrow(/HF_ENDPOINT must be an address/);
    await expect(openHub({ HTTPS_PROXY: 'not an address' })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
