/** One index in a folder, in Qdrant and in PostgreSQL, beside what the vendors' quick starts do with the same vectors: load, disk, memory, searches. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collection } from '../../results/collections.ts';
import { readCollection } from '../../src/eval/index.ts';
import { openIndex, type SearchIndex, search } from '../../src/index.ts';
import { meanOf } from '../../src/math/mean.ts';
import type { Entry, Manifest, Store } from '../../src/store/store.ts';
import { lanceExample, pgvectorExample, qdrantExample, type VendorStore } from '../contenders/vendor-stores.ts';
import { type EngineServer, postgresServer, qdrantServer } from '../engine-servers.ts';
import { mergedEntries } from '../merged-entries.ts';
import { type Bar, fixed, median, quantile, type Table, type Workload } from '../report.ts';

const LARGEST = 100_000;
const BATCH = 1000;
const [QUERIES, WHOLE] = [40, 10];
const NEAREST = 25;
/** Shares of the documents that fit. */
const BELOW = [0.1, 0.01, 0.001] as const;
const LEAST_RECALL = 0.99;

interface Contender {
  readonly name: string;
  readonly index: SearchIndex;
  readonly server?: EngineServer;
}

interface Loaded {
  readonly seconds: number;
  /** The same, until all of it is indexed. */
  readonly untilIndexed: number;
  readonly clientSeconds: number;
  readonly serverSeconds: number;
  readonly bytes: number;
  readonly serverMegabytes: number;
}

type Ask = (store: Store, query: Asked) => Promise<readonly { readonly id: string }[]>;

interface Asked {
  readonly text: string;
  readonly vector: Float32Array;
  readonly terms: readonly string[];
}

const ways: Readonly<Record<string, Ask>> = {
  dense: (store, { vector }) => store.search({ vector, limit: NEAREST, fields: [] }),
  exact: (store, { vector }) => store.search({ vector, limit: NEAREST, fields: [], exact: true }),
  ...Object.fromEntries(
    BELOW.map((below): readonly [string, Ask] => [
      `${below * 100} %`,
      (store, { vector }) => store.search({ vector, limit: NEAREST, fields: [], filter: { fields: { share: { lt: below } } } }),
    ]),
  ),
  bm25: (store, { terms }) => store.search({ terms, limit: NEAREST, fields: [] }),
};

/** Processor milliseconds of processes so far, as the system counts them. */
async function processorOf(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.split(' ') ?? [];
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * 10;
}

async function residentOf(pids: readonly number[]): Promise<number> {
  let kilobytes = 0;
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }
  return kilobytes / 1000;
}

async function load(
  store: Store,
  server: EngineServer | undefined,
  batches: AsyncIterable<Batch>,
  say: (line: string) => void,
): Promise<Loaded> {
  const pids = async () => (await server?.pids()) ?? [];
  const before = { clock: performance.now(), client: process.cpuUsage(), server: await processorOf(await pids()) };
  let done = 0;
  for await (const { batch, manifest } of batches) {
    if (done === 0) await store.open(manifest);
    await store.upsert(batch);
    say(`${(done += batch.length)} documents`);
  }
  await store.optimize();
  const { user, system } = process.cpuUsage(before.client);
  const seconds = (performance.now() - before.clock) / 1000;
  say('waiting until it is indexed');
  await server?.indexed?.();
  return {
    seconds,
    untilIndexed: (performance.now() - before.clock) / 1000,
    clientSeconds: (user + system) / 1e6,
    serverSeconds: ((await processorOf(await pids())) - before.server) / 1000,
    bytes: (await store.stats()).bytes,
    serverMegabytes: await residentOf(await pids()),
  };
}

interface Batch {
  readonly batch: readonly Entry[];
  readonly manifest: Manifest;
}

/** Judged queries of the collections that are here, else of the bundled films; spread over them all. */
async function queriesOf(): Promise<readonly string[]> {
  const names = ['scifact', 'vaswani', 'cisi', 'cranfield', 'cosqa', 'trecqa-dev', 'wikiqa-dev'];
  const folders = names.flatMap((name) => collection(name) ?? []);
  if (folders.length === 0) folders.push(join(import.meta.dirname, '..', '..', 'samples', 'films'));
  const lists = await Promise.all(folders.map(async (folder) => [...(await readCollection(folder)).queries.values()]));
  return Array.from({ length: QUERIES }, (_, i) => lists[i % lists.length]?.[Math.floor(i / lists.length)]).filter(
    (one) => one !== undefined,
  );
}

const shareOf = (found: readonly string[], wanted: readonly string[]): number =>
  wanted.length === 0 ? 1 : wanted.filter((id) => found.includes(id)).length / wanted.length;

export const enginesBench: Workload = {
  about: `an index of ${LARGEST} documents, or --texts, of the indexes of --keep: in a folder, in Qdrant, in PostgreSQL, and as the vendors' quick starts do it`,
  run: async ({ say, keep, texts = LARGEST, firstStages = false }) => {
    if (keep === undefined)
      throw new Error('engines takes real vectors from --keep FOLDER, as "npm run results -- NAME --keep FOLDER" makes it');
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-engines-'));
    const servers = texts > LARGEST ? [await qdrantServer()] : [await qdrantServer(), await postgresServer()];
    const contenders: Contender[] = [];
    const loaded: Record<string, Loaded> = {};
    const vendors: VendorStore[] = [];
    const vendorLoaded: Record<string, Loaded> = {};
    // A million documents with token vectors are hours of two processors: beyond, first stages alone, of the two that are meant for it.
    const isWhole = !firstStages && texts <= LARGEST;
    const batches = () => mergedEntries(keep, texts, BATCH, isWhole);
    try {
      const places = [{ name: 'LanceDB', address: join(folder, 'films'), server: undefined }, ...servers];
      for (const { name, address, server } of places.map((one) => ({ ...one, server: 'pids' in one ? one : undefined }))) {
        const index = await openIndex(address, { create: true });
        loaded[name] = await load(index.store, server, batches(), (line) => say(`${name}: ${line}`));
        await index.close();
        contenders.push({ name, server, index: await openIndex(address) });
      }
      const [qdrant, postgres] = servers as [EngineServer, EngineServer];
      const made = isWhole
        ? [
            { vendor: await lanceExample(folder), server: undefined },
            { vendor: await qdrantExample(qdrant.url), server: qdrant },
            { vendor: await pgvectorExample(postgres.url), server: postgres },
          ]
        : [];
      for (const { vendor, server } of made) {
        vendors.push(vendor);
        const pids = (await server?.pids()) ?? [];
        const before = { clock: performance.now(), client: process.cpuUsage(), server: await processorOf(pids) };
        await vendor.load(entriesOf(batches(), (count) => say(`${vendor.name}: ${count} documents`)));
        const { user, system } = process.cpuUsage(before.client);
        const seconds = (performance.now() - before.clock) / 1000;
        vendorLoaded[vendor.name] = {
          seconds,
          untilIndexed: seconds,
          clientSeconds: (user + system) / 1e6,
          serverSeconds: ((await processorOf((await server?.pids()) ?? [])) - before.server) / 1000,
          bytes: Number.NaN,
          serverMegabytes: await residentOf((await server?.pids()) ?? []),
        };
      }
      const measured = await ask(contenders, vendors, isWhole ? WHOLE : 0, say);
      return { ...tablesOf(loaded, vendorLoaded, measured, texts), raw: { texts, firstStages: !isWhole, loaded, vendorLoaded, measured } };
    } finally {
      for (const vendor of vendors) await vendor.close().catch(() => {});
      for (const { index } of contenders) await index.close();
      for (const server of servers) await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function* entriesOf(batches: AsyncIterable<Batch>, told: (count: number) => void): AsyncGenerator<readonly Entry[]> {
  let count = 0;
  for await (const { batch } of batches) {
    yield batch;
    told((count += batch.length));
  }
}

/** By name and way: milliseconds by the clock, processor milliseconds of client and server together, and the share of the exact answer that is found. */
type Measured = Record<string, Record<string, { readonly clock: number[]; readonly processor: number[]; readonly recall: number[] }>>;

/** All take turns query by query, so that what else runs on the machine meets all alike; the first query of each way warms up. */
async function ask(
  contenders: readonly Contender[],
  vendors: readonly VendorStore[],
  whole: number,
  say: (line: string) => void,
): Promise<Measured> {
  const measured: Measured = {};
  const [{ index: reference }] = contenders as [Contender];
  const texts = await queriesOf();
  const words = await import('../../src/search/word-analysis.ts');
  const analysis = await words.analysisOf(reference.manifest() as Manifest);
  const queries: Asked[] = [];
  for (const text of texts) {
    const { data } = await reference.embedder().embed([text], 'query');
    queries.push({ text, vector: data, terms: analysis.query(text) });
  }
  const time = async <T>(name: string, way: string, pids: readonly number[], isWarm: boolean, work: () => Promise<T>): Promise<T> => {
    const before = { clock: performance.now(), client: process.cpuUsage(), server: await processorOf(pids) };
    const result = await work();
    const clock = performance.now() - before.clock;
    const { user, system } = process.cpuUsage(before.client);
    const processor = (user + system) / 1000 + (await processorOf(pids)) - before.server;
    const one = ((measured[name] ??= {})[way] ??= { clock: [], processor: [], recall: [] });
    if (isWarm) {
      one.clock.push(clock);
      one.processor.push(processor);
    }
    return result;
  };
  const idsOf = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);
  for (const [at, query] of queries.entries()) {
    say(`query ${at + 1} of ${queries.length}`);
    const wanted = new Map<string, string[]>();
    for (const [way, asked] of Object.entries(ways)) {
      const filter = BELOW.find((below) => way === `${below * 100} %`);
      const exact = await reference.store.search({
        ...(way === 'bm25' ? { terms: query.terms } : { vector: query.vector }),
        limit: NEAREST,
        fields: [],
        exact: true,
        filter: filter === undefined ? undefined : { fields: { share: { lt: filter } } },
      });
      wanted.set(way, idsOf(exact));
      for (const { name, index, server } of contenders) {
        const found = await time(name, way, (await server?.pids()) ?? [], at > 0, () => asked(index.store, query));
        measured[name]?.[way]?.recall.push(shareOf(idsOf(found), wanted.get(way) as string[]));
      }
    }
    for (const { name, index, server } of contenders) {
      const pids = (await server?.pids()) ?? [];
      await time(name, 'hybrid', pids, at > 0, () => search(index, query.text, { firstStage: 'hybrid', reranker: null, top: NEAREST }));
      if (at <= whole && whole > 0) await time(name, 'whole', pids, at > 0, () => search(index, query.text, { top: 10 }));
    }
    for (const vendor of vendors) {
      for (const [way, below] of [['dense', undefined], ...BELOW.map((below) => [`${below * 100} %`, below] as const)] as const) {
        const found = await time(vendor.name, way, [], at > 0, () => vendor.dense(query.vector, NEAREST, below));
        measured[vendor.name]?.[way]?.recall.push(shareOf([...found], wanted.get(way) as string[]));
      }
      await time(vendor.name, 'hybrid', [], at > 0, () =>
        vendor.hybrid(query.vector, vendor.name.startsWith('Qdrant') ? query.terms.join(' ') : query.text, NEAREST),
      );
    }
  }
  return measured;
}

function tablesOf(
  loaded: Readonly<Record<string, Loaded>>,
  vendorLoaded: Readonly<Record<string, Loaded>>,
  measured: Measured,
  texts: number,
): { readonly tables: readonly Table[]; readonly bars: readonly Bar[] } {
  const columns = ['dense', 'exact', ...BELOW.map((below) => `${below * 100} %`), 'bm25', 'hybrid', 'whole'];
  const names = Object.keys(measured);
  const loads: Table = {
    title: `loading ${texts} documents with their vectors (ours with words too, and with token vectors where searches are reranked)`,
    columns: ['', 'seconds', 'until indexed', 'client processor s', 'server processor s', 'MB on disk', 'server MB resident'],
    rows: Object.entries({ ...loaded, ...vendorLoaded }).map(([name, one]) => [
      name,
      fixed(one.seconds, 0),
      fixed(one.untilIndexed, 0),
      fixed(one.clientSeconds, 0),
      fixed(one.serverSeconds, 0),
      Number.isNaN(one.bytes) ? '' : fixed(one.bytes / 1e6, 0),
      one.serverMegabytes === 0 ? '' : fixed(one.serverMegabytes, 0),
    ]),
  };
  const table = (title: string, cell: (one: NonNullable<Measured[string][string]>) => string): Table => ({
    title,
    columns: ['', ...columns],
    rows: names.map((name) => [
      name,
      ...columns.map((way) => {
        const one = measured[name]?.[way];
        return one === undefined || one.clock.length === 0 ? '' : cell(one);
      }),
    ]),
  });
  const bars = Object.keys(loaded).flatMap((name) =>
    columns.slice(0, 5).map((way): Bar => {
      const recall = meanOf(measured[name]?.[way]?.recall ?? []);
      return {
        claim: `${name}: recall@${NEAREST} of ${way} at least ${LEAST_RECALL}`,
        got: fixed(recall, 4),
        holds: recall >= LEAST_RECALL,
      };
    }),
  );
  return {
    tables: [
      loads,
      table('milliseconds by the clock, median / 95 %', ({ clock }) => `${fixed(median(clock))} / ${fixed(quantile(clock, 0.95))}`),
      table('processor milliseconds of client and server, mean (of the vendors the client alone)', ({ processor }) =>
        fixed(meanOf(processor)),
      ),
      table(`recall@${NEAREST} against comparing every vector`, ({ recall }) => (recall.length === 0 ? '' : fixed(meanOf(recall), 3))),
    ],
    bars,
  };
}
