import { throwIfStopped } from '../../errors.ts';
import { readFilter } from '../../filter/read-filter.ts';
import {
  callback,
  checkOptions,
  either,
  needed,
  type OptionChecks,
  oneOf,
  record,
  text,
  texts,
  truth,
  whole,
} from '../../wording/check-options.ts';
import { checkedStore } from '../checked-store.ts';
import { facetCounter } from '../facets.ts';
import { indexCompacted, indexReplaced } from '../index-changes.ts';
import { type EntryField, type HitField, isSameIndex, type Store, type StoreQuery } from '../store.ts';
import { addressOptions, type QdrantAddress, type QdrantOptions, schemes } from './address.ts';
import { collectionsOf, withManifest } from './collection.ts';
import { readEntries } from './entries.ts';
import { countFacets } from './facets.ts';
import { isMissing } from './faults.ts';
import { bringing, hitsOf } from './hits.ts';
import { leasesOf } from './lease.ts';
import { meanLength } from './mean-length.ts';
import { optimizeWords } from './optimize.ts';
import { hasPassages } from './points.ts';
import { countPoints, firstOf } from './reading.ts';
import type { LeaseTimes, RequestOptions } from './request-options.ts';
import { connectNodes, reading } from './requests.ts';
import { countFitting, restrictionFor } from './restriction.ts';
import type { Searching } from './search.ts';
import { measure } from './stats.ts';
import { searchTested } from './tested.ts';
import { createWordCounter } from './words.ts';
import { removeEntries, writeEntries } from './writing.ts';

/** An index in Qdrant, and how it is asked. */
export interface QdrantStoreOptions extends QdrantOptions, RequestOptions {
  /** Where it is: the first node, or several, as `http://host:6333`. */
  readonly url: string | readonly string[];
  /** Name of the index: that of an alias; its collections are named `NAME--…`. */
  readonly name: string;
  /** @default the environment variable QDRANT_API_KEY */
  readonly apiKey?: string;
  /** Passages from which a search by vector may pass over some of the nearest; below, each is compared. @default 20,000 */
  readonly approximateFrom?: number;
  /**
   * Passages from which the counts behind BM25 may be those of the last `optimize`; below, they are counted by each search. @default 2,000
   */
  readonly countedFrom?: number;
  readonly leases?: LeaseTimes;
}

const storeChecks: OptionChecks<QdrantStoreOptions> = {
  url: needed(either('an address, http://host:6333, or several', text, texts)),
  name: needed(text),
  apiKey: text,
  approximateFrom: whole(0, Number.MAX_SAFE_INTEGER),
  countedFrom: whole(0, Number.MAX_SAFE_INTEGER),
  leases: record,
  shards: whole(addressOptions.shards.from, addressOptions.shards.to),
  replicas: whole(addressOptions.replicas.from, addressOptions.replicas.to),
  consistency: whole(addressOptions.consistency.from, addressOptions.consistency.to),
  quantization: oneOf(addressOptions.quantization.of),
  onDisk: truth,
  ef: whole(addressOptions.ef.from, addressOptions.ef.to),
  retryMs: whole(0, 86_400_000),
  onDegraded: callback,
  timeoutMs: whole(1, 86_400_000),
};

/** Below, comparing every vector takes 4 ms of a server's processor or less. */
const APPROXIMATE_FROM = 20_000;
const COUNTED_FROM = 2000;
/** Candidates of the approximate search: docs/scale.md has recall by it. */
export const EF = 512;

/**
 * Documents and vectors in a Qdrant of 1.16 or later, one node or several. Each document is written by itself: what was acknowledged outlives a kill
 * of the server and of this process. Several processes may read and write at once.
 *
 * @example
 * import { openIndex, search } from 'finetooth';
 * import { qdrantStore } from 'finetooth/stores';
 *
 * const store = qdrantStore({ url: 'http://localhost:6333', name: 'products' });
 * const index = await openIndex(store, { create: { fields: ['name', 'about'] } });
 * const { results } = await search(index, 'a lamp for reading in bed');
 * await index.close();
 */
export function qdrantStore(options: QdrantStoreOptions): Store {
  checkOptions('qdrantStore', options, storeChecks);
  const {
    url,
    name,
    apiKey = process.env.QDRANT_API_KEY,
    approximateFrom = APPROXIMATE_FROM,
    countedFrom = COUNTED_FROM,
    ef = EF,
  } = options;
  const nodes = [url].flat() as readonly string[];
  const shown = shownOf({ nodes, name });
  const requests = connectNodes({ nodes, apiKey }, shown, options);
  const collections = collectionsOf(requests, name, shown, options);
  const leases = leasesOf(requests, collections, name, shown, options.leases);
  const asking = reading(requests);
  const words = createWordCounter(asking, countedFrom);
  const searching: Searching = { requests: asking, words, approximateFrom, ef };
  const writing = { requests, collections, leases, lengths: meanLength(collections), shown };

  return checkedStore({
    capabilities: { approximate: true, filterable: true, persistent: true, passages: true, titles: true, sparse: true },
    open: collections.open,
    upsert: (entries) => writeEntries(writing, entries),
    delete: (ids, { hashes, from } = {}) =>
      removeEntries(writing, ids, {
        hashes,
        check: ({ manifest }) => {
          if (from !== undefined && !isSameIndex(from, manifest)) throw indexReplaced(shown);
        },
      }),
    get: async function* <Field extends EntryField>(ids: readonly string[] | 'all', fields: readonly Field[]) {
      if (ids !== 'all') {
        yield* await collections.onto(async () => Array.fromAsync(readEntries(requests, await collections.here(), ids, fields)));
        return;
      }
      try {
        yield* readEntries(requests, await collections.here(), ids, fields);
      } catch (error) {
        // A stream cannot begin again.
        throw isMissing(error) ? indexCompacted(shown) : error;
      }
    },
    search: async <Field extends HitField = 'document'>(query: StoreQuery<Field>) => {
      const { limit, filter, other, signal, fields = ['document'] as readonly HitField[] } = query;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      if (limit <= 0 || ('terms' in query && query.terms.length === 0) || ('sparse' in query && query.sparse.ids.length === 0)) return [];
      return collections.onto(async () => {
        const opened = await collections.now(asking);
        if (opened === undefined) return [];
        const rows = await searchTested(searching, opened, query, bringing(opened, fields));
        throwIfStopped(signal);
        return hitsOf(searching, opened, rows, { fields, other, signal });
      });
    },
    count: async (filter) => {
      if (filter !== undefined) readFilter(filter);
      return collections.onto(async () => {
        const opened = await collections.now(asking);
        const restriction = opened && restrictionFor(filter, opened);
        return opened === undefined || restriction === undefined ? 0 : countFitting(asking, opened, restriction);
      });
    },
    facets: async (fields, facetOptions) => {
      const { filter, limit, signal } = facetOptions;
      throwIfStopped(signal);
      if (filter !== undefined) readFilter(filter);
      return collections.onto(async () => {
        const opened = await collections.now(asking);
        if (opened === undefined) return fields.map((field) => facetCounter(field).facet(limit));
        return countFacets(asking, opened, fields, facetOptions);
      });
    },
    stats: () =>
      collections.onto(async () => {
        const opened = await collections.here();
        const [documents, passages, { bytes, changedAt }] = await Promise.all([
          countPoints(requests, opened, firstOf(opened)),
          hasPassages(opened.manifest) ? countPoints(requests, opened, undefined) : undefined,
          measure(requests, opened),
        ]);
        return { documents, passages, bytes, changedAt };
      }),
    optimize: async () => {
      words.forget();
      await collections.onto(async () => optimizeWords(requests, collections, await collections.here()));
    },
    keepSpread: (spread) =>
      leases.write(async () => {
        const opened = await collections.here();
        await collections.describe(opened, withManifest({ ...opened.manifest, spread }));
        return opened;
      }),
    close: async () => requests.close(),
  });
}

/** How an index stands in errors and warnings. */
export function shownOf({ nodes, name }: Pick<QdrantAddress, 'nodes' | 'name'>): string {
  const [first = ''] = nodes;
  return `${first.startsWith('https') ? schemes[1] : schemes[0]}://${first.replace(/^https?:\/\/([^/]*@)?/, '')}/${name}`;
}
