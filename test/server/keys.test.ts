/**
 * Nothing that a client sends is taken and then left out of account: each key of each API changes the answer, or is refused, or stands in the table of those
 * without effect, which the docs have.
 */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../src/server/answer-endpoint.ts';
import type { Dialect, Endpoint } from '../../src/server/dialects/dialect.ts';
import { dialects, forks } from '../../src/server/dialects/index.ts';
import { ask, fakeApp } from './fake.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await fakeApp();
});
afterAll(() => app.close());

/** Longer than the window of the fake models, which is 4,000 characters; no two parts of it are alike. */
const long = Array.from({ length: 1500 }, (_, i) => `w${i}`).join(' ');
const documents = [long, 'short', 'longer than that'];

/** What each endpoint needs. */
const needs: Readonly<Record<string, unknown>> = {
  query: 'why',
  documents,
  passages: documents,
  texts: documents,
  input: documents,
  inputs: documents,
  prompt: long,
};
const byPath: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/score': { text_1: 'why', text_2: documents },
  '/v2/embed': { texts: documents, input_type: 'search_document' },
  '/predict': { inputs: documents.map((text) => ['why', text]) },
  '/similarity': { inputs: { source_sentence: 'why', sentences: documents } },
};

/** A value of each key that changes the answer, and what must stand beside it for that. */
const telling: Readonly<Record<string, readonly [value: unknown, beside?: Readonly<Record<string, unknown>>]>> = {
  model: ['none'],
  query: [long],
  input: ['other'],
  inputs: [['other'], { texts: undefined }],
  documents: [['a', 'b']],
  passages: [['a', 'b']],
  texts: [['a', 'b']],
  prompt: ['Represent this: '],
  top_n: [1],
  top_k: [1],
  return_documents: [true],
  return_input: [true],
  return_text: [true],
  rank_fields: [
    ['title'],
    {
      documents: [
        { title: 'a', text: 'bcd' },
        { title: 'cde', text: 'b' },
      ],
      input: [
        { title: 'a', text: 'bcd' },
        { title: 'cde', text: 'b' },
      ],
    },
  ],
  raw_scores: [true],
  use_activation: [false],
  max_tokens_per_doc: [3],
  max_doc_length: [3],
  max_tokens_per_query: [1, { query: long }],
  max_query_length: [1, { query: long }],
  max_chunks_per_doc: [2],
  max_tokens: [3],
  truncate_prompt_tokens: [100],
  truncation: [false],
  truncate: ['NONE'],
  truncation_strategy: ['none'],
  truncation_direction: ['Left'],
  truncation_side: ['left'],
  encoding_format: ['base64'],
  output_dtype: ['int8'],
  embedding_type: ['ubinary'],
  embedding_types: [['int8']],
  dimensions: [2],
  output_dimension: [2],
  input_type: ['search_query'],
  task: ['retrieval.query'],
  task_type: ['RETRIEVAL_QUERY'],
  prompt_name: ['query'],
  text_type: ['query'],
  normalize: [false],
  normalized: [false],
  add_special_tokens: [false],
  parameters: [{ truncate: 'NONE' }],
  text_1: [''],
  text_2: [['a']],
  data_1: ['', { text_1: undefined }],
  data_2: [['a'], { text_2: undefined }],
  queries: ['', { text_1: undefined }],
  items: [['a'], { text_2: undefined }],
  modality: ['image'],
  name: ['none', { model: undefined }],
  verbose: ['x'],
  instruction: ['be strict'],
  instruct: ['be strict'],
  exact: [true],
};
/** Where the key of another path has another form. */
const tellingAt = (path: string, key: string, endpoint: Endpoint): (typeof telling)[string] | undefined => {
  if (path.endsWith('/predict') && key === 'inputs') return [[['why', 'a']]];
  if (path.endsWith('/similarity') && key === 'inputs') return [{ source_sentence: 'a', sentences: ['b'] }];
  if (path.endsWith('/score') && key === 'documents') return [['a'], { text_2: undefined }];
  // There return_documents is the default.
  if (key === 'return_documents' && /^\/(together|jina|pinecone|api)|^\/(v1\/)?(rerank|reranks|reranking)$/.test(path)) return [false];
  if (key === 'truncate' && !takes(endpoint, { truncate: 'NONE' })) return [false];
  if (key === 'input_type' && path.startsWith('/voyage')) return ['query'];
  if (key === 'parameters' && path.endsWith('/similarity')) return [{ truncate: false }];
  if (key === 'truncate_prompt_tokens' && endpoint.task === 'embed') return [2];
  if (key === 'prompt' && path === '/api/embeddings') return ['other'];
  if (key === 'inputs' && path.endsWith('/v2/embed')) return [[{ content: [{ type: 'text', text: 'other' }] }], { texts: undefined }];
  return telling[key];
};

const takes = (endpoint: Endpoint, some: Readonly<Record<string, unknown>>): boolean => {
  const schema = endpoint.body as unknown as {
    readonly shape?: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>>;
  };
  return Object.entries(some).every(([key, value]) => schema.shape?.[key]?.safeParse(value).success ?? false);
};

/** Everything of an answer but what differs from request to request. */
const toldOf = ({ status, body, headers }: Awaited<ReturnType<typeof ask>>): string =>
  JSON.stringify([
    status,
    JSON.parse(JSON.stringify(body ?? null), (key, value: unknown) =>
      ['id', 'created', 'total_duration', 'load_duration'].includes(key) && typeof value !== 'object' ? undefined : value,
    ),
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-finetooth'))),
  ]);

const doors: readonly (readonly [path: string, endpoint: Endpoint, dialect: Dialect])[] = [
  ...dialects.flatMap((dialect) => dialect.endpoints.map((endpoint) => [`${dialect.prefix}${endpoint.path}`, endpoint, dialect] as const)),
  ...forks.flatMap(({ path, branches }) => branches.map(({ endpoint, dialect }) => [path, endpoint, dialect] as const)),
];
const addressOf = (path: string): string => path.replace(':vendor', 'nvidia').replace(':model', 'default');
const bodyFor = (path: string, endpoint: Endpoint): Record<string, unknown> => {
  const own = Object.entries(byPath).find(([end]) => path.endsWith(end) && !path.startsWith('/pinecone'))?.[1];
  const keys = [...keysOf(endpoint)].filter(
    (key) => key in needs && !(key === 'prompt' && endpoint.path !== '/embeddings') && !(key === 'prompt' && path !== '/api/embeddings'),
  );
  const objects = path === '/rerank' && endpoint.path === '/v1/rerank' ? { documents: documents.map((text) => ({ text })) } : {};
  const cutting = /^\/vllm/.test(path) && endpoint.task !== 'embed' ? { truncate_prompt_tokens: -1 } : {};
  const model = path.includes(':vendor/:model') ? { model: 'default' } : {};
  const made = own ?? Object.fromEntries(keys.map((key) => [key, needs[key]]));
  const task = keysOf(endpoint).has('input_type') && !endpoint.body.safeParse(made).success ? { input_type: 'search_document' } : {};
  return { ...made, ...objects, ...cutting, ...model, ...task };
};
const headersOf = (path: string, dialect: Dialect): Record<string, string> =>
  path === '/rerank' && dialect.name === 'Pinecone' ? { 'x-pinecone-api-version': '2025-10' } : {};

describe.each(doors)('%s', (path, endpoint, dialect) => {
  const { idle = {}, refused = {} } = endpoint;
  const address = addressOf(path);
  const headers = headersOf(path, dialect);
  const base = bodyFor(path, endpoint);
  const said = async (body: object): Promise<string> => toldOf(await ask(app, address, body, headers));

  it('honours every key that it reads', async () => {
    const bare = await said(base);
    expect(bare).toMatch(/^\[200/);
    for (const key of keysOf(endpoint)) {
      if (key in idle || (path.startsWith('/tei') && key === 'model' && endpoint.task === 'embed')) continue;
      if (endpoint.body.safeParse({ ...base, [key]: ['{'] }).success && !(key in telling)) throw new Error(`${path}: no sample of ${key}`);
      const sample = tellingAt(path, key, endpoint);
      if (sample === undefined) throw new Error(`${path} reads ${key}: say what it changes`);
      const [value, beside = {}] = sample;
      const own = Object.fromEntries(Object.entries(beside).filter(([name]) => keysOf(endpoint).has(name)));
      const without = Object.keys(own).length === 0 ? bare : await said({ ...base, ...own });
      expect([key, await said({ ...base, ...own, [key]: value })]).not.toEqual([key, without]);
    }
  });

  it('refuses what it does not do, and names what changes nothing', async () => {
    const bare = await said(base);
    for (const key of Object.keys(refused)) {
      expect([key, keysOf(endpoint).has(key)]).toEqual([key, false]);
      const { status, body } = await ask(app, address, { ...base, [key]: 'yes' }, headers);
      expect([key, status >= 400 && status < 500, JSON.stringify(body)]).toEqual([key, true, expect.stringContaining(key)]);
      for (const nothing of [false, '', null, []]) expect([key, await said({ ...base, [key]: nothing })]).toEqual([key, bare]);
    }
    for (const key of Object.keys(idle)) expect([key, await said({ ...base, [key]: key === 'priority' ? 1 : 'x' })]).toEqual([key, bare]);
  });

  it('is told that scores be exact where it ranks, and tells within what they hold else', async () => {
    // TEI's main paths, which score pairs, too.
    const pairs = endpoint.path === '/predict' ? byPath['/predict'] : {};
    const asked = async (more: object, header?: string) => {
      const own = header === undefined ? headers : { ...headers, 'x-exact': header };
      const answer = await ask(app, address, { ...base, ...pairs, ...more }, own);
      return { ...answer, told: toldOf(answer), tolerance: answer.headers['x-finetooth-tolerance'] };
    };
    const [free, byHeader, byBody] = [await asked({}), await asked({}, 'true'), await asked({ exact: true })];
    if (endpoint.task !== 'rerank' && endpoint.task !== 'pairs') {
      expect([byHeader.told, byBody.headers['x-finetooth-ignored']]).toEqual([free.told, 'exact']);
      return;
    }
    expect([free.status, free.tolerance, byHeader.status, byHeader.tolerance]).toEqual([200, '0.0001', 200, undefined]);
    expect(JSON.stringify(byHeader.body)).not.toBe(JSON.stringify(free.body));
    // Together refuses every key that is not its own.
    expect(byBody.told === byHeader.told).toBe(!path.startsWith('/together'));
    expect((await asked({}, 'false')).told).toBe(free.told);
    for (const wrong of [await asked({ exact: 'perhaps' }), await asked({}, 'perhaps'), await asked({ exact: false }, 'true')])
      expect([wrong.status >= 400 && wrong.status < 500, JSON.stringify(wrong.body)]).toEqual([true, expect.stringContaining('exact')]);
  });

  it('names a key that no one has heard of', async () => {
    const { status, headers: told } = await ask(app, address, { ...base, unheard_of: 1 }, headers);
    // Together refuses it, as it does itself.
    expect(path.startsWith('/together') && endpoint.task === 'rerank' ? 'unheard_of' : told['x-finetooth-ignored']).toBe('unheard_of');
    expect(status).toBe(path === '/together/v1/rerank' ? 400 : 200);
  });
});
