/** Searches of a folder by sparse vectors, before it has postings and by these: figures of docs/sparse.md, and the origin of constants in src/store/lancedb/sparse-search.ts. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Random, randomFrom } from '../../src/math/random.ts';
import { packSparse } from '../../src/math/sparse.ts';
import { indexFormat, type Store, type StoreQuery } from '../../src/store/store.ts';
import { lanceStore } from '../../src/stores.ts';
import type { SparseVector } from '../../src/types.ts';
import { type Bar, fixed, median, type Table, type Workload } from '../report.ts';

const SMALL = 20_000;
const LARGE = 100_000;
/** Of BERT, and what an expanding model gives to a passage. */
const VOCABULARY = 30_522;
const WEIGHTS = 170;
const QUERIES = 40;
/** Comparing all takes long. */
const COMPARED = 10;
const BATCH = 4096;
const DIMENSIONS = 8;

/** What pays for files of our own, at the larger size. */
const LEAST_GAIN = 10;

interface Measured {
  readonly documents: number;
  /** Processor milliseconds of each search. */
  readonly searches: Readonly<Record<string, readonly number[]>>;
  readonly buildMilliseconds: number;
  readonly bytes: number;
}

const ways: Readonly<Record<string, Partial<StoreQuery>>> = {
  'by postings': {},
  'the best 100': { limit: 100 },
  '1 % fit': { filter: { fields: { drawn: { lt: 10 } } } },
  '10 % fit': { filter: { fields: { drawn: { lt: 100 } } } },
};

/** The nth most frequent token is drawn in proportion to 1/n. */
function drawVector({ word, below }: Random, count: number): SparseVector {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor((VOCABULARY + 1) ** (word() / 2 ** 32)) - 1);
  const ids = Uint32Array.from(drawn).sort();
  return { ids, weights: Float32Array.from(ids, () => (1 + below(3000)) / 1000) };
}

function drawUnit({ below }: Random): Float32Array {
  const vector = Float32Array.from({ length: DIMENSIONS }, () => below(2001) - 1000.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const processorNow = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const timed = async (store: Store, vectors: readonly SparseVector[], asked: Partial<StoreQuery> = {}): Promise<readonly number[]> => {
  const taken: number[] = [];
  for (const sparse of vectors) {
    const before = processorNow();
    await store.search({ limit: 10, ...asked, sparse });
    taken.push(processorNow() - before);
  }
  return taken;
};

const postingBytes = async (folder: string): Promise<number> => {
  const postings = join(folder, 'documents.lance', '_postings');
  const sizes = (await readdir(postings)).map(async (name) => (await stat(join(postings, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

const measure = async (documents: number, say: (line: string) => void): Promise<Measured> => {
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
  const random = randomFrom(59);
  const store = lanceStore(folder, { durability: 'process' });
  await store.open({
    format: indexFormat,
    embedder: 'drawn@fp32:0',
    sparse: { embedder: 'drawn@fp32:1' },
    dimensions: DIMENSIONS,
    fields: ['text'],
    filterable: { drawn: 'number' },
    analyzer: 'words-2',
    createdAt: new Date(0).toISOString(),
  });
  for (let from = 0; from < documents; from += BATCH) {
    say(`${documents}: ${from} written`);
    const entries = Array.from({ length: Math.min(BATCH, documents - from) }, (_, at) => {
      const id = `document-${from + at}`;
      const sparse = packSparse(drawVector(random, WEIGHTS));
      const vector = drawUnit(random);
      return { id, document: { id, drawn: random.below(1000) }, hash: id, textHash: id, vector, terms: 'word', sparse };
    });
    await store.upsert(entries);
  }
  const vectors = Array.from({ length: QUERIES }, (_, at) => drawVector(random, 8 + (at % 23)));
  const searches: Record<string, readonly number[]> = { 'all compared': await timed(store, vectors.slice(0, COMPARED)) };
  say(`${documents}: optimized`);
  await store.optimize();
  const bytes = await postingBytes(folder);
  await timed(store, vectors);
  for (const [way, asked] of Object.entries(ways)) searches[way] = await timed(store, vectors, asked);
  // Where nothing else is due, what is missing is all that is built.
  await rm(join(folder, 'documents.lance', '_postings'), { recursive: true });
  const before = processorNow();
  await store.optimize();
  const buildMilliseconds = processorNow() - before;
  await store.close();
  await rm(folder, { recursive: true });
  return { documents, searches, buildMilliseconds, bytes };
};

export const sparseBench: Workload = {
  about: `a folder by sparse vectors of ${WEIGHTS} weights, and queries of 8 to 30`,
  run: async ({ say, texts = LARGE }) => {
    const measured = [await measure(SMALL, say), await measure(texts, say)];
    const table: Table = {
      title: 'Processor milliseconds of a search, the median; of building postings, and their bytes, per document',
      columns: ['documents', 'all compared', ...Object.keys(ways), 'building', 'bytes'],
      rows: measured.map(({ documents, searches, buildMilliseconds, bytes }) => [
        documents,
        ...Object.values(searches).map((taken) => fixed(median(taken))),
        fixed(buildMilliseconds / documents, 3),
        fixed(bytes / documents, 0),
      ]),
    };
    const { searches } = measured[1] as Measured;
    const gain = median(searches['all compared'] ?? []) / median(searches['by postings'] ?? []);
    const bars: readonly Bar[] = [
      { claim: `at least ${LEAST_GAIN} times as fast by postings`, got: fixed(gain), holds: gain >= LEAST_GAIN },
    ];
    return { tables: [table], bars, raw: { measured } };
  },
};
