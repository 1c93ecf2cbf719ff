import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCrossEncoderReranker, openLateInteraction } from '../src/assemble/reranker.ts';
import { openModel } from '../src/embedders.ts';
import { FinetoothError, openIndex, type Reranker, rerank, type SearchIndex, search } from '../src/index.ts';
import { cached, cascade, fallback } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';
import { evaluate } from '../src/tasks/index.ts';
import { finetooth, workFolder } from './finetooth.ts';

const filler = 'The committee met on Tuesday and talked about the budget for the coming year. ';
const short = 'What is the capital of France?';
/** 608 and more tokens of the bundled models, whose window has 512; the question stands where nobody reads. */
const long = `${filler.repeat(40)}${short}`;
const documents = ['Paris is the capital of France.', 'Bats are flying mammals.'].map((text, i) => ({ id: String(i), document: { text } }));
const tiny = (family: string): Promise<Reranker> => openCrossEncoderReranker(join(import.meta.dirname, 'tiny-models', family));
const broken: Reranker = {
  fingerprint: 'broken',
  score: async () => {
    throw new FinetoothError('E_VENDOR_DOWN', 'it does not answer.');
  },
};

describe('a query longer than the window is told', () => {
  let parts: {
    readonly cross: Reranker;
    readonly late: Reranker;
    readonly chunks: Reranker;
    readonly bert: Reranker;
    readonly qwen: Reranker;
  };
  beforeAll(async () => {
    const [cross, late, chunks, bert, qwen] = await Promise.all([
      openCrossEncoderReranker(),
      openLateInteraction(await openModel()),
      openCrossEncoderReranker('ms-marco-minilm-l-12-v2', { longDocuments: 'chunk' }),
      tiny('bert'),
      tiny('qwen3'),
    ]);
    parts = { cross, late, chunks, bert, qwen };
  });
  afterAll(async () => {
    await Promise.all(Object.values(parts).map((one) => one.close?.()));
  });

  const truncated = async (reranker: Reranker, query: string): Promise<number | undefined> =>
    (await rerank(query, documents, { model: reranker, fields: ['text'] })).truncated?.query;

  it.each<[string, () => Reranker]>([
    ['a cross-encoder', () => parts.cross],
    ['late interaction', () => parts.late],
    ['a cross-encoder that reads long documents in parts', () => parts.chunks],
    ['a causal model that answers yes or no', () => parts.qwen],
    ['a cascade whose first stage has the smaller window', () => cascade([parts.bert, parts.cross])],
    ['a cascade whose last stage has the smaller window', () => cascade([parts.cross, parts.bert])],
    ['the second of a fallback', () => fallback([broken, parts.cross])],
  ])('by %s, and a short one is not', async (_, make) => {
    const reranker = make();
    const kept = cached(make());
    expect(await truncated(reranker, long)).toBeGreaterThan(90);
    expect(await truncated(reranker, short)).toBeUndefined();
    // A score that was kept says it too.
    const first = await truncated(kept, long);
    expect(first).toBe(await truncated(reranker, long));
    expect(await truncated(kept, long)).toBe(first);
  });

  it('by as many tokens as were left out', async () => {
    const given = await parts.cross.score(long, [{ text: '' }, { text: filler.repeat(3) }]);
    const whole = 40 * 15 + 7;
    // Three tokens are the template's; of the text nothing is left out, since tokens go from the longer one.
    expect([...(given.queryTruncatedTokens ?? [])]).toEqual([whole - 509, whole - 509 + 3 * 15]);
    expect(given.truncatedTokens).toBeUndefined();
    const both = await parts.cross.score(filler.repeat(20), [{ text: filler.repeat(20) }]);
    expect([both.queryTruncatedTokens?.[0], both.truncatedTokens?.[0]]).toEqual([300 - 254, 300 - 255]);
  });

  it('by a search, of which the embedder alone cut it, or the reranker too', async () => {
    const index: SearchIndex = await openIndex(memoryStore(), { create: { fields: ['text'] } });
    await index.add(documents.map(({ id, document }) => ({ id, ...document })));
    for (const reranker of [null, parts.cross]) {
      expect((await search(index, long, { reranker })).truncated?.query).toBeGreaterThan(90);
      expect((await search(index, short, { reranker })).truncated).toBeUndefined();
    }
    const data = join(workFolder(), 'judged.json');
    writeFileSync(data, JSON.stringify([short, long].map((query) => ({ query, relevant: ['0'] }))));
    const pipeline = { name: 'dense', firstStage: 'dense', candidates: 2, reranker: null, denseWeight: 0.5 } as const;
    const pipelines = [pipeline, { ...pipeline, name: 'words', firstStage: 'bm25' as const }];
    const { warnings } = await evaluate({ data, in: index, pipelines, resamples: 100, workFolder: workFolder() });
    expect(warnings.filter((one) => one.includes('window'))).toEqual([
      expect.stringMatching(/^"dense": 1 of 2 queries did not fit a model's window; of one, \d+ tokens at the end were not read\.$/),
    ]);
    // Words are counted, however many.
    expect((await search(index, long, { reranker: null, firstStage: 'bm25' })).truncated).toBeUndefined();
    await index.close();
  });
});

describe('the command line says that the query was cut', () => {
  const folder = workFolder();
  const source = join(folder, 'documents.jsonl');
  writeFileSync(source, documents.map(({ id, document }) => JSON.stringify({ id, ...document })).join('\n'));
  const note = /note: \d+ tokens of the query did not fit the model's window; its end was not read/;

  it('in rerank and in search, as a note and as JSON', async () => {
    await finetooth(['index', source, '--into', join(folder, 'index')]);
    for (const words of [
      ['rerank', long, source],
      ['search', long, '--in', join(folder, 'index')],
    ]) {
      const [told, json] = await Promise.all([finetooth(words), finetooth([...words, '--json'])]);
      expect(told.stderr).toMatch(note);
      expect((JSON.parse(json.stdout) as { truncated?: { query: number } }).truncated?.query).toBeGreaterThan(90);
    }
    const plain = await finetooth(['rerank', short, source]);
    expect(plain.stderr).not.toMatch(/of the query/);
  });
});
