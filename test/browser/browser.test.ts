import { builtinModules } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbedder, createReranker, rerank } from '../../src/index.ts';
import { noChromium } from '../support/chromium.ts';
import { type BuiltPage, buildPages } from './built-page.ts';
import { openProbe, type Probe } from './probe.ts';

let built: BuiltPage;
beforeAll(async () => {
  built = await buildPages();
}, 120_000);

describe('the bundle', () => {
  it('holds nothing of Node', () => {
    const names = builtinModules.filter((name) => /^(fs|path|crypto|worker_threads|os|url|module|util|zlib)$/.test(name)).join('|');
    const builtin = new RegExp(`(?:from|import|import\\(|require\\()\\s*["'\`](node:[\\w/]+|${names})["'\`]`);
    const imported = (text: string): string | undefined => builtin.exec(text)?.[0];
    for (const { name, text } of built.scripts) expect([name, imported(text)]).toEqual([name, undefined]);
    expect(imported('import{readFile}from"node:fs/promises"')).toBeDefined();
  });

  it('is small', () => {
    // Packed, of page and worker together, which has the tokenizer and the catalog twice. The runtime is apart.
    expect(built.scripts.reduce((sum, { packed }) => sum + packed, 0)).toBeLessThan(50_000);
  });
});

const query = 'how do bats hunt in the dark';
const documents = [
  'The price of wheat rose for the third year.',
  'Bats hunt by echo: they cry and listen for what comes back.',
  'Die Fledermaus is an operetta; Σίσυφος rolls his stone, and 蝙蝠 is a bat.',
];

interface Ranked {
  readonly results: readonly { readonly index: number; readonly relevanceScore: number; readonly level: string }[];
  readonly calibrated: boolean;
}

describe.skipIf(noChromium !== undefined)(noChromium ?? 'in Chromium', () => {
  let probe: Probe;
  beforeAll(async () => {
    probe = await openProbe(built);
  }, 120_000);
  afterAll(() => probe?.close());

  it('gives the scores and the vectors of Node, whose WebAssembly is the same', async () => {
    const here = (await probe.inPage(`return reranker.rerank(${JSON.stringify(query)}, ${JSON.stringify(documents)})`)) as Ranked;
    const reranker = createReranker('ms-marco-minilm-l-12-v2', { runtime: 'wasm', threads: 1 });
    const { results } = await rerank(query, documents, { model: reranker });
    await reranker.close?.();
    expect(here.calibrated).toBe(true);
    expect(here.results.map(({ index, level }) => [index, level])).toEqual(results.map(({ index, level }) => [index, level]));
    for (const [at, { relevanceScore }] of results.entries()) expect(here.results[at]?.relevanceScore).toBeCloseTo(relevanceScore, 6);
    const vectors = (await probe.inPage(
      `return (await embedder.embed(${JSON.stringify(documents)})).map((row) => [...row])`,
    )) as number[][];
    const embedder = await createEmbedder('bge-small-en-v1.5', { runtime: 'wasm', threads: 1 });
    const { data, dimensions } = await embedder.embed(documents, 'document');
    for (const [row, vector] of vectors.entries())
      expect(vector.reduce((sum, value, i) => sum + value * (data[row * dimensions + i] as number), 0)).toBeCloseTo(1, 5);
    expect(await probe.inPage('return embedder.fingerprint')).toBe(embedder.fingerprint);
    await embedder.close?.();
  });

  it('finds by vectors and ranks, in memory', async () => {
    const found = await probe.inPage(`
      const index = finetooth.createBrowserSearch({ embedder, reranker });
      await index.add(${JSON.stringify(documents.map((text, i) => ({ id: `d${i}`, title: `T${i}`, text })))});
      const best = await index.search(${JSON.stringify(query)}, { top: 2, candidates: 3 });
      const plain = await finetooth.createBrowserSearch({ embedder });
      await plain.add(['wheat rose', 'bats hunt by echo']);
      const nearest = await plain.search('bats', { top: 1 });
      return { size: index.size, best, deleted: index.delete('d1'), left: index.size, nearest };`);
    expect(found).toMatchObject({
      ...{ size: 3, best: [{ id: 'd1', level: expect.any(String), document: { title: 'T1' } }, {}], deleted: true, left: 2 },
      nearest: [{ id: '1', document: 'bats hunt by echo' }],
    });
  });

  it('gives scores that do not depend on the list where they are to be exact', async () => {
    const given = (texts: readonly string[], options: object) =>
      probe.inPage(`return reranker.rerank('bats at night', ${JSON.stringify(texts)}, ${JSON.stringify(options)})`) as Promise<
        Ranked & { tolerance?: number }
      >;
    const [alone, among] = [
      await given(['bats hunt'], { exact: true }),
      await given(['bats hunt', 'wheat', 'a whale sings far below'], { exact: true, top: 1 }),
    ];
    expect(among.results[0]?.relevanceScore).toBe(alone.results[0]?.relevanceScore);
    // Of 8 bits, whose texts are read alone in any case.
    expect([alone.tolerance, (await given(['bats hunt'], {})).tolerance]).toEqual([undefined, undefined]);
    expect(await given(['a'], { exact: 'yes' })).toMatchObject({ code: 'E_USAGE' });
  });

  it('stops when it is told to, and goes on with the next', async () => {
    const stopped = await probe.inPage(`
      const stopper = new AbortController();
      const work = reranker.rerank('bats', Array.from({ length: 400 }, (_, i) => 'bats and echo ' + i), { signal: stopper.signal });
      setTimeout(() => stopper.abort(), 20);
      const error = await work.catch(({ code }) => code);
      const { results } = await reranker.rerank('bats', ['wheat', 'bats'], { top: 1 });
      return [error, results[0].index];`);
    expect(stopped).toEqual(['E_STOPPED', 1]);
  });

  it('says what is wrong, and keeps no file whose checksum is not that of the model', async () => {
    const said = async (work: string) => ((await probe.inPage(work)) as { readonly code?: string } | undefined)?.code;
    const open = (model: string, more = ''): string => `finetooth.createBrowserReranker({ model: ${model}${more} })`;
    const known = `'/models/ms-marco-minilm-l-12-v2'`;
    expect(await said(`return reranker.rerank(' ', ['a'])`)).toBe('E_QUERY');
    expect(await said(`return reranker.rerank('a', [3])`)).toBe('E_USAGE');
    expect(await said(`return reranker.rerank('a', ['b'], { top: 0 })`)).toBe('E_USAGE');
    expect(await said(open(`'/models/bge-small-en-v1.5/'`))).toBe('E_USAGE');
    expect(await probe.inPage(open(`'/models/ms-marco-minilm-l12/'`))).toMatchObject({
      code: 'E_MODEL_UNKNOWN',
      message: expect.stringContaining('Did you mean "ms-marco-minilm-l-12-v2"'),
    });
    expect(await said(`await ${open(`{ url: '/nowhere/', name: 'ms-marco-minilm-l-12-v2' }`)}.ready`)).toBe('E_DOWNLOAD');
    expect(await said(`await ${open(known, ', signal: AbortSignal.abort()')}.ready`)).toBe('E_STOPPED');
    expect(await said(`const one = ${open(known)}; one.close(); await one.rerank('a', ['b'])`)).toBe('E_STOPPED');
    probe.damage(true);
    expect(await said(`await ${open(known, `, cache: 'other'`)}.ready`)).toBe('E_MODEL_CHANGED');
    probe.damage(false);
    expect(
      await probe.inPage(`return (await (await caches.open('other')).keys()).filter(({ url }) => url.includes('tokenizer')).length`),
    ).toBe(0);
  });
});
