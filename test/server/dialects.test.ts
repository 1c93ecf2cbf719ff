import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeys } from '../../src/server/auth/keys.ts';
import { ask, fakeApp } from './fake.ts';

/** Every wire format, key by key. The stand-in ranks the longest document first: of these, the second. */
let app: FastifyInstance;
beforeAll(async () => {
  app = await fakeApp();
});
afterAll(() => app.close());

const documents = ['one', 'the longest of them', 'middle one'];
const scores = [1 - 1 / 20, 1 - 1 / 11, 1 - 1 / 4].map(Math.fround);
/** One document that is too long. */
const LONG = ['x'.repeat(5000)];
const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const results = (beside: (index: number) => object = () => ({})) =>
  [1, 2, 0].map((index, place) => ({ index, relevance_score: scores[place], ...beside(index) }));
const textOf = (index: number) => ({ document: { text: documents[index] } });
const usage = { prompt_tokens: 21, completion_tokens: 0, total_tokens: 21 };
const meta = (version: string) => ({
  api_version: { version },
  billed_units: { search_units: 1 },
  tokens: { input_tokens: 21, output_tokens: 0 },
});

describe('rerank', () => {
  it.each<[string, object, unknown]>([
    ['/together/v1/rerank', { model: 'default' }, { object: 'rerank', id, model: 'tiny', results: results(textOf), usage }],
    [
      '/together/v1/rerank',
      { model: 'default', return_documents: false },
      { object: 'rerank', id, model: 'tiny', results: results(() => ({ document: {} })), usage },
    ],
    ['/cohere/v2/rerank', { model: 'default' }, { id, results: results(), meta: meta('2') }],
    ['/v2/rerank', { model: 'default', top_n: 1 }, { id, results: results().slice(0, 1), meta: meta('2') }],
    ['/cohere/v1/rerank', {}, { id, results: results(), meta: meta('1') }],
    ['/cohere/v1/rerank', { return_documents: true }, { id, results: results(textOf), meta: meta('1') }],
    ['/jina/v1/rerank', { model: 'default' }, { model: 'tiny', object: 'list', usage: { total_tokens: 21 }, results: results(textOf) }],
    [
      '/jina/v1/rerank',
      { model: 'default', return_documents: false },
      { model: 'tiny', object: 'list', usage: { total_tokens: 21 }, results: results() },
    ],
    [
      '/voyage/v1/rerank',
      { model: 'default', top_k: 2 },
      { object: 'list', data: results().slice(0, 2), model: 'tiny', usage: { total_tokens: 21 } },
    ],
    [
      '/voyage/v1/rerank',
      { model: 'default', return_documents: true },
      { object: 'list', data: results((index) => ({ document: documents[index] })), model: 'tiny', usage: { total_tokens: 21 } },
    ],
    [
      '/vllm/v1/rerank',
      { top_n: 0 },
      {
        id: expect.stringMatching(/^rerank-/) as string,
        model: 'tiny',
        usage: { prompt_tokens: 21, total_tokens: 21 },
        results: results((index) => ({ document: { text: documents[index], multi_modal: null } })),
      },
    ],
    [
      '/infinity/rerank',
      { model: 'default/not-specified', return_documents: true },
      {
        object: 'rerank',
        results: results((index) => ({ document: documents[index] })),
        model: 'tiny',
        usage: { prompt_tokens: 21, total_tokens: 21 },
        id: expect.stringMatching(/^infinity-/) as string,
        created: expect.any(Number) as number,
      },
    ],
    ['/v1/rerank', { model: 'default' }, { object: 'rerank', id, model: 'tiny', results: results(textOf), usage, meta: meta('1') }],
    [
      '/v1/rerank',
      { model: 'default', top_k: 1 },
      { object: 'list', data: results().slice(0, 1), model: 'tiny', usage: { total_tokens: 21 } },
    ],
  ])('%s with %j', async (path, more, expected) => {
    const answer = await ask(app, path, { query: 'a question', documents, ...more });
    expect(answer.body).toEqual(expected);
    expect(answer.status).toBe(200);
  });

  it.each(['/rerank', '/tei/rerank'])('%s in the words of TEI', async (path) => {
    const plain = await ask(app, path, { query: 'é', texts: documents });
    expect(plain.body).toEqual([1, 2, 0].map((index, place) => ({ index, score: scores[place] })));
    expect(plain.headers).toMatchObject({
      'x-compute-type': 'cpu',
      'x-compute-characters': '33',
      'x-compute-tokens': '21',
      'x-total-time': expect.stringMatching(/^\d+$/) as string,
      'x-tokenization-time': expect.stringMatching(/^\d+$/) as string,
      'x-queue-time': expect.stringMatching(/^\d+$/) as string,
      'x-inference-time': expect.stringMatching(/^\d+$/) as string,
    });
    const raw = await ask(app, path, { query: 'q', texts: documents, raw_scores: true, return_text: true });
    expect(raw.body).toEqual([1, 2, 0].map((index) => ({ index, text: documents[index], score: (documents[index] as string).length })));
  });

  it('scores pairs in their order', async () => {
    const { body } = await ask(app, '/v1/score', { text_1: 'q', text_2: documents });
    expect(body).toEqual({
      id: expect.stringMatching(/^score-/) as string,
      object: 'list',
      created: expect.any(Number) as number,
      model: 'tiny',
      data: [2, 0, 1].map((place, index) => ({ index, object: 'score', score: scores[place] })),
      usage: { prompt_tokens: 21, total_tokens: 21 },
    });
  });

  it('scores an object by its own text, whatever stands beside it', async () => {
    const whole = { title: 'Llama', text: 'short' };
    const bare = { name: 'no text at all' };
    const scoresOf = async (list: readonly object[]): Promise<ReadonlyMap<object | undefined, number>> => {
      const { body } = await ask(app, '/v1/rerank', { query: 'q', documents: list });
      const { results: found } = body as { readonly results: readonly { readonly index: number; readonly relevance_score: number }[] };
      return new Map(found.map(({ index, relevance_score }) => [list[index], relevance_score]));
    };
    const alone = [...(await scoresOf([whole])), ...(await scoresOf([bare]))];
    expect(new Map(alone)).toEqual(await scoresOf([bare, whole]));
    expect(new Map(alone)).toEqual(await scoresOf([whole, bare]));
  });

  it('takes objects where the vendor does, and gives them back in its form', async () => {
    const objects = [
      { title: 'Llama', text: 'short' },
      { title: 'Alpaca', text: 'a much longer text' },
    ];
    const together = await ask(app, '/together/v1/rerank', {
      model: 'default',
      query: 'q',
      documents: objects,
      rank_fields: ['title', 'text'],
    });
    expect(together.body).toMatchObject({
      results: [{ index: 1, document: { text: '{"title":"Alpaca","text":"a much longer text"}' } }, { index: 0 }],
    });
    const cohere = await ask(app, '/cohere/v1/rerank', { query: 'q', documents: objects, return_documents: true });
    expect(cohere.body).toMatchObject({
      results: [
        { index: 1, document: objects[1] },
        { index: 0, document: objects[0] },
      ],
    });
    const shared = await ask(app, '/v1/rerank', { query: 'q', documents: objects });
    expect(shared.body).toMatchObject({ results: [{ document: { title: 'Alpaca', text: 'a much longer text' } }, { index: 0 }] });
  });
});

describe('embeddings', () => {
  const vector = [0.6, -0.8, 0].map((value) => Math.fround(value));
  const query = [0.8, 0.6, 0].map((value) => Math.fround(value));
  const base64 = Buffer.from(new Float32Array([0.6, -0.8, 0]).buffer).toString('base64');
  const data = (embedding: unknown) => [{ object: 'embedding', index: 0, embedding }];

  it.each<[string, object, unknown]>([
    [
      '/v1/embeddings',
      { model: 'default', input: 'a' },
      { object: 'list', data: data(vector), model: 'tiny', usage: { prompt_tokens: 1, total_tokens: 1 } },
    ],
    [
      '/openai/v1/embeddings',
      { model: 'default', input: ['a'], encoding_format: 'base64' },
      { object: 'list', data: data(base64), model: 'tiny', usage: { prompt_tokens: 1, total_tokens: 1 } },
    ],
    ['/together/v1/embeddings', { model: 'default', input: 'a' }, { object: 'list', data: data(vector), model: 'tiny' }],
    [
      '/voyage/v1/embeddings',
      { model: 'default', input: 'a', input_type: 'query' },
      { object: 'list', data: data(query), model: 'tiny', usage: { total_tokens: 1 } },
    ],
    [
      '/voyage/v1/embeddings',
      { model: 'default', input: 'a', output_dtype: 'int8' },
      { object: 'list', data: data([76, -102, 0]), model: 'tiny', usage: { total_tokens: 1 } },
    ],
    [
      '/jina/v1/embeddings',
      { model: 'default', input: [{ text: 'a' }], embedding_type: ['base64', 'ubinary'] },
      { model: 'tiny', object: 'list', usage: { total_tokens: 1, prompt_tokens: 1 }, data: data({ base64, ubinary: [128] }) },
    ],
    ['/tei/embed', { inputs: 'a' }, [vector]],
    ['/embed', { inputs: ['a', 'b'] }, [vector, vector]],
    [
      '/cohere/v2/embed',
      { model: 'default', texts: ['a'], input_type: 'search_query', embedding_types: ['float', 'int8', 'binary'] },
      {
        id,
        embeddings: { float: [query], int8: [[102, 76, 0]], binary: [[64]] },
        texts: ['a'],
        meta: { api_version: { version: '2' }, billed_units: { input_tokens: 1 } },
        response_type: 'embeddings_by_type',
      },
    ],
    [
      '/cohere/v1/embed',
      { texts: ['a'] },
      {
        id,
        embeddings: [vector],
        texts: ['a'],
        meta: { api_version: { version: '1' }, billed_units: { input_tokens: 1 } },
        response_type: 'embeddings_floats',
      },
    ],
    [
      '/infinity/embeddings',
      { input: 'a' },
      {
        object: 'list',
        data: data(vector),
        model: 'tiny',
        usage: { prompt_tokens: 1, total_tokens: 1 },
        id: expect.stringMatching(/^infinity-/) as string,
        created: expect.any(Number) as number,
      },
    ],
  ])('%s with %j', async (path, body, expected) => {
    const answer = await ask(app, path, body);
    expect(answer.body).toEqual(expected);
    expect(answer.status).toBe(200);
  });
});

describe('refusals', () => {
  const shared = (message: string, type = 'invalid_request_error', param: string | null = null, code: string | null = null) => ({
    error: { message, type, param, code },
    message,
    detail: message,
    id,
  });
  it.each<[string, object, number, unknown]>([
    [
      '/cohere/v2/rerank',
      { model: 'default', documents: [] },
      400,
      { message: 'invalid request: list of documents must not be empty', id },
    ],
    [
      '/cohere/v2/rerank',
      { model: 'default', query: ' ' },
      400,
      { message: 'invalid request: query must not be empty or be only whitespace', id },
    ],
    [
      '/cohere/v1/rerank',
      { rank_fields: [] },
      400,
      { message: 'invalid request: rank_fields cannot be empty, it must either contain at least one field or be omitted', id },
    ],
    ['/cohere/v1/rerank', { documents: ['a', ''] }, 400, { message: 'invalid request: document at index 1 cannot be empty', id }],
    ['/cohere/v2/rerank', { model: 'gpt' }, 404, { message: 'the model "gpt" is not served here', id }],
    ['/voyage/v1/rerank', { model: 'gpt' }, 404, { detail: 'the model "gpt" is not served here' }],
    [
      '/voyage/v1/rerank',
      { model: 'default', documents: LONG, truncation: false },
      400,
      { detail: 'the document at index 0 is 1000 tokens too long for the model beside this query, and cutting was not allowed' },
    ],
    ['/jina/v1/rerank', { model: 'default', documents: [] }, 422, { detail: 'documents must not be empty' }],
    [
      '/together/v1/rerank',
      { model: 'default', colour: 'red' },
      400,
      { error: { message: 'Unrecognized key: "colour"', type: 'invalid_request_error', param: null, code: null } },
    ],
    [
      '/together/v1/rerank',
      { model: 'gpt' },
      404,
      {
        error: {
          message: 'the model "gpt" is not served here',
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_available',
        },
      },
    ],
    ['/tei/rerank', { texts: [] }, 400, { error: '`texts` cannot be empty', error_type: 'Empty' }],
    [
      '/vllm/rerank',
      { documents: LONG },
      400,
      {
        error: {
          message: 'the document at index 0 is 1000 tokens too long for the model beside this query, and cutting was not allowed',
          type: 'BadRequestError',
          param: 'documents',
          code: 400,
        },
      },
    ],
    [
      '/infinity/rerank',
      { documents: [] },
      422,
      { detail: [{ loc: ['body', 'documents'], msg: 'documents must not be empty', type: 'value_error' }] },
    ],
    [
      '/infinity/rerank',
      { model: 'gpt' },
      400,
      { error: { message: 'the model "gpt" is not served here', type: 'invalid_request_error', param: 'model', code: 400 } },
    ],
    [
      '/openai/v1/embeddings',
      { model: 'gpt', input: 'a' },
      404,
      { error: { message: 'the model "gpt" is not served here', type: 'invalid_request_error', param: 'model', code: 'model_not_found' } },
    ],
    ['/v1/rerank', { documents: [] }, 400, shared('documents must not be empty', 'invalid_request_error', 'documents')],
  ])('%s, case %#: refused', async (path, more, status, expected) => {
    const answer = await ask(app, path, { query: 'q', documents, ...more });
    expect([answer.status, answer.body]).toEqual([status, expected]);
  });

  it.each<[string, unknown]>([
    ['/together/v1/rerank', { error: { message: 'invalid api key', type: 'authentication_error', param: null, code: 'invalid_api_key' } }],
    ['/cohere/v2/rerank', { message: 'invalid api key', id }],
    ['/voyage/v1/rerank', { detail: 'invalid api key' }],
    ['/jina/v1/rerank', { detail: 'invalid api key' }],
    ['/tei/rerank', undefined],
    ['/infinity/rerank', { detail: 'Unauthorized' }],
    ['/vllm/rerank', { error: { message: 'invalid api key', type: 'AuthenticationError', param: null, code: 401 } }],
    [
      '/openai/v1/embeddings',
      { error: { message: 'invalid api key', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } },
    ],
    ['/nothing/there', shared('invalid api key', 'authentication_error', null, 'invalid_api_key')],
  ])('%s says that a key is wrong, before it reads anything', async (path, expected) => {
    const closed = await fakeApp({ keys: readKeys('a-key-of-sixteen-letters', 'keys') });
    const wrong = await ask(closed, path, 'no JSON', { authorization: 'Bearer a-wrong-key-of-some-length' });
    expect([wrong.status, wrong.body]).toEqual([401, expected]);
    const right = await ask(closed, path, '{}', { authorization: 'Bearer a-key-of-sixteen-letters' });
    expect(right.status).not.toBe(401);
    await closed.close();
  });

  it.each([
    ['nothing', '', 'the body is empty; send JSON'],
    ['half of JSON', '{"query": ', 'the body is not JSON: '],
    ['a list', '[]', 'an object; got '],
    ['nothing but brackets', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'nested more than 32 levels deep'],
  ])('a body of %s', async (_, body, message) => {
    const answer = await ask(app, '/cohere/v2/rerank', body);
    expect([400, 413]).toContain(answer.status);
    expect((answer.body as { message: string }).message).toContain(message);
  });

  it('a body of another encoding, and a packed one', async () => {
    const sent = { method: 'POST', url: '/voyage/v1/rerank', headers: { host: '127.0.0.1' } } as const;
    expect((await app.inject({ ...sent, payload: Buffer.from([0x7b, 0xff, 0x7d]) })).json()).toEqual({ detail: 'the body is not UTF-8' });
    const packed = await app.inject({ ...sent, headers: { host: '127.0.0.1', 'content-encoding': 'gzip' }, payload: Buffer.from('x') });
    expect(packed.json()).toEqual({ detail: 'the body is not packed with gzip, as its content-encoding says' });
    const unknown = await app.inject({ ...sent, headers: { host: '127.0.0.1', 'content-encoding': 'lzma' }, payload: Buffer.from('x') });
    expect(unknown.json()).toEqual({
      detail: 'the body is packed with lzma; send it as it is, or packed with gzip, x-gzip, deflate, br',
    });
  });
});

it('bodies that nobody reads take no room for good', async () => {
  const small = await fakeApp({ limits: { bodyBytes: 1000, readingBytes: 3000 } });
  try {
    for (let i = 0; i < 20; i++) await small.inject({ method: 'POST', url: '/v1/rerank', headers: { host: '127.0.0.1' } });
    expect((await ask(small, '/v1/rerank', { model: 'default', query: 'q', documents: ['a'] })).status).toBe(200);
  } finally {
    await small.close();
  }
});
