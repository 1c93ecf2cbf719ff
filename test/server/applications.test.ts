/** What applications send as they are: settings kept as texts, base URLs put together by hand, pages, containers, packed bodies, documents of several kinds. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeys } from '../../src/server/auth/keys.ts';
import { ask, fakeApp } from './fake.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await fakeApp({ originRules: { host: '127.0.0.1', origins: ['https://page.example'] } });
});
afterAll(() => app.close());

const documents = ['one', 'the longest of them', 'middle one'];
const indexesOf = (body: unknown): readonly number[] =>
  ((body as { results?: { index: number }[]; data?: { index: number }[] }).results ?? (body as { data: { index: number }[] }).data).map(
    ({ index }) => index,
  );

describe('settings that an application keeps as texts', () => {
  it.each([
    ['/v1/rerank', { return_documents: 'true', return_len: 'true', top_n: '2' }],
    ['/v1/rerank', { return_documents: 'False', top_n: '2.0' }],
    ['/v1/rerank', { return_documents: 0, top_n: ' 2 ', model: '' }],
    ['/v1/rerank', { return_documents: 'yes', top_n: 2.0, model: null }],
    ['/cohere/v1/rerank', { return_documents: '1', top_n: '2' }],
    ['/v2/rerank', { top_n: '2', max_tokens_per_doc: '100', model: '  ' }],
    ['/jina/v1/rerank', { top_n: '2', return_documents: 'off' }],
    ['/together/v1/rerank', { top_n: '2', return_documents: 'n' }],
    ['/infinity/rerank', { top_n: '2', raw_scores: 'false' }],
    ['/vllm/rerank', { top_n: '2', truncate_prompt_tokens: '-1', use_activation: 'true' }],
    ['/rerank', { top_n: '2' }],
    ['/voyage/v1/rerank', { top_k: '2', truncation: 'true' }],
    ['/pinecone/rerank', { top_n: '2', return_documents: 'f' }],
    ['/api/rerank', { top_n: '2' }],
  ])('%s takes %j', async (path, more) => {
    const { status, body } = await ask(app, path, { query: 'q', documents, ...more });
    expect([status, indexesOf(body)]).toEqual([200, [1, 2]]);
  });

  it.each([
    ['top_n', 'two', 'top_n: a whole number; got "two"'],
    ['top_n', -1, 'top_n: a whole number of at least 0; got -1'],
    ['top_n', 1.5, 'top_n: a whole number; got 1.5'],
    ['return_documents', 'maybe', 'return_documents: true or false; got "maybe"'],
    ['return_documents', 2, 'return_documents: true or false; got 2'],
    ['documents', ['a', null], 'documents.1: a text or an object; got null'],
    ['documents', ['a', 'b', 7], 'documents.2: a text or an object; got 7'],
    ['documents', ['a', ['b']], 'documents.1: a text or an object; got a list'],
    ['documents', 7, 'documents: a text or a list; got 7'],
    ['documents', undefined, 'documents: a text or a list; got nothing'],
    ['query', undefined, 'query: a text or an object; got nothing'],
    ['query', ['a'], 'query: a text or an object; got a list'],
    ['rank_fields', ['a', 1], 'rank_fields.1: a text; got 1'],
    ['rank_fields', 'a', 'rank_fields: a list; got "a"'],
  ])('but not everything: %s of %j', async (key, value, message) => {
    const { status, body } = await ask(app, '/v1/rerank', { query: 'q', documents, [key]: value });
    expect([status, (body as { message: string }).message]).toEqual([400, message]);
  });

  it.each([
    ['/v1/embeddings', { input: ['a', null] }, 'input.1: a text or a list of token numbers; got null'],
    ['/v1/embeddings', {}, 'input: a text or a list of token numbers or a list; got nothing'],
    [
      '/v1/embeddings',
      { input: 'a', encoding_format: 'hex' },
      'encoding_format: one of float, float16, base64, int8, uint8, binary, ubinary',
    ],
    ['/v1/embeddings', { input: 'a', input_type: 'bogus' }, 'input_type: query, document, or a vendor'],
    [
      '/v1/embeddings',
      { input: 'a', input_type: 'query', task: 'retrieval.passage' },
      'input_type says that these are query texts, and task',
    ],
    ['/embed', { inputs: 'a', prompt_name: 'bogus' }, 'prompt_name: query, document, or a vendor'],
    ['/embed', { inputs: [1] }, 'inputs.0: a text; got 1'],
    ['/predict', { inputs: 'a' }, 'inputs.0: a list of two texts, query and document'],
    ['/score', { text_1: ['a', 'b'], text_2: ['c', 'd', 'e'] }, 'got 2 queries and 3 texts'],
    ['/v1/embeddings', { input: [[100_256]] }, 'tokens of cl100k_base, or text; 100256 is none of them'],
  ])('%s with %j says which field, where, and what was got', async (path, sent, message) => {
    const { status, body } = await ask(app, path, sent);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(JSON.stringify(body)).toContain(message.replaceAll('"', '\\"'));
  });
});

describe('a base URL with a slash or a version too many', () => {
  it.each([
    ['//v1/rerank'],
    ['/v1//rerank'],
    ['///v1///rerank//'],
    ['/v1/v1/rerank'],
    ['/v1/v2/rerank'],
    ['/v2/v1/rerank'],
    ['/v1/v1/v1/rerank?api-version=1'],
    ['/cohere/v1/v2/rerank'],
    ['/cohere/v2/v1/rerank/'],
    ['/jina/v1/v1/rerank'],
  ])('%s', async (path) => {
    const { status, body } = await ask(app, path, { model: 'default', query: 'q', documents });
    expect([status, indexesOf(body)]).toEqual([200, [1, 2, 0]]);
  });

  it.each([
    '/v1/v1/embeddings',
    '//embeddings',
    '/openai/v1/v1/embeddings',
    '/openai/deployments/default//embeddings',
  ])('%s', async (path) => {
    expect((await ask(app, path, { input: 'a' })).status).toBe(200);
  });

  it('in the absolute form, as proxies are asked, is the same', async () => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify({ query: 'q', documents });
    socket.end(
      `POST http://127.0.0.1:${port}//v1/rerank HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('leads nowhere else', async () => {
    for (const path of ['/v1/v9/rerank', '/v3/rerank', '/v1/rerank/v1', '/v1/v1', '//'])
      expect([path, (await ask(app, path, { query: 'q', documents })).status >= 400]).toEqual([path, true]);
    const bad = await app.inject({ method: 'POST', url: '/v1/%zz', headers: { host: '127.0.0.1' }, payload: '{}' });
    expect([bad.statusCode, (bad.json() as { error: { type: string } }).error.type]).toEqual([400, 'invalid_request_error']);
  });
});

describe('a body', () => {
  const sent = Buffer.from(JSON.stringify({ query: 'q', documents }));
  const post = (payload: Buffer, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/v1/rerank', headers: { host: '127.0.0.1', ...headers }, payload });

  it.each([
    ['gzip', gzipSync(sent)],
    ['x-gzip', gzipSync(sent)],
    ['GZIP', gzipSync(sent)],
    ['deflate', deflateSync(sent)],
    ['br', brotliCompressSync(sent)],
    ['gzip, br', brotliCompressSync(gzipSync(sent))],
    ['identity', sent],
    ['', sent],
  ])('packed with %j is read', async (coding, payload) => {
    const answer = await post(payload, { 'content-encoding': coding });
    expect([answer.statusCode, indexesOf(answer.json())]).toEqual([200, [1, 2, 0]]);
  });

  it('that is not what it says, or unpacks to more than may come in, is refused', async () => {
    for (const payload of [Buffer.from('no gzip'), gzipSync(sent).subarray(0, 20)]) {
      const answer = await post(payload, { 'content-encoding': 'gzip' });
      expect([answer.statusCode, (answer.json() as { message: string }).message]).toEqual([
        400,
        'the body is not packed with gzip, as its content-encoding says',
      ]);
    }
    const bomb = gzipSync(Buffer.alloc(64_000_000, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    expect((await post(bomb, { 'content-encoding': 'gzip' })).statusCode).toBe(413);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    '',
    ';;;',
    'application/json; charset=latin1',
  ])('of type %j is JSON', async (type) => {
    expect((await post(sent, { 'content-type': type })).statusCode).toBe(200);
  });
});

describe('objects', () => {
  const ranked = async (path: string, sent: readonly unknown[], more: object = {}) => {
    const { status, body } = await ask(app, path, { model: 'default', query: 'q', documents: sent, ...more });
    return status === 200 ? indexesOf(body) : [status, JSON.stringify(body)];
  };

  it('are read whole where nothing is named: numbers, lists and objects too', async () => {
    for (const path of ['/together/v1/rerank', '/v1/rerank', '/rerank']) {
      expect(await ranked(path, [{ title: 'a' }, { title: 'a', year: 1_999_999 }])).toEqual([1, 0]);
      expect(
        await ranked(path, [
          { title: 'a', tags: ['b'] },
          { title: 'a', tags: ['bats', 'birds'] },
        ]),
      ).toEqual([1, 0]);
      expect(
        await ranked(path, [
          { title: 'a', by: { name: 'b' } },
          { title: 'a', by: { name: 'somebody' } },
        ]),
      ).toEqual([1, 0]);
      expect(await ranked(path, [{ year: 1 }, { year: 1999 }])).toEqual([1, 0]);
    }
    // Together's own API reads what stands beside `text` as well.
    expect(await ranked('/together/v1/rerank', [{ text: 'aa' }, { text: 'a', title: 'a longer one' }])).toEqual([1, 0]);
    expect(await ranked('/v1/rerank', [{ text: 'aa' }, { text: 'a', title: 'a longer one' }])).toEqual([0, 1]);
  });

  it('as messages have them are read by their texts', async () => {
    const part = (text: string) => ({ type: 'text', text });
    const sent = [{ content: [part('short')] }, { content: [part('one'), part('and another')] }];
    for (const path of ['/v1/rerank', '/together/v1/rerank', '/vllm/rerank', '/rerank', '/api/rerank'])
      expect(await ranked(path, sent)).toEqual([1, 0]);
    const { body } = await ask(app, '/vllm/rerank', { query: { content: [part('q')] }, documents: { content: [part('a'), part('bcd')] } });
    expect(indexesOf(body)).toEqual([1, 0]);
  });

  it.each([
    [[{ image: 'https://x/y.png' }], 'document at index 0 holds \\"image\\" alone'],
    [['a', { url: 'https://x/z.png' }], 'document at index 1 holds \\"url\\" alone'],
    [['a', {}], 'document at index 1 holds no text'],
    [['a', { text: null }], 'document at index 1 holds no text'],
    [['a', { text: ' ' }], 'document at index 1 holds no text'],
    [[{ content: [{ type: 'image_url', image_url: { url: 'x' } }] }], 'document at index 0 holds \\"image_url\\"'],
    [
      [
        {
          content: [
            { type: 'text', text: 'a' },
            { type: 'input_audio', input_audio: {} },
          ],
        },
      ],
      'document at index 0 holds \\"input_audio\\"',
    ],
  ])('without a text are refused, and which: %j', async (sent, message) => {
    expect(await ranked('/v1/rerank', sent)).toEqual([400, expect.stringContaining(message)]);
    if (sent.every((one) => typeof one === 'object'))
      expect(await ranked('/together/v1/rerank', sent)).toEqual([400, expect.stringContaining(message)]);
  });

  it('that lack what was named are refused', async () => {
    const sent = [{ title: 'a', text: 'b' }, { title: 'c' }];
    for (const path of ['/v1/rerank', '/together/v1/rerank'])
      expect(await ranked(path, sent, { rank_fields: ['text'] })).toEqual([
        400,
        expect.stringContaining('document at index 1 has no text in text'),
      ]);
  });
});

describe('one path, two APIs', () => {
  it.each([
    ['/rerank', { query: 'q', texts: documents }, 'list'],
    ['/v1/rerank', { query: 'q', texts: documents }, 'list'],
    ['/reranking', { query: 'q', texts: documents }, 'list'],
    ['/', { query: 'q', texts: documents }, 'list'],
    ['/invocations', { query: 'q', texts: documents }, 'list'],
    ['/rerank', { query: 'q', documents }, 'id,model,usage,results'],
    ['/rerank', { query: 'q', documents: documents.map((text) => ({ text })) }, 'object,id,model,results,usage,meta'],
    ['/reranking', { query: 'q', documents }, 'object,id,model,results,usage,meta'],
    ['/v1/reranking', { query: 'q', documents }, 'object,id,model,results,usage,meta'],
    ['/v1/reranking', { query: 'q', input: documents }, 'usage,model,data,object,top_k,return_input'],
    ['/', { inputs: 'a' }, 'list'],
    ['/', { inputs: { source_sentence: 'a', sentences: ['b'] } }, 'list'],
    ['/', { inputs: [['q', 'a']] }, 'list'],
  ])('%s with %j', async (path, sent, keys) => {
    const { status, body } = await ask(app, path, sent);
    expect([status, Array.isArray(body) ? 'list' : Object.keys(body as object).join()]).toEqual([200, keys]);
  });

  it('Pinecone’s client says itself who it is', async () => {
    const { body } = await ask(app, '/rerank', { query: 'q', documents: [{ text: 'a' }] }, { 'x-pinecone-api-version': '2025-10' });
    expect(Object.keys(body as object)).toEqual(['model', 'data', 'usage']);
  });
});

describe('a page', () => {
  const preflight = (origin: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'OPTIONS',
      url: '/v1/embeddings',
      headers: { host: '127.0.0.1', origin, 'access-control-request-method': 'POST', ...headers },
    });

  it.each(['https://page.example', 'app://obsidian.md'])('of %s is told that it may send what its client wants to', async (origin) => {
    const wanted = 'authorization,content-type,x-stainless-os,x-stainless-retry-count,api-key';
    const { statusCode, headers } = await preflight(origin, {
      'access-control-request-headers': wanted,
      'access-control-request-private-network': 'true',
    });
    expect(statusCode).toBe(204);
    expect(headers['access-control-allow-origin']).toBe(origin);
    expect(String(headers['access-control-allow-headers']).split(', ')).toEqual(expect.arrayContaining(wanted.split(',')));
    expect(headers['access-control-allow-private-network']).toBe('true');
    const answer = await ask(app, '/v1/embeddings', { input: 'a' }, { origin });
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    for (const name of ['x-finetooth-cut', 'x-finetooth-ignored', 'retry-after', 'x-request-id'])
      expect(answer.headers['access-control-expose-headers']).toContain(name);
  });

  it('of another is told nothing', async () => {
    const { statusCode, headers } = await preflight('https://evil.example', { 'access-control-request-headers': 'authorization' });
    expect([statusCode, headers['access-control-allow-origin'], headers['access-control-allow-headers']]).toEqual([
      403,
      undefined,
      undefined,
    ]);
    expect((await ask(app, '/v1/embeddings', { input: 'a' }, { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('cannot make the server say what is no header', async () => {
    const { headers } = await preflight('https://page.example', { 'access-control-request-headers': 'x-ok, x bad, <b>, x-also' });
    expect(headers['access-control-allow-headers']).toMatch(/x-ok, x-also$/);
  });
});

it('a missing key is told with what would open, and looked for in every header', async () => {
  const keyed = await fakeApp({ keys: readKeys('a-key-of-some-length', 'keys') });
  try {
    const refused = await ask(keyed, '/v1/embeddings', { input: 'a' });
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const sent: readonly Record<string, string>[] = [
      { authorization: '', 'x-api-key': 'a-key-of-some-length' },
      { authorization: 'Bearer ', 'api-key': 'a-key-of-some-length' },
    ];
    for (const headers of sent) expect((await ask(keyed, '/v1/embeddings', { input: 'a' }, headers)).status).toBe(200);
    const cluster = await keyed.inject({ url: '/v1/cluster/auth', headers: { host: '127.0.0.1' } });
    expect(cluster.json()).toEqual({ auth: true });
  } finally {
    await keyed.close();
  }
});

it('a body that is too large is refused with an answer that its sender can read, while it is still sending', async () => {
  const small = await fakeApp({ limits: { bodyBytes: 100_000 } });
  try {
    const url = await small.listen({ host: '127.0.0.1', port: 0 });
    const body = JSON.stringify({ query: 'a', documents: ['x'.repeat(20_000_000)] });
    for (let i = 0; i < 4; i++) {
      const answer = await fetch(`${url}/v1/rerank`, { method: 'POST', body });
      expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
        413,
        'the body is larger than 100000 bytes',
      ]);
    }
  } finally {
    await small.close();
  }
});
