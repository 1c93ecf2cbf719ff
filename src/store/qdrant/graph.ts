import type { Manifest } from '../store.ts';
import type { Schemas } from './library.ts';
import { VECTOR } from './points.ts';
import type { Requests } from './requests.ts';

/**
 * While what is written first is loaded: links of a vector in its graph, and kilobytes of vectors from which a part of a collection is indexed. A graph that
 * is built while more comes is built several times over: without links there is none. So are small parts, which are merged. In a part that is not
 * indexed yet the list of a word is gone through for each passage that has it: it must not become too long.
 */
export const loading = { links: 0, indexedFrom: 30_000 } as const;
/**
 * From the first `optimize` on. No links hold together what a filter leaves: Qdrant would build them for each value of each field, words among them, that
 * some hundredths of a part have, which is many times the graph itself where parts are large. Instead what few fit is compared, each, and of what
 * more fit the graph is followed through those that do not, too.
 */
const LOADED = { links: 16, filteredLinks: 0, indexedFrom: 10_000 };
/** Kilobytes of the vectors that fit a filter, up to which these are compared, each: this share of a shard, within bounds. Of fewer the graph finds too little. */
const COMPARED = { share: 0.05, least: 10_000, most: 100_000 };
/** The graph is built again when so many times more should be compared, since the index has grown. */
const GROWTH = 4;

/** A collection as it is at a moment. */
interface Indexed {
  readonly collection: string;
  readonly manifest: Pick<Manifest, 'dimensions'>;
  readonly points: number;
  readonly info: Schemas['CollectionInfo'];
}

/** Vectors that were written first have no graph until they were optimized. */
export const waitsForGraph = ({ info }: Pick<Indexed, 'info'>): boolean => graphOf(info)?.m === loading.links;

/** Begins to build the graph of what there is, where there is none, or where it was built for far less. */
export async function buildGraph(requests: Requests, opened: Indexed): Promise<void> {
  const { info, collection } = opened;
  const wanted = comparedOf(opened);
  const now = graphOf(info)?.full_scan_threshold ?? info.config.hnsw_config.full_scan_threshold;
  if (!waitsForGraph(opened) && GROWTH * now > wanted) return;
  const { links, filteredLinks, indexedFrom } = LOADED;
  const hnsw_config = { m: links, payload_m: filteredLinks, full_scan_threshold: wanted };
  const vectors = { [VECTOR]: { hnsw_config } };
  await requests.ask((client) => client.updateCollection(collection, { vectors, optimizers_config: { indexing_threshold: indexedFrom } }));
}

function comparedOf({ points, manifest, info }: Indexed): number {
  const kilobytes = (4 * manifest.dimensions * points) / (info.config.params.shard_number ?? 1) / 1024;
  return Math.min(COMPARED.most, Math.max(COMPARED.least, Math.ceil(COMPARED.share * kilobytes)));
}

function graphOf({ config }: Schemas['CollectionInfo']): Schemas['HnswConfigDiff'] | null | undefined {
  const vectors = config.params.vectors as Readonly<Record<string, Schemas['VectorParams'] | undefined>> | undefined;
  return vectors?.[VECTOR]?.hnsw_config;
}
