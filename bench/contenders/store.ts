/** An index on disk with vectors of the user's own, through the library. Processor time is the process's, without what makes texts and vectors. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, type Embedder, type Filter, fuse, memoryStore, openIndex, type SearchIndex, search } from '../../src/index.ts';
import { indexFormat } from '../../src/store/store.ts';
import { compactIndex } from '../../src/tasks/index.ts';
import { analyzerVersion, wordsOf } from '../../src/text/analyzer.ts';
import { serve } from '../child.ts';
import { collectionTexts, zipfTexts } from '../passages.ts';
import { normalFrom, randomFrom } from '../texts.ts';
import type { AddAnswer, AskAnswer, StoreRequest } from '../workloads/store.ts';

const DIMENSIONS = 384;
/** Subjects of the texts, and the length of the noise beside a centre of length 1: neighbours have a cosine of about 1 / (1 + 0.8²) = .61. */
const CENTRES = 1000;
const NOISE = 0.8;
const NOISES = 1 << 16;
const COUNT = 25;

/** Processor milliseconds of this process spent so far on what is no part of the store. */
let outside = 0;
const aside = <T>(work: () => T): T => {
  const before = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(before);
  outside += (user + system) / 1000;
  return result;
};

/** Processor milliseconds of the work, and milliseconds by the clock. */
const timed = async <T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly processor: number; readonly clock: number }> => {
  const [usage, before, started] = [process.cpuUsage(), outside, performance.now()];
  const result = await work();
  const { user, system } = process.cpuUsage(usage);
  return { result, processor: (user + system) / 1000 - (outside - before), clock: performance.now() - started };
};

const random = randomFrom(1);
const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const centres = Array.from({ length: CENTRES }, () => unit(Float32Array.from({ length: DIMENSIONS }, () => normalFrom(random))));
const noise = Float32Array.from({ length: NOISES + DIMENSIONS }, () => (NOISE / Math.sqrt(DIMENSIONS)) * normalFrom(random));
const hashOf = (text: string): number => {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
};
const embedder: Embedder = {
  fingerprint: 'clusters@1',
  dimensions: DIMENSIONS,
  embed: async (texts) =>
    aside(() => {
      const data = new Float32Array(texts.length * DIMENSIONS);
      for (const [row, text] of texts.entries()) {
        const draw = randomFrom(hashOf(text));
        const centre = centres[Math.floor(draw() * CENTRES)] as Float32Array;
        const from = Math.floor(draw() * NOISES);
        data.set(unit(centre.map((value, at) => value + (noise[from + at] as number))), row * DIMENSIONS);
      }
      return { data, dimensions: DIMENSIONS, count: texts.length };
    }),
};

const made = zipfTexts();
const real = collectionTexts(100_000);
const documentOf = (at: number): Document => ({ id: `d${at}`, text: real[at] ?? made(at), u: randomFrom(at + 1)() });
function* documents(count: number, from = 0): Generator<Document> {
  for (let at = from; at < from + count; at++) yield aside(() => documentOf(at));
}

/** Queries are a few words of one text, so that they have words in common with others as well. */
const queryOf = (at: number, count: number): string => {
  const words = String(documentOf(Math.floor(randomFrom(at + 7_000_000)() * count)).text).split(/\s+/);
  return words.slice(0, 5).join(' ');
};

const bytesIn = (folder: string): number =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const open = (folder: string): Promise<SearchIndex> =>
  openIndex(folder, { create: { fields: ['text'], idField: 'id', types: { u: 'number' } }, embedder });

const add = async (folder: string, count: number, from = 0): Promise<AddAnswer> => {
  await using index = await open(folder);
  const before = bytesIn(folder);
  const { processor, clock, result } = await timed(() => index.add(documents(count, from)));
  return { processor, clock, bytes: bytesIn(folder) - before, unchanged: result.unchanged };
};

type Lists = readonly (readonly { readonly id: string; readonly score: number }[])[];

const ask = async (folder: string, count: number, request: Extract<StoreRequest, { readonly do: 'ask' }>): Promise<AskAnswer> => {
  const { way, queries, below } = request;
  const filter: Filter | undefined = below === undefined ? undefined : { fields: { u: { lt: below } } };
  await using index = await open(folder);
  const texts = Array.from({ length: queries + 1 }, (_, at) => queryOf(at, count));
  const processor: number[] = [];
  let [shared, wanted] = [0, 0];
  for (const [at, text] of texts.entries()) {
    const vector = (await embedder.embed([text], 'query', {})).data;
    const exactly = () => index.store.search({ vector, limit: COUNT, filter, exact: true });
    const once = await timed(async () => {
      if (way === 'exact') return await exactly();
      return (await search(index, text, { firstStage: way, candidates: COUNT, top: COUNT, reranker: null, filter })).results;
    });
    // The first loads what the others find there.
    if (at === 0) continue;
    processor.push(once.processor);
    const lists: Lists = [
      ...(way === 'bm25' ? [] : [await exactly()]),
      ...(way === 'bm25' || way === 'hybrid' ? [await bestByWords(count, text, filter)] : []),
    ];
    const right = lists.length === 1 ? (lists[0] as Lists[number]) : fuse(lists as never, COUNT);
    const found = new Set(once.result.map(({ id }) => id));
    wanted += right.length;
    shared += right.filter(({ id }) => found.has(id)).length;
  }
  return { processor, recall: wanted === 0 ? 1 : shared / wanted };
};

/** All documents' words in memory, by which BM25 is exact. */
let reference: Promise<ReturnType<typeof memoryStore>> | undefined;
const bestByWords = async (count: number, text: string, filter: Filter | undefined): Promise<Lists[number]> => {
  reference ??= (async () => {
    const store = memoryStore();
    await store.open({ format: indexFormat, embedder: 'none', dimensions: 1, fields: ['text'], analyzer: analyzerVersion, createdAt: '' });
    const vector = new Float32Array([1]);
    for (const document of documents(count)) {
      const { id, text: words, u } = document as { readonly id: string; readonly text: string; readonly u: number };
      await store.upsert([{ id, document: { id, u }, hash: id, textHash: id, vector, terms: wordsOf(words).join(' ') }]);
    }
    return store;
  })();
  return (await reference).search({ terms: wordsOf(text), limit: COUNT, filter });
};

serve(async (request: StoreRequest & { readonly folder: string; readonly count: number }): Promise<unknown> => {
  const { folder, count } = request;
  if (request.do === 'texts') return Math.min(count, real.length);
  if (request.do === 'add') return add(folder, count, request.from);
  if (request.do === 'compact') return compactIndex({ in: folder });
  return request.do === 'ask' ? ask(folder, count, request) : bytesIn(folder);
});
