import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cachedEmbedder } from '../../src/embedders.ts';
import { hosted, hostedEmbedder } from '../../src/hosted.ts';
import { openIndex, type Store } from '../../src/index.ts';
import { cached } from '../../src/rerankers.ts';
import { memoryStore } from '../../src/stores.ts';
import { workFolder } from '../finetooth.ts';
import { startServer, type TestServer } from '../servers/http.ts';

/** A server that speaks what TEI, vLLM, Infinity and their like do; its scores and vectors are those of its own model. */
const serverOf = (own: number): Promise<TestServer> =>
  startServer((request, response, path) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as { texts?: string[]; documents?: string[]; inputs?: string[]; input?: string[] };
      const texts = body.texts ?? body.documents ?? body.inputs ?? body.input ?? [];
      const vectors = texts.map(() => [Math.cos(own), Math.sin(own)]);
      const answers: readonly (readonly [RegExp, unknown])[] = [
        [/tei\/rerank$/, texts.map((_, index) => ({ index, score: own }))],
        [/rerank$/, { results: texts.map((_, index) => ({ index, relevance_score: own })) }],
        [/tei\/embed$/, vectors],
        [/api\/embed$/, { embeddings: vectors }],
        [/embeddings$/, { data: vectors.map((embedding, index) => ({ index, embedding })) }],
      ];
      const [, answer] = answers.find(([pattern]) => pattern.test(path)) ?? [];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });

describe('two addresses', () => {
  let [one, two]: TestServer[] = [];
  const closes: (() => Promise<void> | undefined)[] = [];
  beforeAll(async () => {
    [one, two] = await Promise.all([serverOf(0.25), serverOf(0.75)]);
  });
  afterAll(() => Promise.all([one?.close(), two?.close()]));
  afterEach(async () => {
    await Promise.all(closes.splice(0).map((close) => close()));
  });
  /** Options for a vendor at one of the servers; TEI's forms have paths of their own there. */
  const at = (server: TestServer | undefined, vendor: string) => ({
    baseURL: `${server?.url}${vendor === 'tei' ? '/tei' : ''}`,
    variables: {},
    deadlineMs: 2000,
    apiKey: ['together', 'jina'].includes(vendor) ? 'key' : undefined,
  });

  it.each(['tei', 'vllm', 'infinity', 'openai-compatible', 'jina'])('never share kept scores of %s', async (vendor) => {
    const kept = { at: join(workFolder(), 'scores') };
    const scores: (number | undefined)[] = [];
    for (const server of [one, two, one]) {
      const reranker = cached(hosted(`${vendor}:model`, at(server, vendor)), kept);
      closes.push(async () => reranker.close?.());
      scores.push((await reranker.score('query', [{ text: 'a text' }])).scores[0]);
    }
    expect(scores).toEqual([0.25, 0.75, 0.25]);
  });

  it.each(['tei', 'vllm', 'infinity', 'ollama', 'lmstudio', 'openai-compatible'])('never share kept vectors of %s', async (vendor) => {
    const folder = join(workFolder(), 'vectors');
    const first: (number | undefined)[] = [];
    for (const server of [one, two, one]) {
      const embedder = cachedEmbedder(await hostedEmbedder(`${vendor}:model`, { ...at(server, vendor), dimensions: 2 }), { at: folder });
      closes.push(async () => embedder.close?.());
      first.push((await embedder.embed(['a text'], 'document')).data[0]);
    }
    expect(first[0]).toBe(first[2]);
    expect(first[0]).not.toBe(first[1]);
  });

  it('have names of their own, without what may be secret; the public address has none', () => {
    const named = (name: string, baseURL?: string, variables = {}) => hosted(name, { variables, baseURL }).fingerprint;
    expect(named('tei:default')).toBe('tei:default at http://127.0.0.1:8080 in parts');
    expect(named('vllm:a', 'http://user:secret@Box.example:80/v1/?key=secret#x')).toBe('vllm:a at http://box.example/v1 in parts');
    expect(named('infinity:a', undefined, { INFINITY_BASE_URL: 'https://box.example/' })).toBe(
      'infinity:a at https://box.example in parts',
    );
    expect(named('llm:ollama:a', 'http://box.example')).toMatch(/^ollama:a at http:\/\/box\.example listwise/);
    expect(named('jina:jina-reranker-v3')).not.toMatch(/ at /);
    expect(named('jina:jina-reranker-v3', 'https://api.jina.ai/v1/')).toBe(named('jina:jina-reranker-v3'));
    expect(named('jina:jina-reranker-v3', 'https://gateway.example/jina')).toMatch(/ at https:\/\/gateway\.example\/jina /);
  });

  const build = async (store: Store, name: string, server: TestServer | undefined) => {
    const vendor = name.split(':')[0] as string;
    const models = { hosted: at(server, vendor) };
    return openIndex(store, { create: { fields: ['text'] }, embedder: name, reranker: null, models });
  };

  it('never share an index, and the refusal says how to go on', async () => {
    const store = memoryStore();
    const index = await build(store, 'tei:default', one);
    await index.add([{ text: 'a text' }]);
    await (await build(store, 'tei:default', one)).status();
    await expect(build(store, 'tei:default', two)).rejects.toMatchObject({
      code: 'E_FINGERPRINT',
      message:
        `the store holds vectors of "tei:default" at ${one?.url}/tei (2 numbers); the embedder is "tei:default" at ${two?.url}/tei. ` +
        'Behind another address that name may be another model. Give it the address that the index was made at (TEI_BASE_URL), ' +
        'or rebuild it with openIndex(folder, { create: true, embedder }) in an empty folder.',
    });
  });

  it.each([
    [
      'tei:default',
      /an earlier version, which made this index, did not write it down\. Rebuild it with openIndex\(folder, \{ create: true, embedder \}\)/,
    ],
    [
      'together:owner/model',
      /Leave the other address out \(TOGETHER_BASE_URL\), or rebuild it with openIndex\(folder, \{ create: true, embedder \}\)/,
    ],
  ])('cannot be told apart in an index of %s that names none: it is refused', async (name, message) => {
    const store = memoryStore();
    const index = await build(store, name, one);
    await index.add([{ text: 'a text' }]);
    const manifest = { ...index.manifest(), embedder: `${name}#${index.manifest()?.dimensions}` };
    const old: Store = { ...store, open: async () => manifest as Awaited<ReturnType<Store['open']>> };
    await expect(build(old, name, one)).rejects.toMatchObject({ code: 'E_FINGERPRINT', message: expect.stringMatching(message) });
  });
});
