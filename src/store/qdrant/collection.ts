import { FinetoothError } from '../../errors.ts';
import { checkUsable, indexCompacted, indexGone, indexMissing } from '../index-changes.ts';
import { indexFormat, isSameIndex, type Manifest } from '../store.ts';
import { GAP, type QdrantOptions, splitStaged } from './address.ts';
import { isExisting, isMissing } from './faults.ts';
import { loading } from './graph.ts';
import type { Schemas } from './library.ts';
import { indexesFor, SPARSE, VECTOR, WORDS } from './points.ts';
import type { Requests } from './requests.ts';

/** An index as it is at a moment. */
export interface Opened {
  /** The collection that the alias leads to. */
  readonly collection: string;
  readonly manifest: Manifest;
  /** Hundredths of the mean lengths by which words of its passages may be weighed, the one that new ones are weighed by first; none before the first write. */
  readonly means: readonly number[];
  /** Cells of numbers among which there are some that Qdrant does not read to the last bit. */
  readonly rough: ReadonlySet<string>;
  /** Another value says that it was optimized. */
  readonly optimized: string;
  /** When something was deleted last, ISO 8601. */
  readonly deletedAt?: string;
  /** Points, give or take what is just being moved. */
  readonly points: number;
  readonly info: Schemas['CollectionInfo'];
}

export interface Collections {
  open(manifest?: Manifest): Promise<Manifest | undefined>;
  /** The index as it is now; undefined where it was never made. Throws where it was made again and cannot be used as it was opened. */
  now(asking?: Requests): Promise<Opened | undefined>;
  /** The same; throws E_INDEX_MISSING where there is none. */
  here(): Promise<Opened>;
  /** Runs work on the index as it is now, and once more where its collection is gone in the middle: another has taken its place, and it was removed. */
  onto<T>(work: () => Promise<T>): Promise<T>;
  /** Merges into what the collection says of itself; null removes. */
  describe(opened: Opened, changes: Readonly<Record<string, string | null>>): Promise<void>;
}

/** Keys of a collection's metadata; behind the last two stand a mean length, and the name of a cell. */
const MANIFEST = 'finetooth_manifest';
const COLLECTION = 'finetooth_collection';
export const OPTIMIZED = 'finetooth_optimized';
export const DELETED = 'finetooth_deleted';
export const MEAN = 'finetooth_mean_';
export const ROUGH = 'finetooth_rough_';

/** How often work begins again on what has taken the place of what it began on. */
const TRIES = 5;

/** The oldest server that keeps what a collection says of itself. */
const OLDEST = '1.16.0';

export function collectionsOf(requests: Requests, name: string, shown: string, options: QdrantOptions): Collections {
  let known: Manifest | undefined;
  const parse = createParser(shown);
  const read = async (asking: Requests): Promise<Opened | undefined> => {
    try {
      return await parse(await asking.ask((client) => client.getCollection(name)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const now = async (asking = requests): Promise<Opened | undefined> => {
    const opened = await read(asking);
    if (opened === undefined && known !== undefined) throw indexGone(shown);
    if (opened !== undefined && known !== undefined && !isSameIndex(known, opened.manifest)) checkUsable(known, opened.manifest, shown);
    known = opened?.manifest ?? known;
    return opened;
  };
  return {
    now,
    here: async () => {
      const opened = await now();
      if (opened === undefined) throw indexMissing(shown);
      return opened;
    },
    onto: async (work) => {
      for (let attempt = 1; ; attempt++)
        try {
          return await work();
        } catch (error) {
          if (!isMissing(error)) throw error;
          if (attempt === TRIES) throw indexCompacted(shown);
        }
    },
    open: async (wanted) => {
      const there = await now();
      if (there !== undefined || wanted === undefined) return there?.manifest;
      await createCollection(requests, name, shown, wanted, options);
      return (await now())?.manifest;
    },
    describe: async ({ collection }, changes) => {
      await requests.ask((client) => client.updateCollection(collection, { metadata: changes }));
    },
  };
}

export const withManifest = (manifest: Manifest): Readonly<Record<string, string>> => ({ [MANIFEST]: JSON.stringify(manifest) });

/** The collection of an index before it is ever rebuilt, or of one that is being made in the place of another. */
export function firstCollection(name: string): string {
  const [base, stage = 'first'] = splitStaged(name);
  return `${base}${GAP}${stage}`;
}

/**
 * One of several processes makes the collection, whose name follows from that of the index: the others find that it exists, and take its manifest.
 * What one that was killed left undone each of them does.
 */
async function createCollection(
  requests: Requests,
  name: string,
  shown: string,
  manifest: Manifest,
  options: QdrantOptions,
): Promise<void> {
  await checkVersion(requests, shown);
  const collection = firstCollection(name);
  const { vector, wordsOnDisk } = layoutOf(manifest, options);
  const weights = { modifier: 'none', index: { on_disk: wordsOnDisk } } as const;
  const { shards = 1, replicas = 1, consistency = replicas < 3 ? 1 : Math.floor(replicas / 2) + 1 } = options;
  try {
    await requests.ask((client) =>
      client.createCollection(collection, {
        vectors: { [VECTOR]: vector },
        sparse_vectors: Object.fromEntries([WORDS, ...(manifest.sparse === undefined ? [] : [SPARSE])].map((name) => [name, weights])),
        shard_number: shards,
        replication_factor: replicas,
        write_consistency_factor: consistency,
        on_disk_payload: true,
        optimizers_config: { indexing_threshold: loading.indexedFrom },
        metadata: { ...withManifest(manifest), [COLLECTION]: collection },
      }),
    );
  } catch (error) {
    if (!isExisting(error)) throw refusedCreation(error, shown, options);
  }
  const made = await createParser(shown)(await requests.ask((client) => client.getCollection(collection)));
  await createIndexes(requests, collection, made.manifest, options);
  // Whoever was suspended until now must not lead the name back to a collection in whose place another has come.
  if (await leadsSomewhere(requests, name)) return;
  await requests.ask((client) =>
    client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: collection, alias_name: name } }] }),
  );
}

/** Indexes over the payload, before there is anything in it: filters of an approximate search are fast only where they were there first. */
export async function createIndexes(requests: Requests, collection: string, manifest: Manifest, options: QdrantOptions): Promise<void> {
  for (const [field, schema] of Object.entries(indexesFor(manifest))) {
    const own = typeof schema === 'string' ? { type: schema } : schema;
    const field_schema = (options.onDisk ? { ...own, on_disk: true } : own) as Schemas['PayloadFieldSchema'];
    await requests.ask((client) => client.createPayloadIndex(collection, { field_name: field, field_schema, wait: true }));
  }
}

/** The first two numbers and the third of a version. */
export async function checkVersion(requests: Requests, shown: string): Promise<string> {
  const { version } = await requests.ask((client) => client.versionInfo());
  const [a, b] = [version, OLDEST].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  const compared = [0, 1, 2].map((at) => (a?.[at] ?? 0) - (b?.[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
  if (compared < 0)
    throw new FinetoothError('E_DATABASE', `${shown} is Qdrant ${version}, and an index needs ${OLDEST} or later. Update the server.`);
  return version;
}

function layoutOf({ dimensions }: Manifest, { quantization = 'none', onDisk = false }: QdrantOptions) {
  const isQuantized = quantization === 'int8';
  const vector: Schemas['VectorParams'] = {
    size: dimensions,
    // Vectors have length 1, and come back as they were given: for cosines Qdrant would divide them by their lengths once more.
    distance: 'Dot',
    on_disk: onDisk || isQuantized,
    hnsw_config: { m: loading.links, on_disk: onDisk },
    ...(isQuantized && { quantization_config: { scalar: { type: 'int8', always_ram: true } } }),
  };
  return { vector, wordsOnDisk: onDisk };
}

async function leadsSomewhere(requests: Requests, name: string): Promise<boolean> {
  try {
    await requests.ask((client) => client.getCollection(name));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

type Described = Omit<Opened, 'points' | 'info'>;

/** Reads what a collection says of itself; the same text is read once, since every search asks. */
function createParser(shown: string): (info: Schemas['CollectionInfo']) => Promise<Opened> {
  let last: { readonly text: string; readonly described: Described } | undefined;
  return async (info) => {
    const metadata = (info.config as { readonly metadata?: unknown }).metadata;
    const text = JSON.stringify(metadata ?? null);
    if (last?.text !== text) last = { text, described: await describedIn(metadata, shown) };
    return { ...last.described, points: info.points_count ?? 0, info };
  };
}

async function describedIn(metadata: unknown, shown: string): Promise<Described> {
  const { z } = await import('zod');
  const form = z.record(z.string(), z.unknown()).and(z.object({ [MANIFEST]: z.string(), [COLLECTION]: z.string() }));
  const manifestForm = z.looseObject({ format: z.number(), embedder: z.string(), dimensions: z.number(), fields: z.array(z.string()) });
  const parsed = form.safeParse(metadata);
  if (!parsed.success)
    throw new FinetoothError(
      'E_INDEX_DAMAGED',
      `${shown} is a collection that finetooth did not make. Give the index another name, or remove the collection.`,
    );
  const data = parsed.data as Readonly<Record<string, string | undefined>>;
  const manifest = manifestForm.parse(JSON.parse(data[MANIFEST] as string)) as unknown as Manifest;
  if (manifest.format > indexFormat)
    throw new FinetoothError(
      'E_INDEX_DAMAGED',
      `${shown} has format ${manifest.format}; this version of finetooth reads formats up to ${indexFormat}, so update it.`,
    );
  const named = (prefix: string) =>
    Object.entries(data).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : []));
  // The newest first.
  const means = named(MEAN).sort(([, a = ''], [, b = '']) => (a < b ? 1 : -1));
  return {
    collection: data[COLLECTION] as string,
    manifest,
    means: means.map(([mean]) => Number(mean)),
    rough: new Set(named(ROUGH).map(([cell]) => cell)),
    optimized: data[OPTIMIZED] ?? '',
    deletedAt: data[DELETED],
  };
}

function refusedCreation(error: unknown, shown: string, { replicas = 1, shards = 1 }: QdrantOptions): unknown {
  if (error instanceof FinetoothError) return error;
  const message = (error as { readonly data?: { readonly status?: { readonly error?: string } } }).data?.status?.error;
  if (message === undefined) return error;
  return new FinetoothError(
    'E_DATABASE',
    `${shown} refuses to make the collection (${shards} shards, ${replicas} replicas): ${message}. Change the options in the address, or the server.`,
    { cause: error },
  );
}
