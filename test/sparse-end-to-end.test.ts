import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../src/server/listen.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { changeJson, sparseModel } from './support/sparse-model.ts';

const folder = workFolder();
const [at, source, model] = [join(folder, 'index'), join(folder, 'films.jsonl'), sparseModel('sparse')];
const embedder = join(import.meta.dirname, 'tiny-embedders', 'bert');
const films = [
  { id: 'whale', title: 'The White Whale', text: 'A captain hunts the white whale across the sea.' },
  { id: 'bats', title: 'Echoes', text: 'Bats find their way in the dark by the echo of their calls.' },
  { id: 'bread', title: 'Bread', text: 'The price of wheat rose by a tenth this year.' },
];
const lines = films.map((film) => JSON.stringify(film)).join('\n');
const run = async (...words: readonly string[]) => {
  const { status, stdout, stderr } = await finetooth(words);
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  return stdout;
};
const indexed = (...more: readonly string[]) =>
  finetooth(['index', source, '--into', at, '--embedder', embedder, '--durability', 'process', ...more]);

beforeAll(async () => {
  writeFileSync(source, lines);
  expect(await indexed('--sparse-model', model)).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tiny sparse encoder with random weights, from the command line: what it finds means nothing, but it must be what its weights say. */
describe('an index with a sparse model, from the command line', () => {
  it('is searched by it, and says which tokens met', async () => {
    const words = ['search', 'the white whale', '--in', at, '--reranker', 'none', '--first-stage', 'sparse', '--explain'];
    const shown = await run(...words);
    expect(shown).toContain('tokens that met by their weights: ');
    expect(shown).not.toContain('each field alone');
    const { results, candidates } = JSON.parse(await run(...words, '--json')) as {
      readonly results: readonly {
        readonly id: string;
        readonly explanation: { readonly weights: readonly { readonly token: string; readonly score: number }[] };
      }[];
      readonly candidates: readonly { readonly id: string; readonly score: number }[];
    };
    expect(results.length).toBeGreaterThan(0);
    for (const { id, explanation } of results) {
      const sum = explanation.weights.reduce((all, { score }) => all + score, 0);
      expect(candidates.find((one) => one.id === id)?.score).toBeCloseTo(sum, 6);
      for (const { token } of explanation.weights) expect('the white whale').toContain(token.replace(/^##/, ''));
    }
    expect(shown).toContain(results[0]?.explanation.weights[0]?.token as string);
  });

  it('is searched by several, in a pipelines file and over HTTP', async () => {
    const file = join(folder, 'pipeline.json');
    const pipeline = { name: 'mixed', firstStage: 'sparse+bm25+dense', sparseWeight: 0.5, reranker: null };
    writeFileSync(file, JSON.stringify(pipeline));
    const read = JSON.parse(await run('search', 'whale', '--in', at, '--pipeline', file, '--json')) as { readonly candidates: unknown };
    const words = ['--first-stage', 'sparse+bm25+dense', '--sparse-weight', '0.5', '--reranker', 'none'];
    const typed = JSON.parse(await run('search', 'whale', '--in', at, ...words, '--json')) as { readonly candidates: unknown };
    expect(typed.candidates).toEqual(read.candidates);
    const server = await serve({ port: 0, version: '0', indexes: [at] });
    try {
      const body = { query: 'whale', first_stage: 'sparse+bm25+dense', sparse_weight: 0.5, reranker: null, explain: true };
      const answer = await fetch(`${server.url}/v1/search`, { method: 'POST', body: JSON.stringify(body) });
      const { candidates, results, first_stage } = (await answer.json()) as {
        readonly first_stage: string;
        readonly candidates: readonly { readonly id: string; readonly score: number }[];
        readonly results: readonly { readonly explanation: { readonly weights: readonly unknown[] } }[];
      };
      expect(first_stage).toBe('sparse+bm25+dense');
      expect(read.candidates).toMatchObject(candidates.map(({ id, score }) => ({ id, score })));
      expect(results[0]?.explanation.weights).toBeInstanceOf(Array);
      const status = (await (await fetch(`${server.url}/v1/indexes/index`)).json()) as { readonly sparse: string };
      expect(status.sparse).toMatch(/^sparse@fp32:/);
    } finally {
      await server.close(1000);
    }
  });

  it('says which model weighed it, checks it, and keeps it when it is made again', async () => {
    expect(await run('status', '--in', at)).toMatch(/sparse +sparse@fp32, weights of tokens/);
    expect(await run('doctor', '--in', at)).toMatch(/sparse model +.*sparse/);
    expect(await run('verify', '--in', at)).toBeTruthy();
    expect((await indexed('--rebuild')).stderr).not.toContain('error');
    expect(JSON.parse(await run('status', '--in', at, '--json'))).toMatchObject({
      sparse: { embedder: expect.stringMatching(/^sparse@fp32:/), model },
    });
    expect(await indexed('--rebuild', '--sparse-model', 'none')).toMatchObject({ status: 0 });
    expect(JSON.parse(await run('status', '--in', at, '--json'))).not.toHaveProperty('sparse');
    const { status, stderr } = await finetooth(['search', 'whale', '--in', at, '--first-stage', 'sparse', '--reranker', 'none']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('Rebuild it with --sparse-model, or search by --first-stage hybrid')]);
    expect((await indexed('--sparse-model', model)).stderr).toContain('keeps no weights of a sparse model');
  });

  it('refuses another model than it was made with', async () => {
    expect(await indexed('--rebuild', '--sparse-model', model)).toMatchObject({ status: 0 });
    changeJson(join(model, 'document_1_SpladePooling', 'config.json'), { activation_function: 'relu' });
    const { status, stderr } = await finetooth(['search', 'whale', '--in', at, '--first-stage', 'sparse', '--reranker', 'none']);
    expect([status, stderr]).toEqual([
      expect.any(Number),
      expect.stringContaining('the sparse model is other weights or settings of the same name'),
    ]);
    expect(await run('search', 'whale', '--in', at, '--reranker', 'none')).toContain('Whale');
  });
});
