/** An index on disk with vectors of the user's own, through the library. Processor time is the process's, without what makes texts and vectors. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, type Embedder, type Filter, openIndex, type SearchIndex, search } from '../../src/index.ts';
import { topK } from '../../src/math/top-k.ts';
import { cosine } from '../../src/math/vectors.ts';
import { plan } from '../../src/search/plan.ts';
import { rarityOf, saturationOf, upperBoundOf } from '../../src/store/bm25.ts';
import { compactIndex } from '../../src/tasks/index.ts';
import { wordsOf } from '../../src/text/analyzer.ts';
import { serve } from '../child.ts';
import { collectionTexts, keptTexts, recombinedTexts, zipfTexts } from '../passages.ts';
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

const real = keptTexts(collectionTexts(100_000));
const made = real.length === 0 ? zipfTexts() : recombinedTexts(real);
const documentOf = (at: number): Document => ({ id: `d${at}`, text: real.at(at) ?? made(at), u: randomFrom(at + 1)() });
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

type List = readonly { readonly id: string; readonly score: number }[];

const ask = async (folder: string, count: number, request: Extract<StoreRequest, { readonly do: 'ask' }>): Promise<AskAnswer> => {
  const { way, queries, below } = request;
  const filter: Filter | undefined = below === undefined ? undefined : { fields: { u: { lt: below } } };
  await using index = await open(folder);
  const texts = Array.from({ length: queries + 1 }, (_, at) => queryOf(at, count));
  const vectorOf = async (text: string): Promise<Float32Array> => (await embedder.embed([text], 'query', {})).data;
  const exactly = async (text: string): Promise<List> =>
    index.store.search({ vector: await vectorOf(text), limit: COUNT, filter, exact: true, fields: [] });
  const byWords = way === 'bm25' || way === 'hybrid' ? await bestByWords(index, folder, count, texts) : [];
  const processor: number[] = [];
  let [shared, wanted] = [0, 0];
  for (const [at, text] of texts.entries()) {
    const vector = await vectorOf(text);
    let exact: List | undefined;
    const once = await timed(async (): Promise<readonly { readonly id: string }[]> => {
      if (way === 'exact') return (exact = await index.store.search({ vector, limit: COUNT, filter, exact: true }));
      return (await search(index, text, { firstStage: way, candidates: COUNT, top: COUNT, reranker: null, filter })).results;
    });
    // The first loads what the others find there.
    if (at === 0) continue;
    processor.push(once.processor);
    const key = `${folder} ${at} ${below}`;
    const byVector = way === 'bm25' ? [] : (known.get(key) ?? exact ?? (await exactly(text)));
    if (way !== 'bm25') known.set(key, byVector);
    const words = byWords[at];
    const right = words === undefined ? byVector : way === 'bm25' ? words.list : await fusedExactly(index, vector, byVector, words);
    const found = new Set(once.result.map(({ id }) => id));
    wanted += right.length;
    shared += right.filter(({ id }) => found.has(id)).length;
  }
  return { processor, recall: wanted === 0 ? 1 : shared / wanted };
};

interface ByWords {
  readonly list: List;
  /** BM25 of every document that shares a word, and what none can exceed. */
  readonly scores: ReadonlyMap<string, number>;
  readonly most: number;
}

/** What a hybrid search should find: the documents of both exact lists, scored on both sides. */
const fusedExactly = async (index: SearchIndex, vector: Float32Array, byVector: List, words: ByWords): Promise<List> => {
  const ids = [...new Set([...byVector, ...words.list].map(({ id }) => id))];
  const entries = await Array.fromAsync(index.store.get(ids, ['vector']));
  const share = (id: string): number => (words.scores.get(id) ?? 0) / (words.most || 1);
  return topK(
    entries.map((entry) => ({ id: entry.id, score: cosine(vector, entry.vector) + plan.linearWeight.default * share(entry.id) })),
    COUNT,
  );
};

/** Exact answers that were looked for before. */
const known = new Map<string, List>();

/** The best of each query by BM25 over the words of all documents, read one by one. Throws where one is missing. */
const bestByWords = async (index: SearchIndex, folder: string, count: number, queries: readonly string[]): Promise<readonly ByWords[]> => {
  const reference = references.get(folder);
  if (reference !== undefined) return reference;
  const asked = queries.map((query) => wordsOf(query, 'query'));
  const postings = new Map(asked.flat().map((term) => [term, { rows: [] as number[], counts: [] as number[] }]));
  const ids: string[] = [];
  const lengths: number[] = [];
  let words = 0;
  for await (const { id, terms } of index.store.get('all', ['terms'])) {
    const counts = new Map<string, number>();
    const split = terms.split(' ');
    for (const term of split) if (postings.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, times] of counts) {
      postings.get(term)?.rows.push(ids.length);
      postings.get(term)?.counts.push(times);
    }
    ids.push(id);
    words += lengths[lengths.push(split.length) - 1] as number;
  }
  if (ids.length !== count) throw new Error(`the index holds ${ids.length} of ${count} documents`);
  const lists = asked.map((terms): ByWords => {
    const scores = new Map<number, number>();
    const rarities: number[] = [];
    for (const term of terms) {
      const { rows, counts } = postings.get(term) ?? { rows: [], counts: [] };
      const rarity = rarityOf(rows.length, count);
      if (rows.length > 0) rarities.push(rarity);
      for (const [at, row] of rows.entries()) {
        const gain = rarity * saturationOf(counts[at] as number, lengths[row] as number, words / count);
        scores.set(row, (scores.get(row) ?? 0) + gain);
      }
    }
    const scored = [...scores].map(([row, score]) => ({ id: ids[row] as string, score }));
    return { list: topK(scored, COUNT), scores: new Map(scored.map(({ id, score }) => [id, score])), most: upperBoundOf(rarities) };
  });
  references.set(folder, lists);
  return lists;
};

/** The lists of `bestByWords` by index. */
const references = new Map<string, readonly ByWords[]>();

serve(async (request: StoreRequest & { readonly folder: string; readonly count: number }): Promise<unknown> => {
  const { folder, count } = request;
  if (request.do === 'texts') return Math.min(count, real.length);
  if (request.do === 'add') return add(folder, count, request.from);
  if (request.do === 'compact') return compactIndex({ in: folder });
  return request.do === 'ask' ? ask(folder, count, request) : bytesIn(folder);
});
