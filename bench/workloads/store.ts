/** LanceDB with every vector compared against its approximate index: the origin of the constants in src/store/lancedb.ts and lance-optimize.ts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table as LanceTable } from '@lancedb/lancedb';
import { lanceStore } from '../../src/index.ts';
import { loadLance } from '../../src/store/lance-library.ts';
import { type Entry, indexFormat, type Store } from '../../src/store/store.ts';
import { analyzerVersion } from '../../src/text/analyzer.ts';
import { fixed, median, quantile, type Table, times, type Workload } from '../report.ts';
import { normalFrom, randomFrom } from '../texts.ts';

const DIMENSIONS = 384;
const SIZES = [5_000, 10_000, 20_000, 50_000, 100_000];
/** The store builds its index once: how good is it when the collection has grown tenfold? */
const GROWN_FROM = 10_000;
const QUERIES = 40;
const COUNT = 25;
const WRITE = 5_000;
const CLUSTERS = 100;
/** Length of the noise beside a centre of length 1: neighbours in a cluster have a cosine of about 1 / (1 + 0.8²) = .61. */
const NOISE = 0.8;
/** Candidates fetched for each one returned, and clusters looked into: what the store might use instead of its own constants. */
const VARIANTS = [
  { refine: 2, probes: 20 },
  { refine: 4, probes: 5 },
  { refine: 8, probes: 40 },
];

const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

/** Vectors around centres, as texts on a few hundred subjects are; queries are drawn the same way. */
const clusteredVectors = (seed: number): (() => Float32Array) => {
  const random = randomFrom(seed);
  const scale = 1 / Math.sqrt(DIMENSIONS);
  const centresFrom = randomFrom(1);
  const centres = Array.from({ length: CLUSTERS }, () => unit(Float32Array.from({ length: DIMENSIONS }, () => normalFrom(centresFrom))));
  return () => {
    const centre = centres[Math.floor(random() * CLUSTERS)] as Float32Array;
    return unit(centre.map((value) => value + NOISE * scale * normalFrom(random)));
  };
};

const entryOf = (at: number, vector: Float32Array): Entry => {
  const id = `d${at}`;
  return { id, document: { id, text: `text ${at}` }, hash: id, textHash: id, vector, terms: `text ${at}` };
};

interface Found {
  readonly milliseconds: readonly number[];
  readonly ids: readonly (readonly string[])[];
}

const ask = async (queries: readonly Float32Array[], find: (query: Float32Array) => Promise<readonly string[]>): Promise<Found> => {
  const milliseconds: number[] = [];
  const ids: (readonly string[])[] = [];
  await find(queries[0] as Float32Array);
  for (const query of queries) {
    const started = performance.now();
    ids.push(await find(query));
    milliseconds.push(performance.now() - started);
  }
  return { milliseconds, ids };
};

/** Share of the exact answer's ids that the other answer holds, over all queries. */
const recall = (exact: Found, other: Found): number => {
  let shared = 0;
  exact.ids.forEach((ids, at) => {
    const found = new Set(other.ids[at]);
    shared += ids.filter((id) => found.has(id)).length;
  });
  return shared / exact.ids.flat().length;
};

const throughStore =
  (store: Store) =>
  async (vector: Float32Array): Promise<readonly string[]> =>
    (await store.search({ vector, limit: COUNT, fields: [] })).map(({ id }) => id);

const throughTable =
  (table: LanceTable, { refine, probes }: (typeof VARIANTS)[number]) =>
  async (vector: Float32Array): Promise<readonly string[]> => {
    const query = table.query().nearestTo(vector).distanceType('cosine').select(['id', 'document', '_distance']).limit(COUNT);
    return ((await query.refineFactor(refine).nprobes(probes).toArray()) as { readonly id: string }[]).map(({ id }) => id);
  };

const exactWay = 'exact';
const ownWay = 'approximate, as the store asks';

interface Measured {
  readonly documents: number;
  readonly way: string;
  readonly found: Found;
  readonly recall: number;
  /** Seconds to build the approximate index; absent for the exact way. */
  readonly build?: number;
}

interface Opened {
  readonly store: Store;
  readonly table: LanceTable;
  /** Writes the next so many documents. */
  write(count: number): Promise<void>;
  close(): Promise<void>;
}

const openStore = async (folder: string): Promise<Opened> => {
  const store = lanceStore(folder);
  await store.open({
    format: indexFormat,
    embedder: 'synthetic',
    dimensions: DIMENSIONS,
    fields: ['text'],
    analyzer: analyzerVersion,
    createdAt: new Date().toISOString(),
  });
  const { lance } = await loadLance();
  const table = await (await lance.connect(folder, { readConsistencyInterval: 0 })).openTable('documents');
  const draw = clusteredVectors(2);
  let stored = 0;
  return {
    store,
    table,
    write: async (count) => {
      await store.upsert(Array.from({ length: count }, (_, at) => entryOf(stored + at, draw())));
      stored += count;
    },
    close: async () => {
      table.close();
      await store.close();
    },
  };
};

/** The same as the store's own when it passes its threshold; seconds. */
const buildIndex = async (table: LanceTable): Promise<number> => {
  const started = performance.now();
  const { lance } = await loadLance();
  await table.createIndex('vector', { config: lance.Index.ivfRq({ distanceType: 'cosine', numBits: 4 }) });
  return (performance.now() - started) / 1000;
};

/** Grows one store; at each size the index is built, measured and dropped again. */
const measure = async (folder: string, queries: readonly Float32Array[], say: (line: string) => void): Promise<Measured[]> => {
  const { store, table, write, close } = await openStore(folder);
  const measured: Measured[] = [];
  let stored = 0;
  for (const documents of SIZES) {
    for (; stored < documents; stored += WRITE) {
      say(`storing ${stored + WRITE} of ${documents}`);
      await write(WRITE);
    }
    await table.optimize();
    say(`${documents}: exact`);
    const exact = await ask(queries, throughStore(store));
    measured.push({ documents, way: exactWay, found: exact, recall: 1 });
    const build = await buildIndex(table);
    say(`${documents}: approximate`);
    const own = await ask(queries, throughStore(store));
    measured.push({ documents, way: ownWay, found: own, recall: recall(exact, own), build });
    for (const variant of VARIANTS) {
      const found = await ask(queries, throughTable(table, variant));
      const way = `approximate, ${variant.refine} fetched for one, ${variant.probes} probes`;
      measured.push({ documents, way, found, recall: recall(exact, found) });
    }
    await table.dropIndex('vector_idx');
  }
  await close();
  return measured;
};

/** An index built early and extended after each write, as `optimize` does. */
const measureGrown = async (
  folder: string,
  queries: readonly Float32Array[],
  exact: Measured,
  say: (line: string) => void,
): Promise<Measured> => {
  const { store, table, write, close } = await openStore(folder);
  for (let stored = WRITE; stored <= exact.documents; stored += WRITE) {
    say(`storing ${stored} of ${exact.documents} in an index built at ${GROWN_FROM}`);
    await write(WRITE);
    if (stored === GROWN_FROM) await buildIndex(table);
    else if (stored > GROWN_FROM) await table.optimize();
  }
  const found = await ask(queries, throughStore(store));
  await close();
  const way = `approximate, index built at ${GROWN_FROM}`;
  return { documents: exact.documents, way, found, recall: recall(exact.found, found) };
};

export const store: Workload = {
  about: 'the 25 nearest of clustered vectors of 384 numbers in LanceDB, exact and with IVF_RQ',
  run: async ({ say }) => {
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
    const queries = Array.from({ length: QUERIES }, clusteredVectors(3));
    const measured: Measured[] = [];
    try {
      measured.push(...(await measure(join(folder, 'index'), queries, say)));
      const largest = measured.findLast(({ way }) => way === exactWay) as Measured;
      measured.push(await measureGrown(join(folder, 'grown'), queries, largest, say));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const table: Table = {
      title: `milliseconds of search, limit ${COUNT}, over ${QUERIES} queries`,
      columns: ['documents', 'way', 'p50', 'p95', 'exact / this', `recall@${COUNT}`, 'build, s'],
      rows: measured.map(({ documents, way, found, recall: share, build }) => {
        const exact = measured.find((one) => one.documents === documents && one.way === exactWay) as Measured;
        return [
          documents,
          way,
          fixed(median(found.milliseconds)),
          fixed(quantile(found.milliseconds, 0.95)),
          times(median(exact.found.milliseconds), median(found.milliseconds)),
          fixed(share, 3),
          build === undefined ? '' : fixed(build),
        ];
      }),
    };
    const own = measured.filter(({ way }) => way === ownWay);
    const bars = own.map(({ documents, recall: share }) => ({
      claim: `${documents} documents: recall@${COUNT} of the approximate index at least .95`,
      got: fixed(share, 3),
      holds: share >= 0.95,
    }));
    const raw = measured.map(({ documents, way, found, recall: share, build }) => ({
      documents,
      way,
      milliseconds: found.milliseconds,
      recall: share,
      buildSeconds: build,
    }));
    return { tables: [table], bars, raw };
  },
};
