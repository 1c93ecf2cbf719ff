import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbedder, createReranker, rerank } from '../../src/index.ts';
import { noChromium } from '../support/chromium.ts';
import { buildPages } from './built-page.ts';
import { openProbe, type Probe } from './probe.ts';

const query = 'how do bats find their way in the dark';
const documents = [
  'The price of wheat rose for the third year.',
  'Bats hunt by echo: they cry and listen for what comes back.',
  'A film about a man who dresses up as a bat.',
  'Owls see well at night, with eyes as large as ours.',
  'echo '.repeat(600).trim(),
  'Die Fledermaus is an operetta; Σίσυφος rolls his stone, and 蝙蝠 is a bat.',
];

describe.skipIf(noChromium !== undefined)(noChromium ?? 'beside the native runtime', () => {
  let probe: Probe;
  beforeAll(async () => {
    probe = await openProbe(await buildPages());
  });
  afterAll(() => probe?.close());

  it('gives probabilities within a hundredth, and cuts the same texts', async () => {
    const here = (await probe.inPage(`return reranker.rerank(${JSON.stringify(query)}, ${JSON.stringify(documents)})`)) as {
      readonly results: readonly { readonly index: number; readonly relevanceScore: number }[];
      readonly cut: number;
    };
    const reranker = createReranker('ms-marco-minilm-l-12-v2', { threads: 1 });
    const { results, cut } = await rerank(query, documents, { model: reranker });
    await reranker.close?.();
    expect([here.cut, cut]).toEqual([1, 1]);
    for (const { index, relevanceScore } of results) {
      const mine = here.results.find((one) => one.index === index)?.relevanceScore as number;
      expect(Math.abs(mine - relevanceScore)).toBeLessThan(0.01);
    }
  });

  it('gives vectors with a cosine of .995 and more', async () => {
    const vectors = (await probe.inPage(
      `return (await embedder.embed(${JSON.stringify(documents)})).map((row) => [...row])`,
    )) as number[][];
    const embedder = await createEmbedder('bge-small-en-v1.5', { threads: 1 });
    const { data, dimensions } = await embedder.embed(documents, 'document');
    await embedder.close?.();
    for (const [row, vector] of vectors.entries())
      expect(vector.reduce((sum, value, i) => sum + value * (data[row * dimensions + i] as number), 0)).toBeGreaterThan(0.995);
  });

  it('ranks what is typed into the example, whose model is fetched once for all pages', async () => {
    const page = await probe.context.newPage();
    await page.goto(`${probe.server.url}/examples/browser/index.html`);
    await page.getByText('ready').waitFor();
    await page.fill('textarea', documents.join('\n'));
    await page.click('button');
    await page.locator('li').first().waitFor();
    const shown = await page.locator('li').allInnerTexts();
    expect(shown).toHaveLength(documents.length);
    expect(shown[0]).toMatch(/Bats hunt by echo.*\s*(high|likely|unlikely) 0\.\d{3}/);
    const fetches = (): number =>
      probe.server.seen.filter(({ path }) => path.endsWith('examples/browser/models/ms-marco-minilm-l-12-v2/model.onnx')).length;
    expect(fetches()).toBe(1);
    await page.reload();
    await page.getByText('ready').waitFor();
    expect(fetches()).toBe(1);
  });
});
