import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReranker, rerank } from '../../src/index.ts';
import { type Server, serve } from '../../src/server/listen.ts';

const tests = join(import.meta.dirname, '..');
const reader = join(tests, 'tiny-models', 'qwen3');
const plain = join(tests, 'tiny-models', 'bert');
const embedder = join(tests, 'tiny-embedders', 'bert');
const late = join(tests, 'tiny-embedders', 'colbert');
const query = 'who captains the ferry';
const documents = ['A captain', 'Apples and butter', 'Near the lighthouse'];

let server: Server;
beforeAll(async () => {
  server = await serve({ port: 0, version: '0.0.0', modelNames: [embedder, reader, plain, late], models: { threads: 1 } });
});
afterAll(() => server.close(1000));

const post = async (path: string, body: object) => {
  const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
  return {
    status: response.status,
    ignored: response.headers.get('x-finetooth-ignored'),
    body: (await response.json()) as Record<string, unknown>,
  };
};
/** Each way to ask for a ranking, and how the answer has its scores, in the order of the documents. */
type Scores = (body: never) => readonly number[];
const inOrder = (
  results: readonly { readonly index: number; readonly relevance_score?: number; readonly score?: number }[],
): readonly number[] => results.toSorted((a, b) => a.index - b.index).map((one) => (one.relevance_score ?? one.score) as number);
const ofResults: Scores = ({ results }: { results: Parameters<typeof inOrder>[0] }) => inOrder(results);
const ofData: Scores = ({ data }: { data: Parameters<typeof inOrder>[0] }) => inOrder(data);
const doors: readonly (readonly [path: string, body: object, scores: Scores])[] = [
  ['/v1/rerank', { query, documents }, ofResults],
  ['/v1/rerank', { query, documents, top_k: 3 }, ofData],
  ['/rerank', { query, documents }, ofResults],
  ['/v1/reranks', { query, documents }, ofResults],
  ['/vllm/v1/rerank', { query, documents }, ofResults],
  ['/vllm/score', { text_1: query, text_2: documents }, ofData],
  ['/mixedbread/v1/reranking', { query, input: documents }, ofData],
  ['/api/rerank', { query, documents }, ofResults],
  ['/cohere/v2/rerank', { query, documents }, ofResults],
  ['/jina/v1/rerank', { query, documents }, ofResults],
  ['/voyage/v1/rerank', { query, documents }, ofData],
  ['/infinity/rerank', { query, documents }, ofResults],
  ['/tei/rerank', { query, texts: documents }, (body: Parameters<typeof inOrder>[0]) => inOrder(body)],
];

describe('an instruction over HTTP', () => {
  let [told, without]: (readonly number[])[] = [[], []];
  beforeAll(async () => {
    const model = await createReranker(reader, { threads: 1 });
    const scores = async (instruction?: string) => {
      const { results } = await rerank(query, documents, { model, instruction });
      return results.toSorted((a, b) => a.index - b.index).map(({ relevanceScore }) => relevanceScore);
    };
    [told, without] = [await scores('Find meals'), await scores()];
    await model.close?.();
  });
  const close = (given: readonly number[], wanted: readonly number[]): boolean =>
    given.length === 3 && given.every((score, i) => Math.abs(score - (wanted[i] as number)) < 1e-5);

  it.each(doors)('%s %j is heard by a model that reads one, and refused for one that does not', async (path, body, scoresOf) => {
    const heard = await post(path, { ...body, model: reader, instruction: 'Find meals' });
    expect([heard.status, heard.ignored]).toEqual([200, null]);
    expect(close(scoresOf(heard.body as never), told as readonly number[])).toBe(true);
    const silent = await post(path, { ...body, model: reader, instruction: ' ' });
    expect(close(scoresOf(silent.body as never), without as readonly number[])).toBe(true);
    const refused = await post(path, { ...body, model: plain, instruction: 'Find meals' });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(JSON.stringify(refused.body)).toMatch(/instruction: .*was not trained on one; leave it out/);
  });

  it("is heard in Alibaba's word and among the arguments of vLLM's template, and refused where two differ or it is no text", async () => {
    for (const more of [{ instruct: 'Find meals' }, { chat_template_kwargs: { instruction: 'Find meals' } }]) {
      const { body } = await post('/vllm/v1/rerank', { query, documents, model: reader, ...more });
      expect(close(ofResults(body as never), told as readonly number[])).toBe(true);
    }
    const both = await post('/v1/rerank', { query, documents, model: reader, instruction: 'a', instruct: 'b' });
    expect([both.status, JSON.stringify(both.body)]).toEqual([
      400,
      expect.stringContaining('instruction and instruct say different things'),
    ]);
    const list = await post('/jina/v1/rerank', { query, documents, model: reader, instruction: ['a'] });
    expect([list.status, JSON.stringify(list.body)]).toEqual([422, expect.stringContaining('instruction: a text; got a list')]);
  });

  it('is refused by every embedder, which is told by a prompt', async () => {
    for (const [path, body] of [
      ['/v1/embeddings', { input: 'whales' }],
      ['/tei/embed', { inputs: 'whales' }],
      ['/cohere/v2/embed', { texts: ['whales'], input_type: 'search_query' }],
    ] as const) {
      const { status, body: answer } = await post(path, { ...body, instruction: 'Find meals' });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer)).toMatch(/instruction: an embedder is told by words before each text/);
    }
  });
});

describe('prompts of an embedder by name over HTTP', () => {
  const golden = JSON.parse(readFileSync(join(tests, 'golden', 'embedders.json'), 'utf8')) as {
    readonly texts: readonly string[];
    readonly models: { readonly bert: Readonly<Record<string, readonly (readonly number[])[]>> };
  };
  const [text] = golden.texts;
  it.each([
    ['Clustering', 'Clustering'],
    ['clustering', 'Clustering'],
    ['query', 'query'],
    ['document', 'document'],
    // No prompt of the model: a word that vendors have for queries.
    ['search_query', 'query'],
  ])('%s is %s', async (prompt_name, wanted) => {
    const [own, other] = [
      await post('/tei/embed', { inputs: text, prompt_name }),
      await post('/v1/embeddings', { input: text, prompt_name, model: embedder, encoding_format: 'float' }),
    ];
    const vectors = [(own.body as unknown as number[][])[0], (other.body.data as { embedding: number[] }[])[0]?.embedding];
    for (const vector of vectors)
      vector?.forEach((value, i) => expect(value).toBeCloseTo(golden.models.bert[wanted]?.[0]?.[i] as number, 4));
    expect(vectors.map((vector) => vector?.length)).toEqual([16, 16]);
  });

  it('is refused where the model has none of that name, and beside words of the client', async () => {
    const none = await post('/v1/embeddings', { input: text, prompt_name: 'poems' });
    expect([none.status, JSON.stringify(none.body)]).toEqual([
      400,
      expect.stringMatching(/has the prompts .*Clustering.*; got \\"poems\\"/),
    ]);
    const both = await post('/v1/embeddings', { input: text, prompt_name: 'query', prompt: 'find: ' });
    expect([both.status, JSON.stringify(both.body)]).toEqual([400, expect.stringContaining('prompt and prompt_name: send one of them')]);
  });
});

it('a model for late interaction embeds and ranks by its name', async () => {
  const golden = JSON.parse(readFileSync(join(tests, 'golden', 'late_models.json'), 'utf8')) as {
    readonly queries: readonly string[];
    readonly documents: readonly string[];
    readonly ways: Readonly<Record<string, { readonly scores: readonly (readonly number[])[] }>>;
  };
  const asked = golden.queries[0] as string;
  const some = golden.documents.slice(0, 2);
  const { status, body } = await post('/rerank', { model: late, query: asked, documents: some });
  expect([status, body.model]).toEqual([200, late]);
  ofResults(body as never).forEach((score, i) =>
    expect(Math.abs(score - (golden.ways.expanded?.scores[0]?.[i] as number))).toBeLessThan(0.02),
  );
  const embedded = await post('/v1/embeddings', { model: late, input: 'whales', encoding_format: 'float' });
  expect([embedded.status, (embedded.body.data as { embedding: number[] }[])[0]?.embedding.length]).toEqual([200, 16]);
  const models = (await (await fetch(`${server.url}/v1/models`)).json()) as { data: { id: string; task: string }[] };
  expect(
    models.data
      .filter(({ id }) => id === late)
      .map(({ task }) => task)
      .sort(),
  ).toEqual(['embed', 'rerank']);
  const cut = await post('/v1/rerank', { model: late, query: asked, documents: some, max_tokens_per_doc: 2 });
  expect(cut.status).toBe(200);
  const wrong = await post('/v1/embeddings', { model: reader, input: 'whales' });
  expect(JSON.stringify(wrong.body)).toContain('does not embed');
});
