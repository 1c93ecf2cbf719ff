import {
  callChecks,
  checkArguments,
  isRecord,
  needed,
  type OptionChecks,
  oneOf,
  record,
  signal,
  truth,
  type ValueCheck,
  when,
} from '../wording/check-options.ts';
import { anyNumber, anyText, anyTexts, finite, listOf, map, optional, shape } from '../wording/check-shapes.ts';
import type { FacetOptions } from './facets.ts';
import type { DeleteOptions, Entry, EntryField, Store } from './store.ts';

const bytes: ValueCheck = when('a Uint8Array', (value) => value instanceof Uint8Array);
const vector: ValueCheck = when('a Float32Array', (value) => value instanceof Float32Array);
const passage = {
  vector,
  tokens: optional(bytes),
  sparse: optional(bytes),
  terms: anyText,
  place: optional(shape('an object with a span', { span: listOf('a list of two numbers', anyNumber) })),
};
const entries: ValueCheck = listOf(
  'a list of entries',
  shape('an entry: an object with id, document, hash, textHash, vector and terms', {
    ...passage,
    id: anyText,
    document: record,
    hash: anyText,
    textHash: anyText,
    further: optional(listOf('a list of passages', shape('a passage: an object with vector and terms', passage))),
    title: optional(bytes),
  } satisfies Record<keyof Entry, ValueCheck>),
);
const manifest: ValueCheck = shape('a manifest: an object with format, embedder, dimensions, fields, analyzer and createdAt', {
  format: finite,
  embedder: anyText,
  dimensions: finite,
  fields: anyTexts,
  analyzer: anyText,
  createdAt: anyText,
});
const ids: ValueCheck = anyTexts;
const entryFields = Object.keys({
  document: true,
  hash: true,
  textHash: true,
  vector: true,
  tokens: true,
  sparse: true,
  terms: true,
  place: true,
  further: true,
  title: true,
} satisfies Record<EntryField, true>);
const filter: ValueCheck = when('a filter, a text or an object', (value) => typeof value === 'string' || isRecord(value));
const askedBy = { vector: optional(vector), terms: optional(anyTexts) };
const sparse: ValueCheck = shape('a sparse vector: an object with ids and weights', {
  ids: when('a Uint32Array', (value) => value instanceof Uint32Array),
  weights: when('a Float32Array', (value) => value instanceof Float32Array),
});
const hasOne = when(
  'an object with a vector, terms, or a sparse vector',
  (value) => isRecord(value) && (value.vector !== undefined || value.terms !== undefined || value.sparse !== undefined),
);
const query: ValueCheck = (value) =>
  shape('a query: an object with a vector or terms, and a limit', {
    ...askedBy,
    sparse: optional(sparse),
    other: optional((other) => hasOne(other) ?? shape('an object', askedBy)(other)),
    limit: finite,
    filter: optional(filter),
    fields: optional(listOf('a list of fields', oneOf(['document', 'tokens']))),
    exact: optional(truth),
    signal: optional(signal),
  })(value) ?? hasOne(value);
const spread: ValueCheck = shape('an object with mean, deviation and documents', { mean: finite, deviation: finite, documents: finite });
const deleteChecks: OptionChecks<DeleteOptions> = { hashes: map, from: manifest };
const facetChecks: OptionChecks<FacetOptions> = { ...callChecks, filter, limit: needed(finite) };

/** The store, whose functions refuse what they do not take: every store that this package makes is given out so, since anyone may call it. */
export function checkedStore(store: Store): Store {
  const { keepSpread } = store;
  return {
    ...store,
    open: async (...given) => {
      checkArguments('store.open(manifest)', { manifest: [given[0], optional(manifest)] });
      return store.open(...given);
    },
    upsert: async (...given) => {
      checkArguments('store.upsert([entry])', { entries: [given[0], entries] });
      return store.upsert(...given);
    },
    delete: async (...given) => {
      checkArguments("store.delete(['an-id'])", { ids: [given[0], ids], options: [given[1], deleteChecks] });
      return store.delete(...given);
    },
    get: (wanted, fields) => {
      const isWanted: ValueCheck = (value) => (value === 'all' ? undefined : ids(value) && 'a list of texts, or "all"');
      checkArguments("store.get(['an-id'], ['document'])", {
        ids: [wanted, isWanted],
        fields: [fields, listOf('a list of fields', oneOf(entryFields))],
      });
      return store.get(wanted, fields);
    },
    search: async (asked) => {
      checkArguments('store.search({ vector, limit: 10 })', { query: [asked, query] });
      return store.search(asked);
    },
    count: async (...given) => {
      checkArguments("store.count('year >= 1990')", { filter: [given[0], optional(filter)] });
      return store.count(...given);
    },
    facets: async (fields, options) => {
      checkArguments("store.facets(['year'], { limit: 10 })", {
        fields: [fields, anyTexts],
        options: [options, facetChecks],
      });
      return store.facets(fields, options);
    },
    keepSpread:
      keepSpread === undefined
        ? undefined
        : async (measured) => {
            checkArguments('store.keepSpread({ mean: 0.5, deviation: 0.06, documents: 100 })', { spread: [measured, spread] });
            return keepSpread(measured);
          },
  };
}
