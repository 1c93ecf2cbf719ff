import { Document, type DocumentInterface } from '@langchain/core/documents';
import { BaseRetriever } from '@langchain/core/retrievers';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import { RunnableLambda } from '@langchain/core/runnables';
import { afterAll, describe, expect, it } from 'vitest';
import { openIndex } from '../../src/index.ts';
import {
  FinetoothEmbeddings,
  FinetoothRerank,
  type FinetoothRerankOptions,
  FinetoothRetriever,
  type FinetoothRetrieverOptions,
} from '../../src/integrations/langchain/index.ts';
import { memoryStore } from '../../src/stores.ts';
import { hashEmbedder, SIZE } from '../hash-embedder.ts';
import { countedReranker } from '../support/counted-reranker.ts';

const query = 'bats at night';
const documents = [
  new Document({ pageContent: 'a quiet lake', id: 'lake', metadata: { year: 1990, source: { path: 'lake.md' } } }),
  new Document({ pageContent: 'a bat guards the city at night', metadata: { year: 2005 } }),
  new Document({ pageContent: 'bats at night in a cave', id: 'cave', metadata: { year: 2008, title: 'Cave' } }),
];
const failure = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
/** Callbacks of LangChain, as they are called. */
const listener = () => {
  const heard: unknown[] = [];
  const hear =
    (name: string, at: number) =>
    (...words: unknown[]) =>
      void heard.push([name, words[at]]);
  const handler = {
    handleChainStart: hear('start', 1),
    handleChainEnd: hear('end', 0),
    handleChainError: hear('error', 0),
    handleRetrieverStart: hear('start', 1),
    handleRetrieverEnd: hear('end', 0),
    handleRetrieverError: hear('error', 0),
    awaitHandlers: true,
  };
  return { heard, callbacks: [handler] };
};

describe('FinetoothRerank', () => {
  it('puts copies in order, with ids and metadata, and leaves what it was given', async () => {
    const before = structuredClone(documents.map((one) => ({ ...one })));
    const compressor = new FinetoothRerank({ reranker: countedReranker(), topN: 2 });
    expect(BaseDocumentCompressor.isBaseDocumentCompressor(compressor)).toBe(true);
    const [first, second, ...rest] = await compressor.compressDocuments(documents, query);
    expect(first).toBeInstanceOf(Document);
    expect(first).toEqual({
      pageContent: 'bats at night in a cave',
      id: 'cave',
      metadata: { year: 2008, title: 'Cave', relevanceScore: 3 },
    });
    expect(second).toEqual({ pageContent: 'a bat guards the city at night', id: undefined, metadata: { year: 2005, relevanceScore: 2 } });
    expect(rest).toEqual([]);
    expect(documents.map((one) => ({ ...one }))).toEqual(before);
  });

  it('gives two queries at once scores of their own, in one model call each', async () => {
    const reranker = countedReranker();
    const compressor = new FinetoothRerank({ reranker });
    const [bats, lake] = await Promise.all([
      compressor.compressDocuments(documents, 'bats cave'),
      compressor.compressDocuments(documents, 'lake'),
    ]);
    expect([bats?.[0]?.metadata.relevanceScore, lake?.[0]?.metadata.relevanceScore]).toEqual([2, 1]);
    expect(reranker.calls.map(({ query }) => query).sort()).toEqual(['bats cave', 'lake']);
    expect(reranker.calls[0]?.texts).toHaveLength(3);
  });

  it('reads the fields that it is told to', async () => {
    const reranker = countedReranker();
    const compressor = new FinetoothRerank({ reranker, fields: ['title', 'pageContent'], fieldLabels: true });
    await compressor.compressDocuments(documents, query);
    expect(reranker.calls[0]?.texts[2]).toBe('title: Cave\npageContent: bats at night in a cave');
  });

  it('tells callbacks when it starts, ends and fails', async () => {
    const { heard, callbacks } = listener();
    const compressor = new FinetoothRerank({ reranker: countedReranker() });
    const ranked = await compressor.compressDocuments(documents, query, callbacks);
    expect(heard).toEqual([
      ['start', { query, documents }],
      ['end', expect.objectContaining({ documents: ranked, complete: true, rankedBy: 'shared-words@1' })],
    ]);
    heard.length = 0;
    const error = await failure(compressor.compressDocuments(documents, ' ', callbacks));
    expect(heard).toEqual([
      ['start', expect.anything()],
      ['error', error],
    ]);
  });

  it('has scores exact where it is told to, and says within what they hold else', async () => {
    for (const exact of [undefined, true]) {
      const { heard, callbacks } = listener();
      const reranker = countedReranker({ tolerance: 1e-4 });
      await new FinetoothRerank({ reranker, exact }).compressDocuments(documents, query, callbacks);
      expect([reranker.calls.map((call) => call.exact), JSON.stringify(heard).includes('"tolerance":0.0001')]).toEqual([
        [exact],
        exact === undefined,
      ]);
    }
  });

  it('keeps a deadline and a signal of its own', async () => {
    const never = countedReranker({ score: () => new Promise(() => {}) });
    const timed = new FinetoothRerank({ reranker: never, deadlineMs: 20 });
    expect((await timed.compressDocuments(documents, query)).map(({ metadata }) => metadata.relevanceScore)).toEqual([0, 0, 0]);
    const stopped = new FinetoothRerank({ reranker: never, signal: AbortSignal.timeout(20) });
    expect(await failure(stopped.compressDocuments(documents, query))).toMatchObject({ code: 'E_STOPPED' });
  });

  it('takes no documents, twins, thousands, and nothing that is no document', async () => {
    const compressor = new FinetoothRerank({ reranker: countedReranker() });
    expect(await compressor.compressDocuments([], query)).toEqual([]);
    const twins = [documents[2], documents[2]] as Document[];
    expect(await compressor.compressDocuments(twins, query)).toHaveLength(2);
    const many = Array.from({ length: 5000 }, (_, i) => new Document({ pageContent: `text ${i}` }));
    const ranked = await compressor.compressDocuments(many, query);
    expect([ranked.length, ranked[0]?.pageContent]).toEqual([5000, 'text 0']);
    for (const wrong of [[undefined], ['text'], [{ pageContent: 5 }]])
      expect(await failure(compressor.compressDocuments(wrong as never, query))).toMatchObject({ code: 'E_USAGE' });
    await compressor.close();
    expect(await failure(compressor.compressDocuments(documents, query))).toMatchObject({ code: 'E_STOPPED' });
  });

  it('refuses options that it does not have', () => {
    for (const wrong of [
      { topn: 2 },
      { topN: 0 },
      { fields: [] },
      { deadlineMs: -1 },
      { reranker: null },
      { signal: {} },
      { models: { threads: 0 } },
    ])
      expect(() => new FinetoothRerank(wrong as FinetoothRerankOptions)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    expect(() => new FinetoothRerank({ topn: 2 } as FinetoothRerankOptions)).toThrow(/did you mean "topN"/);
  });
});

describe('FinetoothEmbeddings', () => {
  it('embeds documents, and a query as a query', async () => {
    const roles: string[] = [];
    const inner = hashEmbedder();
    const embed: typeof inner.embed = (texts, role, options) => {
      roles.push(role);
      return inner.embed(texts, role, options);
    };
    const embedder = { ...inner, embed };
    const embeddings = new FinetoothEmbeddings({ embedder, maxConcurrency: 2 });
    const [rows, row] = [await embeddings.embedDocuments(['a', 'b', 'a']), await embeddings.embedQuery('a')];
    expect([rows.length, rows[0]?.length, row.length]).toEqual([3, SIZE, SIZE]);
    expect(rows[0]).toEqual(rows[2]);
    expect(roles).toEqual(['document', 'query']);
    expect(await embeddings.embedDocuments([])).toEqual([]);
    expect(await failure(embeddings.embedQuery(5 as never))).toMatchObject({ code: 'E_USAGE' });
    await embeddings.close();
    expect(await failure(embeddings.embedQuery('a'))).toMatchObject({ code: 'E_STOPPED' });
    expect(() => new FinetoothEmbeddings({ model: 'x' } as object)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    const stopped = new FinetoothEmbeddings({
      embedder: { ...inner, embed: () => new Promise(() => {}) },
      signal: AbortSignal.timeout(20),
    });
    expect(await failure(stopped.embedQuery('a'))).toMatchObject({ code: 'E_STOPPED' });
  });
});

describe('FinetoothRetriever', async () => {
  const reranker = countedReranker();
  const index = await openIndex(memoryStore(), {
    create: { fields: ['title', 'text'], idField: 'id' },
    embedder: hashEmbedder(),
    reranker,
  });
  await index.add([
    { id: 'a', title: 'Lake', text: 'a quiet lake', year: 1990 },
    { id: 'b', title: 'City', text: 'a bat guards the city at night', year: 2005 },
    { id: 'c', title: 'Cave', text: 'bats at night in a cave', year: 2008 },
  ]);
  afterAll(() => index.close());
  const retriever = (options: Partial<FinetoothRetrieverOptions> = {}) => new FinetoothRetriever({ index, ...options });

  it('searches, reranks, and keeps ids and fields', async () => {
    const found = await retriever({ top: 2 }).invoke(query);
    expect(retriever()).toBeInstanceOf(BaseRetriever);
    expect(found[0]).toEqual({
      pageContent: 'Cave bats at night in a cave',
      id: 'c',
      metadata: expect.objectContaining({ title: 'Cave', text: 'bats at night in a cave', year: 2008, relevanceScore: 3 }),
    });
    expect(found.map(({ id }) => id)).toEqual(['c', 'b']);
    expect((await retriever({ contentFields: ['text'] }).invoke(query))[0]?.pageContent).toBe('bats at night in a cave');
  });

  it('hands on filters and all other options, in pipes and batches', async () => {
    expect((await retriever({ filter: { year: { lt: 2006 } } }).invoke(query)).map(({ id }) => id)).toEqual(['b', 'a']);
    expect((await retriever({ filter: 'year > 2020' }).invoke(query)).map(({ id }) => id)).toEqual([]);
    const first = RunnableLambda.from((found: DocumentInterface[]) => found[0]?.id);
    const pipe = retriever({ firstStage: 'bm25', candidates: 10 }).pipe(first);
    expect(await pipe.batch(['bats', 'lake'])).toEqual(['c', 'a']);
  });

  it('tells callbacks, and stops with the signal or the timeout of the call', async () => {
    const { heard, callbacks } = listener();
    const found = await retriever().invoke(query, { callbacks });
    expect(heard).toEqual([
      ['start', query],
      ['end', found],
    ]);
    const never = await openIndex(memoryStore(), {
      create: { fields: ['text'] },
      embedder: hashEmbedder(),
      reranker: countedReranker({ score: () => new Promise(() => {}) }),
    });
    await never.add([{ text: 'bats' }]);
    const slow = new FinetoothRetriever({ index: never });
    expect(await failure(slow.invoke(query, { signal: AbortSignal.timeout(20) }))).toMatchObject({ code: 'E_STOPPED' });
    expect(await failure(slow.invoke(query, { timeout: 20 }))).toMatchObject({ code: 'E_STOPPED' });
    expect(await failure(slow.invoke(query, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'E_STOPPED' });
    expect(await failure(new FinetoothRetriever({ index: never, signal: AbortSignal.timeout(20) }).invoke(query))).toMatchObject({
      code: 'E_STOPPED',
    });
    expect(await new FinetoothRetriever({ index: never, deadlineMs: 20 }).invoke(query)).toHaveLength(1);
    await never.close();
  });

  it('refuses options that it does not have, and finds nothing in an index without documents', async () => {
    for (const wrong of [{ k: 2 }, { top: 0 }, { filter: 5 }, { documents: true }, { index: 'films' }])
      expect(() => retriever(wrong as object)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    expect(() => new FinetoothRetriever(undefined as never)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    const empty = await openIndex(memoryStore(), { create: { fields: ['text'] }, embedder: hashEmbedder(), reranker: null });
    expect(await new FinetoothRetriever({ index: empty }).invoke(query)).toEqual([]);
  });
});
