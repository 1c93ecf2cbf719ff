import { mkdtempSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../../src/server/listen.ts';

let server: Server;
const sockets: Socket[] = [];
const post = async (path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(server.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const open = (text: string): Socket => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(text.replaceAll('\n', '\r\n'));
  sockets.push(socket);
  return socket;
};
const answerOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('close', () => resolve(text));
  });
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const upload = (name: string): string =>
  `POST /v1/indexes/${name}/documents HTTP/1.1\nHost: localhost\nConnection: close\nTransfer-Encoding: chunked\n\n`;
const documentsIn = async (name: string): Promise<number> =>
  ((await (await fetch(`${server.url}/v1/indexes/${name}`)).json()) as { documents: number }).documents;

beforeAll(async () => {
  server = await serve({
    port: 0,
    version: '0',
    indexesFolder: mkdtempSync(join(tmpdir(), 'finetooth-hostile-')),
    answerMs: 700,
    quietMs: 50,
    readingBytes: 40_000_000,
  });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => server.close(1000));

/** Every path that takes JSON or lines of it. The bytes of files are whatever they are: files.test.ts. */
const postPaths = async (): Promise<readonly string[]> => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, { post?: unknown }> };
  return Object.keys(paths)
    .filter((path) => paths[path]?.post !== undefined && !/^\/v1\/(files\/|indexes\/\{name\}\/files$)/.test(path))
    .map((path) => path.replace('{name}', 'any'));
};

describe('a body that is more than it may be', () => {
  const names = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}`;
  it.each([
    [
      'nested a hundred thousand levels deep',
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      / is nested more than (32|512) levels deep/,
    ],
    ['of lists alone', '['.repeat(100_000), / is nested more than (32|512) levels deep/],
    ['an object of many names', names(20_000), / holds an object of more than 10000 names/],
    [
      'a document of many names',
      `{"model":"default","query":"q","documents":[${names(20_000)}]}`,
      / holds an object of more than 10000 names/,
    ],
    ['a list of many values', `{"query":"q","documents":[${'[],'.repeat(300_000)}[]]}`, / holds more than 100000 values/],
  ])('is refused at every path: %s', async (_, body, reason) => {
    await post('/v1/indexes', { name: 'any', fields: ['text'] });
    const paths = await postPaths();
    expect(paths.length).toBeGreaterThan(30);
    for (const path of paths) {
      const { status, body: told } = await post(path, body);
      expect([path, status]).toEqual([
        path,
        path === '/v1/indexes/any/documents' ? 422 : expect.toSatisfy((one) => one === 413 || one === 422),
      ]);
      expect(JSON.stringify(told)).toMatch(reason);
    }
  });

  it('is refused where it names more than it may', async () => {
    await post('/v1/indexes', { name: 'any', fields: ['text'] });
    const many = Array.from({ length: 101 }, (_, i) => `f${i}`);
    const search = { index: 'any', query: 'bats' };
    expect((await post('/v1/search', { ...search, rank_fields: many })).status).toBe(400);
    expect((await post('/v1/search', { ...search, reranker: Array.from({ length: 9 }, () => 'default') })).status).toBe(400);
    expect(await post('/v1/search', { ...search, query: 'x'.repeat(100_001) })).toMatchObject({
      status: 413,
      body: { message: 'a query may have 100000 characters; got 100001' },
    });
    expect((await post('/v1/rerank', { query: 'q', documents: [{ text: 'x' }], rank_fields: many })).status).toBe(413);
    expect((await post('/v1/indexes', { name: 'other', fields: many })).status).toBe(400);
  });
});

describe('documents', () => {
  it('are read as the command line reads them', async () => {
    await post('/v1/indexes', { name: 'ids', fields: ['text'] });
    const add = (line: string) => post('/v1/indexes/ids/documents', line);
    expect((await add('{"id":9007199254740992,"text":"even"}')).body).toMatchObject({ added: 1 });
    expect((await add('{"id":9007199254740993,"text":"odd"}')).body).toMatchObject({ added: 1, changed: 0 });
    expect((await add('{"id":"9007199254740993","text":"odd, as a text"}')).body).toMatchObject({ added: 0, changed: 1 });
    for (const id of ['"\\ud800"', '"\\ud801"', '1e400', '1e20'])
      expect([id, (await add(`{"id":${id},"text":"x"}`)).status]).toEqual([id, 422]);
    expect(await documentsIn('ids')).toBe(2);
    const filter = { fields: { id: 9007199254740992 } };
    const found = await post('/v1/search', { index: 'ids', query: 'even', filter });
    expect(found.body.results).toMatchObject([{ id: '9007199254740992' }]);
  });

  it('may lack a field that others have', async () => {
    await post('/v1/indexes', { name: 'fields', fields: ['title', 'overview'] });
    expect(await post('/v1/indexes/fields/documents', '{"_id":"a","titel":"abc"}')).toMatchObject({
      status: 422,
      body: {
        error: { code: 'E_FIELD' },
        message: expect.stringContaining('no document has the field "title" (did you mean "titel"?)') as string,
      },
    });
    for (const line of ['{"_id":"a","title":"abc"}', '{"_id":"b","overview":"abc"}', '{"_id":"c"}'])
      expect((await post('/v1/indexes/fields/documents', line)).body).toMatchObject({ added: 1 });
  });

  it('that come slowly keep no other writer waiting', async () => {
    await post('/v1/indexes', { name: 'slow', fields: ['text'] });
    const slow = open(upload('slow'));
    const answer = answerOf(slow);
    slow.write(chunk('{"id":"s1","text":"slow"}\n'));
    await sleep(100);
    expect((await post('/v1/indexes/slow/documents', '{"id":"q","text":"quick"}')).body).toMatchObject({ added: 1 });
    slow.write(chunk('{"id":"s2","text":"slow"}\n'));
    expect((await post('/v1/indexes/slow/delete', { ids: ['q'] })).body).toEqual({ deleted: 1 });
    slow.write(`${chunk('{"id":"s3","text":"slow"}\n')}0\r\n\r\n`);
    expect(await answer).toContain('"added":3');
    expect(await documentsIn('slow')).toBe(3);
  });

  it('that wait for more of them are told again and again how many are safe', async () => {
    await post('/v1/indexes', { name: 'quiet', fields: ['text'] });
    const slow = open(upload('quiet').replace('Connection', 'Accept: application/x-ndjson\nConnection'));
    const answer = answerOf(slow);
    slow.write(chunk('{"id":"s1","text":"slow"}\n'));
    await sleep(500);
    slow.write(`${chunk('{"id":"s2","text":"slow"}\n')}0\r\n\r\n`);
    const text = await answer;
    expect(text.match(/\{"acknowledged":0\}\n/g)?.length).toBeGreaterThan(1);
    expect(text).toMatch(/\{"acknowledged":2\}\n[\s\S]*\{"report":\{"added":2,/);
  });

  it('that wait to be written count with all that has come', async () => {
    await post('/v1/indexes', { name: 'full', fields: ['text'] });
    const text = 'x'.repeat(15_000_000);
    // A new index looks at several documents before it writes the first: three of them are more than there is room for.
    const [first, second, third] = ['a', 'b', 'c'].map((id) => {
      const slow = open(upload('full'));
      slow.write(chunk(`{"id":"${id}","text":"${text}"}\n`));
      return answerOf(slow);
    });
    const refused = await Promise.race([first, second, third]);
    expect(refused).toMatch(/^HTTP\/1\.1 429 [\s\S]*40000000 bytes of requests are coming in already/);
    expect((await post('/v1/rerank', { query: 'x', documents: ['a', 'b'] })).status).toBe(200);
  });

  it('of an index that was deleted meanwhile are refused', async () => {
    await post('/v1/indexes', { name: 'gone', fields: ['text'] });
    const slow = open(upload('gone'));
    const answer = answerOf(slow);
    slow.write(chunk('{"id":"s1","text":"slow"}\n'));
    await sleep(100);
    expect((await fetch(`${server.url}/v1/indexes/gone`, { method: 'DELETE' })).status).toBe(200);
    slow.write('0\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 404 /);
    expect((await fetch(`${server.url}/v1/indexes/gone`)).status).toBe(404);
  });
});

describe('connections', () => {
  it('that have begun a body and do not go on keep nobody out', async () => {
    for (let i = 0; i < 40; i++) open(`POST /v1/rerank HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n1\n{\n`);
    for (let i = 0; i < 40; i++) open(`POST /v1/rerank HTTP/1.1\nHost: localhost\nContent-Length: 16000000\n\n{`);
    await sleep(200);
    expect((await post('/v1/rerank', { query: 'x', documents: ['a', 'b'] })).status).toBe(200);
  });

  it('that read nothing of what they asked for are cut off', async () => {
    await post('/v1/indexes', { name: 'large', fields: ['text'] });
    const blob = 'x'.repeat(400_000);
    const lines = Array.from({ length: 30 }, (_, i) => JSON.stringify({ id: i, text: `bats ${i}`, blob })).join('\n');
    expect((await post('/v1/indexes/large/documents', lines)).status).toBe(200);
    for (const stream of [true, false]) {
      const body = JSON.stringify({ index: 'large', query: 'bats', reranker: null, candidates: 30, top: 30, stream });
      const reader = open(`POST /v1/search HTTP/1.1\nHost: localhost\nContent-Length: ${body.length}\n\n${body}`);
      reader.pause();
      // The system's own buffers take some megabytes; then nothing moves.
      const cut = new Promise((resolve) => reader.once('close', resolve));
      await sleep(6000);
      reader.resume();
      await cut;
      expect([stream, reader.bytesRead < 12_000_000]).toEqual([stream, true]);
    }
    const whole = await post('/v1/search', { index: 'large', query: 'bats', reranker: null, candidates: 30, top: 30 });
    expect(JSON.stringify(whole.body).length).toBeGreaterThan(12_000_000);
  });

  it('with two hosts are refused, and answers are what they say they are', async () => {
    const answer = answerOf(open('GET /health HTTP/1.1\nHost: localhost\nHost: evil\nConnection: close\n\n'));
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*two Host headers/);
    await post('/v1/indexes', { name: 'any', fields: ['text'] });
    const search = JSON.stringify({ index: 'any', query: 'bats', reranker: null, stream: true });
    for (const [path, body] of [['/docs'], ['/openapi.json'], ['/health'], ['/nowhere'], ['/v1/search', search]] as const) {
      const { headers } = await fetch(server.url + path, body === undefined ? {} : { method: 'POST', body });
      const said = Object.fromEntries(headers);
      expect(said).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
      expect(said['content-security-policy']).toContain("default-src 'none'");
    }
  });
});
