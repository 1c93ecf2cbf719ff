import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finetooth, workFolder } from './finetooth.ts';
import { cohere } from './vendors/protocols/cohere.ts';
import { together } from './vendors/protocols/together.ts';
import { voyage } from './vendors/protocols/voyage.ts';
import { startVendor, type VendorServer } from './vendors/server.ts';

const corpus = join(import.meta.dirname, '..', 'samples', 'films', 'corpus.jsonl');
const folder = workFolder();
const index = join(folder, 'films');
const query = 'someone keeps living the same day again';
let servers: readonly VendorServer[] = [];
let env: Record<string, string> = {};

beforeAll(async () => {
  servers = await Promise.all([startVendor(together, 768), startVendor(cohere, 384), startVendor(voyage, 1024)]);
  const variables = [together, cohere, voyage].map(({ variables: of }, at) => of((servers[at] as VendorServer).url));
  env = { ...Object.assign({}, ...variables), FINETOOTH_CACHE: join(folder, 'cache') };
  const made = await finetooth(['index', corpus, '--embedder', 'together:BAAI/bge-base-en-v1.5', '--into', index, '--json'], { env });
  expect(made.status, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({ added: 350, usage: { requests: 3 } });
});
afterAll(() => Promise.all(servers.map((server) => server.close())));
const server = (at: number): VendorServer => servers[at] as VendorServer;
const search = (...words: readonly string[]) => finetooth(['search', query, '--in', index, ...words], { env });

describe('the command line with hosted models', () => {
  it('searches an index with the embedder that made it, and reranks by name', async () => {
    const { stdout, stderr, status } = await search('--reranker', 'together:Salesforce/Llama-Rank-V1', '--json');
    expect(status, stderr).toBe(0);
    const answer = JSON.parse(stdout) as { readonly rankedBy: string; readonly usage: object; readonly results: readonly object[] };
    expect(answer.rankedBy).toMatch(/^together:Salesforce\/Llama-Rank-V1/);
    expect(answer.usage).toMatchObject({ requests: 2, unpriced: true });
    expect(answer.results).toHaveLength(5);
  });

  it('falls back, says so, and names who ranked', async () => {
    server(1).fault = '500';
    const { stdout, stderr, status } = await search('--reranker', 'cohere:rerank-v3.5', '--fallback', 'local');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('note: E_VENDOR_DOWN: cohere:rerank-v3.5 fails (500): internal error\nnote: ranked by "local" instead.');
    expect(stdout).toContain('Reranked by "local".');
    const open = await search('--reranker', 'cohere:rerank-v3.5', '--fallback', 'voyage:rerank-2.5,first-stage', '--json');
    expect(JSON.parse(open.stdout)).toMatchObject({
      rankedBy: expect.stringMatching(/^voyage:rerank-2\.5/),
      passedOver: [{ code: 'E_VENDOR_DOWN' }],
    });
    server(2).fault = 'silence';
    const first = await finetooth(
      ['rerank', query, corpus, '--reranker', 'voyage:rerank-2.5', '--fallback', 'first-stage', '--deadline', '300', '--top', '2'],
      { env },
    );
    expect(first.status, first.stderr).toBe(0);
    server(2).fault = undefined;
    const strict = await search('--reranker', 'cohere:rerank-v3.5', '--fallback', 'local', '--strict');
    expect([strict.status, strict.stderr]).toEqual([
      8,
      'E_VENDOR_DOWN: cohere:rerank-v3.5 fails (500): internal error\n4 requests to hosted models, at a price that is not known.\n',
    ]);
    server(1).fault = undefined;
  });

  it('is told what is wrong before anything is asked', async () => {
    const before = servers.map(({ seen }) => seen.length);
    const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['--reranker', 'coher:rerank-v3.5'], 5, /E_MODEL_UNKNOWN: there is no vendor "coher", did you mean "cohere"/],
      [['--strict'], 2, /E_USAGE: --strict forbids fallbacks/],
      [['--reranker', 'none', '--fallback', 'local'], 2, /E_USAGE: --fallback is for a reranker/],
      [['--budget', 'much'], 2, /E_USAGE: --budget takes an amount/],
      [['--prices', join(folder, 'nowhere.json')], 3, /E_INPUT_MISSING/],
      [['--embedder', 'cohere:embed-english-light-v3.0'], 4, /E_FINGERPRINT: .* holds vectors of "together:BAAI\/bge-base-en-v1.5"/],
    ];
    for (const [words, status, sentence] of wrong) {
      const told = await search(...words);
      expect([told.status, told.stderr]).toEqual([status, expect.stringMatching(sentence)]);
    }
    expect(servers.map(({ seen }) => seen.length)).toEqual(before);
    const missing = await finetooth(['search', query, '--in', index], { env: { ...env, TOGETHER_API_KEY: '', TOGETHER_AI_API_KEY: '' } });
    expect([missing.status, missing.stderr]).toEqual([
      8,
      expect.stringContaining('E_KEY: Together needs a key: set TOGETHER_API_KEY, or TOGETHER_API_KEY_FILE'),
    ]);
  });

  it('takes its key from a file, and shows it nowhere', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, '\n  key  \n');
    const { status, stderr } = await finetooth(['search', query, '--in', index, '--reranker', 'none'], {
      env: { ...env, TOGETHER_API_KEY: '', TOGETHER_AI_API_KEY: '', TOGETHER_API_KEY_FILE: file },
    });
    expect(status, stderr).toBe(0);
    const secret = 'sk-never-to-be-seen';
    const refused = await finetooth(['search', query, '--in', index, '--json'], { env: { ...env, TOGETHER_API_KEY: secret } });
    expect(refused.status).toBe(8);
    expect(refused.stdout + refused.stderr).not.toContain(secret);
  });

  it('keeps a budget', async () => {
    const prices = join(folder, 'prices.json');
    writeFileSync(prices, JSON.stringify({ 'together:BAAI/bge-base-en-v1.5': { tokens: 0.01 }, 'voyage:rerank-2.5': { tokens: 500 } }));
    const rich = await search('--reranker', 'voyage:rerank-2.5', '--budget', '50', '--prices', prices);
    expect(rich.status, rich.stderr).toBe(0);
    expect(rich.stderr).toMatch(/^2 requests to hosted models, about \$\d/m);
    const before = server(2).seen.length;
    const poor = await search('--reranker', 'voyage:rerank-2.5', '--budget', '0.50', '--prices', prices);
    expect([poor.status, poor.stderr]).toEqual([
      9,
      expect.stringMatching(
        /E_BUDGET: the next call to voyage:rerank-2.5 may cost \$\d.*; of the budget of \$0.5000, .* is left. Nothing was sent./,
      ),
    ]);
    expect(server(2).seen.length).toBe(before);
    writeFileSync(prices, '{"voyage:rerank-2.5": {"token": 1}}');
    expect((await search('--prices', prices)).stderr).toMatch(/E_INPUT_FORMAT: .*"voyage:rerank-2.5" has "token"/);
  });

  it('buys no vector twice where they are kept', async () => {
    const kept = join(folder, 'vectors');
    const before = server(0).seen.length;
    const words = ['search', query, '--in', index, '--reranker', 'none', '--vector-cache', kept, '--json'];
    const [first, second] = [await finetooth(words, { env }), await finetooth(words, { env })];
    expect([first.status, second.status]).toEqual([0, 0]);
    expect(server(0).seen.length - before).toBe(1);
    const resultsOf = (stdout: string): unknown => (JSON.parse(stdout) as { readonly results: unknown }).results;
    expect(resultsOf(second.stdout)).toEqual(resultsOf(first.stdout));
  });

  it('embeds texts', async () => {
    const { stdout, status, stderr } = await finetooth(['embed', '--embedder', 'cohere:embed-english-light-v3.0'], {
      env,
      input: '[{"text":"a film about bats"}]',
    });
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as { readonly vector: readonly number[] }).vector).toHaveLength(384);
  });
});

describe('an evaluation of hosted pipelines', () => {
  const data = join(import.meta.dirname, '..', 'samples', 'films');
  const write = (name: string, pipeline: object): string => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify({ name, candidates: 10, ...pipeline }));
    return path;
  };

  it('compares local and hosted, each over the index of its own embedder, with what it cost', async () => {
    const pipelines = [
      write('local', { reranker: null, firstStage: 'bm25' }),
      write('voyage', { reranker: 'voyage:rerank-2.5', firstStage: 'bm25' }),
      write('together', { reranker: null, embedder: 'together:BAAI/bge-base-en-v1.5' }),
    ].join(',');
    const { stdout, stderr, status } = await finetooth(
      ['eval', '--data', data, '--pipelines', pipelines, '--work', join(folder, 'work'), '--resamples', '100', '--skip-checks', '--json'],
      { env },
    );
    expect(status, stderr).toBe(0);
    const { pipelines: reports } = JSON.parse(stdout) as {
      readonly pipelines: readonly {
        readonly name: string;
        readonly cost?: number;
        readonly cutOffs: readonly { readonly candidates: number }[];
      }[];
    };
    expect(reports.map(({ name }) => name)).toEqual(['local', 'voyage', 'together']);
    expect(reports[1]?.cost).toBeGreaterThan(0);
    // No more candidates are paid for than the pipeline has.
    expect(reports[1]?.cutOffs.map(({ candidates }) => candidates)).toEqual([10]);
  });

  it('says which queries a fallback ranked, and ends when the money does', async () => {
    server(1).fault = '429 without Retry-After';
    const mixed = write('mixed', { reranker: 'cohere:rerank-v3.5', fallback: 'voyage:rerank-2.5', firstStage: 'bm25' });
    const words = [
      'eval',
      '--data',
      data,
      '--pipelines',
      mixed,
      '--work',
      join(folder, 'work2'),
      '--resamples',
      '100',
      '--skip-checks',
      '--cut-offs',
      'none',
      '--json',
    ];
    const told = await finetooth(words, { env });
    server(1).fault = undefined;
    expect(told.status, told.stderr).toBe(0);
    const report = JSON.parse(told.stdout) as { readonly warnings: readonly string[]; readonly queries: number };
    expect(report.warnings.join()).toContain(
      `"mixed": ${report.queries} of ${report.queries} queries were ranked by a fallback (voyage:rerank-2.5`,
    );
    const paid = write('paid', { reranker: 'voyage:rerank-2.5', firstStage: 'bm25' });
    const poor = await finetooth(
      ['eval', '--data', data, '--pipelines', paid, '--work', join(folder, 'work3'), '--skip-checks', '--budget', '0.001'],
      { env },
    );
    expect([poor.status, poor.stderr]).toEqual([9, expect.stringContaining('E_BUDGET')]);
  }, 120_000);
});

describe('finetooth providers', () => {
  it('lists vendors with their keys, models, limits and prices, and never a key', async () => {
    const { stdout, status } = await finetooth(['providers'], { env: { ...env, VOYAGE_API_KEY: 'sk-secret' } });
    expect(status).toBe(0);
    expect(stdout).toContain('voyage  Voyage AI\n  key      in VOYAGE_API_KEY\n');
    expect(stdout).toMatch(
      /rerank {3}voyage:rerank-2\.5 +1,000 documents per request, 32,000 tokens each, 600,000 tokens per request; \$0\.05 per million tokens/,
    );
    expect(stdout).toMatch(/embed {4}together:BAAI\/bge-base-en-v1\.5 +768 dimensions, 128 texts per request, 510 tokens each; price/);
    // What has a price, limits or dimensions is listed; what is only a name that clients send is not.
    expect(stdout).toMatch(/rerank {3}cohere:rerank-v5\.0-pro .*\$0\.05 per million tokens/);
    expect(stdout).toMatch(/embed {4}voyage:voyage-3-lite +512 dimensions.*\$0\.02 per million tokens/);
    expect(stdout).not.toContain('voyage-context-3');
    expect(stdout).not.toContain('sk-secret');
    const listed = JSON.parse((await finetooth(['providers', 'jina', '--json'], { env })).stdout) as readonly { readonly key: string }[];
    expect(listed).toMatchObject([{ name: 'jina', key: 'missing', keyVariable: 'JINA_API_KEY' }]);
  });

  it('makes one tiny call to each that has a key, and remembers how it went', async () => {
    server(1).fault = '503, once';
    const before = servers.map(({ seen }) => seen.length);
    const { stdout, stderr, status } = await finetooth(['providers', 'together', 'cohere', 'openai', '--check'], {
      env: { ...env, OPENAI_API_KEY: '' },
    });
    server(1).fault = undefined;
    expect(status, stderr).toBe(0);
    expect(servers.map(({ seen }, at) => seen.length - (before[at] as number))).toEqual([1, 1, 0]);
    expect(stdout).toMatch(/checked {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC, together:Salesforce\/Llama-Rank-V1: answered in \d+/);
    expect(stdout).toMatch(/cohere:rerank-v3\.5: E_VENDOR_DOWN: cohere:rerank-v3\.5 fails \(503\): overloaded/);
    expect(stdout).toMatch(/openai:text-embedding-3-small: E_KEY: OpenAI needs a key/);
    const later = await finetooth(['providers', 'cohere'], { env });
    expect(later.stdout).toContain('E_VENDOR_DOWN');
    expect(JSON.parse(readFileSync(join(folder, 'cache', 'provider-checks.json'), 'utf8'))).toHaveProperty('together');
    expect((await finetooth(['providers', 'coherent'], { env })).stderr).toContain('did you mean "cohere"');
  });
});
