/** Which part of a long text is read, by the models: where it is the end, and where the text is read in chunks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, serve } from '../../src/server/listen.ts';

let server: Server;
beforeAll(async () => {
  server = await serve({ port: 0, version: '0.0.0' });
});
afterAll(() => server.close(1000));

const filler = 'The committee met and talked about the budget. '.repeat(80);
const fact = 'Bats find their way in the dark by listening to the echo of their calls. '.repeat(20);
const query = 'how do bats find their way';

const post = async (path: string, body: object) => {
  const answer = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, cut: answer.headers.get('x-finetooth-cut'), body: (await answer.json()) as unknown };
};
const cosine = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);

describe('of a text that is too long', () => {
  it('the end is embedded where that is asked for, and what was left out is told', async () => {
    const embedded = async (body: object) => {
      const { status, cut, body: vectors } = await post('/embed', { inputs: [filler + fact], ...body });
      return { status, cut, vector: (vectors as number[][])[0] as number[] };
    };
    const [start, end] = [await embedded({}), await embedded({ truncation_direction: 'Left' })];
    expect([start.status, start.cut, end.status, end.cut]).toEqual([200, '1', 200, '1']);
    const about = (await post('/embed', { inputs: query })).body as number[][];
    expect(cosine(end.vector, about[0] as number[])).toBeGreaterThan(cosine(start.vector, about[0] as number[]) + 0.02);
    const cohere = (await post('/v2/embed', { texts: [filler + fact], input_type: 'search_document', truncate: 'START' })).body;
    expect((cohere as { embeddings: { float: number[][] } }).embeddings.float[0]).toEqual(end.vector);
    expect((await post('/embed', { inputs: [filler + fact], truncation_direction: 'Left', truncate: false })).status).toBe(422);
  });

  it('the end is ranked where that is asked for', async () => {
    const score = async (more: object): Promise<number> =>
      ((await post('/rerank', { query, texts: [filler + fact], model: 'ms-marco-minilm-l-12-v2', ...more })).body as { score: number }[])[0]
        ?.score as number;
    expect(await score({ truncation_direction: 'Left' })).toBeGreaterThan(0.3);
    expect(await score({})).toBeLessThan(0.1);
  });

  it('as many chunks are read as are asked for, the best one counts, and what is behind them is told', async () => {
    const asked = async (chunks: number | undefined) => {
      const { cut, body } = await post('/cohere/v1/rerank', { query, documents: [filler + fact], max_chunks_per_doc: chunks });
      return [(body as { results: { relevance_score: number }[] }).results[0]?.relevance_score as number, cut] as const;
    };
    expect(await asked(undefined)).toEqual([expect.toSatisfy((score: number) => score < 0.1), '1']);
    expect(await asked(1)).toEqual([expect.toSatisfy((score: number) => score < 0.1), '1']);
    expect(await asked(3)).toEqual([expect.toSatisfy((score: number) => score > 0.5), null]);
  });
});

describe('vectors', () => {
  it('are as long as the model made them where that is asked for', async () => {
    const [unit, raw] = [
      (await post('/embed', { inputs: 'bats' })).body,
      (await post('/embed', { inputs: 'bats', normalize: false })).body,
    ];
    const [one, other] = [(unit as number[][])[0] as number[], (raw as number[][])[0] as number[]];
    const length = Math.hypot(...other);
    expect(length).toBeGreaterThan(1.5);
    for (const [i, value] of one.entries()) expect((other[i] as number) / length).toBeCloseTo(value, 5);
  });

  it('are those of a query wherever a client says so', async () => {
    const vectorOf = async (path: string, body: object): Promise<unknown> => {
      const { body: answer } = await post(path, body);
      return (answer as { data?: { embedding: unknown }[] }).data?.[0]?.embedding ?? (answer as unknown[])[0];
    };
    const asked = await vectorOf('/voyage/v1/embeddings', { model: 'voyage-3.5', input: 'bats', input_type: 'query' });
    for (const words of [
      { input_type: 'query' },
      { input_type: 'search_query' },
      { task: 'retrieval.query' },
      { prompt_name: 'web_search_query' },
      { text_type: 'query' },
      { prompt: 'Represent this sentence for searching relevant passages:' },
    ])
      expect([words, await vectorOf('/v1/embeddings', { input: 'bats', ...words })]).toEqual([words, asked]);
    expect(await vectorOf('/embed', { inputs: 'bats', prompt_name: 's2p_query' })).toEqual(asked);
    expect(await vectorOf('/v1/embeddings', { input: 'bats', input_type: 'passage' })).not.toEqual(asked);
    expect(await vectorOf('/v1/embeddings', { input: 'bats', prompt: 'another prompt' })).not.toEqual(asked);
  });

  it('of each token and the tokens themselves are told', async () => {
    const { body: all } = await post('/embed_all', { inputs: ['bats hunt'] });
    expect((all as number[][][])[0]?.map(({ length }) => length)).toEqual([384, 384]);
    const { body: tokens } = await post('/tokenize', { inputs: 'bats hunt' });
    expect((tokens as { text: string; special: boolean }[][])[0]?.map(({ text, special }) => [text, special])).toEqual([
      ['[CLS]', true],
      ['bats', false],
      ['hunt', false],
      ['[SEP]', true],
    ]);
  });
});

it('what is served is told by task', async () => {
  const info = async (task: string) =>
    (await (await fetch(`${server.url}/info${task}`)).json()) as { model_id: string; model_type: object };
  expect(await info('?task=embedding')).toMatchObject({ model_id: 'bge-small-en-v1.5', model_type: { embedding: { pooling: 'cls' } } });
  expect(Object.keys((await info('?task=reranker')).model_type)).toEqual(['reranker']);
  expect(Object.keys((await info('')).model_type)).toEqual(['reranker', 'embedding']);
  const named = await fetch(`${server.url}/v1/models/BAAI%2Fbge-small-en-v1.5`);
  expect(await named.json()).toMatchObject({
    id: 'BAAI/bge-small-en-v1.5',
    model_type: 'embedding',
    model_ability: ['embed'],
    dimensions: 384,
  });
});
