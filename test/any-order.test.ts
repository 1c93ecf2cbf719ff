import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Document, openIndex, type Reranker, rerank, type Store, search } from '../src/index.ts';
import type { Pipeline } from '../src/plan.ts';
import { lanceStore, memoryStore } from '../src/stores.ts';
import { evaluate, rerankDocuments } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

/** Documents that do not agree: texts that are null, fields of other names, values of other types, no ids. */
const words = fc
  .array(fc.constantFrom('white', 'whale', 'bat', 'hunts', 'at', 'night', 'sea'), { minLength: 1, maxLength: 6 })
  .map((all) => all.join(' '));
const document = fc
  .record(
    {
      title: fc.oneof(words, fc.constant(null), fc.constant('')),
      text: fc.oneof(words, fc.constant(null), fc.constant('')),
      body: words,
      description: fc.oneof(words, fc.constant(null)),
      notes: words,
      tags: fc.array(words, { maxLength: 2 }),
      year: fc.oneof(fc.integer({ min: 1000, max: 9999 }), fc.constantFrom('1990', '007', '', 'unknown', '2015-06-01')),
      seen: fc.constantFrom('true', 'false', true, 'perhaps'),
    },
    { requiredKeys: [] },
  )
  .filter((one) =>
    ['title', 'text', 'body', 'description', 'notes'].some((name) => typeof one[name as 'text'] === 'string' && one[name as 'text'] !== ''),
  );

/** Some documents, and the same ones in another order. An id that is missing comes from the content. */
const twoOrders = fc.array(document, { minLength: 2, maxLength: 12 }).chain((all) => {
  const named = all.map((one, at): Document => (at % 5 === 4 ? { ...one, mark: `m${at}` } : { ...one, id: `d${at}` }));
  return fc.tuple(fc.constant(named), fc.shuffledSubarray(named, { minLength: named.length }));
});

/** Each text by itself: letters, and how many are those of the query. */
const byText: Reranker = {
  fingerprint: 'by-text@1',
  score: async (query, candidates) => ({
    scores: Float32Array.from(
      candidates,
      ({ text }) => text.split(' ').filter((word) => query.includes(word)).length + 1 / (1 + text.length),
    ),
  }),
};
const query = 'who hunts the white whale at sea';
const key = (one: Document): string => JSON.stringify(one);
const sorted = (pairs: readonly (readonly [string, unknown])[]) => pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('the order of the input changes no score', () => {
  it('of rerank, as a function and of a file', async () => {
    const file = join(workFolder(), 'documents.jsonl');
    await fc.assert(
      fc.asyncProperty(twoOrders, async (orders) => {
        const [one, other] = await Promise.all(
          orders.map(async (documents) => {
            const { results } = await rerank(query, documents, { model: byText });
            return sorted(results.map(({ index, relevanceScore }) => [key(documents[index] as Document), relevanceScore]));
          }),
        );
        expect(other).toEqual(one);
        const told: unknown[] = [];
        for (const documents of orders) {
          writeFileSync(file, documents.map((document) => JSON.stringify(document)).join('\n'));
          const { answer, fields, otherFields } = await rerankDocuments(query, {
            source: file,
            reranker: byText,
            top: 100,
          });
          const scores = sorted(answer.results.map(({ document, relevanceScore }) => [key(document as Document), relevanceScore]));
          expect(scores).toEqual(one);
          told.push([fields, otherFields.toSorted()]);
        }
        expect(told[1]).toEqual(told[0]);
      }),
      { seed: 18, numRuns: 60 },
    );
  });

  const indexed = async (store: Store, documents: readonly Document[]) => {
    await using index = await openIndex(store, { create: true, embedder: hashEmbedder(0, { tokens: true, window: 4 }), reranker: byText });
    const { took: _, ...report } = await index.add(documents);
    const { id: __, createdAt: ___, ...manifest } = (await store.open()) ?? {};
    const answers = [];
    for (const firstStage of ['dense', 'bm25', 'hybrid'] as const)
      for (const reranker of [null, byText]) {
        const { results } = await search(index, query, { firstStage, reranker, top: 100, candidates: 100, documents: true });
        answers.push(results.map(({ id, relevanceScore, firstStageScore, document }) => [id, relevanceScore, firstStageScore, document]));
      }
    // Places in the input are those of the input.
    return { manifest, answers, report: { ...report, notes: report.notes?.map((note) => note.replace(/\(.*\)/, '')) } };
  };
  it.each<[string, () => Store, number]>([
    ['in memory', memoryStore, 60],
    ['on disk', () => lanceStore(join(workFolder(), 'index')), 3],
  ])('of an index %s, nor what is read, inferred and said', async (_, make, numRuns) => {
    await fc.assert(
      fc.asyncProperty(twoOrders, async ([one, other]) => {
        expect(await indexed(make(), other)).toEqual(await indexed(make(), one));
      }),
      { seed: 19, numRuns },
    );
  });

  const pipelines: readonly Pipeline[] = (['bm25', 'hybrid'] as const).flatMap((firstStage) =>
    [null, ['mine']].map((reranker) => ({ name: `${firstStage} ${reranker}`, firstStage, reranker, candidates: 10 })),
  );
  const measured = { pipelines, rerankers: { mine: byText }, measures: 'nDCG@10,RR,AP@10', resamples: 100, cutOffs: [] } as const;

  it('of an evaluation, and of what it measures', async () => {
    const judged = join(workFolder(), 'judged.json');
    await fc.assert(
      fc.asyncProperty(twoOrders, async (orders) => {
        const ids = orders[0].flatMap(({ id }) => (id === undefined ? [] : [String(id)]));
        writeFileSync(
          judged,
          JSON.stringify([
            { query, relevant: ids.slice(0, 2) },
            { query: 'a bat at night', relevant: ids.slice(-1) },
          ]),
        );
        const reports = [];
        for (const documents of orders) {
          await using index = await openIndex(memoryStore(), { create: true, embedder: hashEmbedder() });
          await index.add(documents);
          const { pipelines: all } = await evaluate({ data: judged, in: index, ...measured, workFolder: workFolder() });
          reports.push(all.map(({ pipeline, measures }) => [pipeline, measures]));
        }
        expect(reports[1]).toEqual(reports[0]);
      }),
      { seed: 20, numRuns: 10 },
    );
  });

  it('of an evaluation of files, of which the bundled models make the index', async () => {
    const [documents = []] = fc.sample(twoOrders, { seed: 21, numRuns: 1 }).map(([one]) => one);
    const lines = (all: readonly object[]): string => all.map((one) => JSON.stringify(one)).join('\n');
    const corpus = documents.map((document, at) => ({ _id: `c${at}`, ...document }));
    const reports = [];
    for (const order of [corpus, corpus.toReversed()]) {
      const folder = workFolder();
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'corpus.jsonl'), lines(order));
      writeFileSync(join(folder, 'queries.jsonl'), lines([{ _id: 'q', text: query }]));
      writeFileSync(join(folder, 'qrels.tsv'), 'query-id\tcorpus-id\tscore\nq\tc0\t1\n');
      const { pipelines: all } = await evaluate({ ...measured, data: folder, workFolder: workFolder() });
      reports.push(all.map(({ pipeline, measures }) => [pipeline, measures]));
    }
    expect(reports[1]).toEqual(reports[0]);
  });
});
