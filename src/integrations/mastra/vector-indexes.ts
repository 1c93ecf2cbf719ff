import { randomUUID } from 'node:crypto';
import { openIndex } from '../../assemble/open-index.ts';
import { FinetoothError, messageOf } from '../../errors.ts';
import { documentTest } from '../../filter/document-test.ts';
import type { FieldTypes, Filter } from '../../filter/filter.ts';
import { vectorOf } from '../../search/given-vectors.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import { indexFormat, type Manifest, typesIn, withoutEmbedder } from '../../store/store.ts';
import { analyzerVersion } from '../../text/analyzer.ts';
import type { Document } from '../../types.ts';
import { checkArguments, checkValue, isRecord, list, readOf, record, shown, texts, whole } from '../../wording/check-options.ts';
import { anyNumber, anyText, listOf, optional, shape } from '../../wording/check-shapes.ts';
import { translateFilter } from './filter.ts';
import type { QueryResult } from './relevance.ts';
import { placesOf, type VectorPlaces } from './vector-places.ts';

export interface VectorIndexesOptions {
  readonly at: VectorPlaces;
  /** Types of metadata by which filters compare, and are fast, of indexes that are made here. @default none: values compare as they are */
  readonly types?: FieldTypes;
  /** The metadata that a search by words reads. @default text */
  readonly textField?: string;
}

export interface QueryParams {
  readonly indexName: string;
  readonly queryVector?: readonly number[];
  readonly topK?: number;
  readonly filter?: unknown;
  readonly includeVector?: boolean;
  readonly sparseVector?: unknown;
}

export interface UpsertParams {
  readonly indexName: string;
  readonly vectors: readonly (readonly number[])[];
  readonly metadata?: readonly Readonly<Record<string, unknown>>[];
  readonly ids?: readonly string[];
  readonly sparseVectors?: unknown;
  readonly deleteFilter?: unknown;
}

export interface UpdateParams {
  readonly indexName: string;
  readonly id?: string;
  readonly filter?: unknown;
  readonly update: { readonly vector?: readonly number[]; readonly metadata?: Readonly<Record<string, unknown>> };
}

export interface DeleteParams {
  readonly indexName: string;
  readonly ids?: readonly string[];
  readonly filter?: unknown;
}

/** What Mastra asks of a vector store, over stores of ours. */
export interface VectorIndexes {
  create(name: string, dimension: number, metric?: string): Promise<void>;
  list(): Promise<string[]>;
  describe(name: string): Promise<{ dimension: number; count: number; metric: 'cosine' }>;
  remove(name: string): Promise<void>;
  query(params: QueryParams): Promise<QueryResult[]>;
  upsert(params: UpsertParams): Promise<string[]>;
  update(params: UpdateParams): Promise<void>;
  delete(params: DeleteParams): Promise<void>;
  close(): Promise<void>;
}

/** Fields that Mastra does not see: the id of a vector, and the vector while it is on its way. */
const ID = '__id';
const VECTOR = '__vector';
const isDimension = whole(1, 65_536);
const isTopK = whole(1, 10_000);

export function createVectorIndexes({ at, types, textField = 'text' }: VectorIndexesOptions): VectorIndexes {
  const places = placesOf(at);
  const opened = new Map<string, Promise<SearchIndex>>();
  const writing = new Map<string, Promise<unknown>>();
  let isClosed = false;

  const open = (name: string): Promise<SearchIndex> => {
    if (isClosed) throw new FinetoothError('E_STOPPED', 'the vector store was closed before it was asked for more');
    checkName(name);
    const known = opened.get(name);
    if (known !== undefined) return known;
    const opening = openIndex(places.store(name), { embedder: null, reranker: null });
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
    return opening;
  };
  const forget = async (name: string): Promise<void> => {
    const index = await opened.get(name)?.catch(() => undefined);
    opened.delete(name);
    await index?.close();
  };
  /** What reads and then writes does so alone; one that failed stops no other. */
  const inTurn = <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const mine = (writing.get(name) ?? Promise.resolve()).catch(() => {}).then(work);
    writing.set(name, mine);
    return mine;
  };
  const idsFitting = async (index: SearchIndex, filter: Filter): Promise<string[]> => {
    const fits = documentTest(filter, typesOf(index));
    const ids: string[] = [];
    for await (const { id, document } of index.store.get('all', ['document'])) if (fits(document)) ids.push(id);
    return ids;
  };
  /** Those with this id, or all that fit. */
  const chosen = async (index: SearchIndex, ids: readonly string[] | undefined, filter: unknown): Promise<readonly string[]> => {
    if ((ids === undefined) === (filter === undefined)) throw usage('give either ids or a filter');
    if (ids !== undefined) return ids;
    const wanted = translateFilter(filter);
    if (wanted === undefined || Object.keys(filter as object).length === 0)
      throw usage('a filter without a condition fits everything; to remove all, delete the index');
    return idsFitting(index, wanted);
  };
  return {
    create: async (name, dimension, metric = 'cosine') => {
      if (isClosed) throw new FinetoothError('E_STOPPED', 'the vector store was closed before it was asked for more');
      checkName(name);
      checkValue('dimension', dimension, isDimension);
      if (metric !== 'cosine')
        throw usage(`vectors are compared by their cosine, which does not look at their lengths; got the metric ${shown(metric)}`);
      const store = places.store(name);
      const there = await store.open();
      const manifest = there ?? ((await store.open(manifestOf(dimension, types, textField))) as Manifest);
      if (manifest.dimensions !== dimension)
        throw usage(`the index "${name}" is there, with vectors of ${manifest.dimensions} numbers; got ${dimension}`);
      // That which is in memory is the one that is used.
      if (!opened.has(name) && store.capabilities.persistent) await store.close();
    },
    list: async () => [...(await places.list())],
    describe: async (name) => {
      const index = await open(name);
      const { documents } = await index.store.stats();
      return { dimension: manifestIn(index).dimensions, count: documents, metric: 'cosine' };
    },
    remove: async (name) => {
      await open(name);
      await forget(name);
      await places.remove(name);
    },
    query: async (params) => {
      checkArguments("query({ indexName: 'films', queryVector })", { params: [params, isQuery] });
      const { indexName, queryVector, topK = 10, filter, includeVector = false, sparseVector } = params;
      if (sparseVector !== undefined)
        throw usage('there are no sparse vectors here; search by words with firstStage: "bm25" or "hybrid" of search');
      checkValue('topK', topK, isTopK);
      const index = await open(indexName);
      const wanted = translateFilter(filter);
      const hits = queryVector === undefined ? await allFitting(index, wanted, topK) : await nearest(index, queryVector, wanted, topK);
      const vectors = includeVector
        ? await vectorsOf(
            index,
            hits.map(({ id }) => id),
          )
        : undefined;
      return hits.map(({ id, score, document }) => ({ id, score, metadata: metadataOf(document), vector: vectors?.get(id) }));
    },
    upsert: async (params) => {
      checkArguments("upsert({ indexName: 'films', vectors })", { params: [params, isUpsert] });
      const { indexName, vectors, metadata, ids, sparseVectors, deleteFilter } = params;
      return inTurn(indexName, async () => {
        if (sparseVectors !== undefined) throw usage('there are no sparse vectors here');
        const documents = documentsFrom(vectors, metadata, ids);
        const index = await open(indexName);
        const all = documents.map((document) => document[ID] as string);
        // What is replaced goes last: a kill between the two leaves both, and loses neither.
        const replaced = deleteFilter === undefined ? [] : await chosen(index, undefined, deleteFilter);
        // Of two with one id the later one counts, as where they come one after the other.
        await addAll(index, [...new Map(documents.map((document) => [document[ID], document])).values()]);
        const added = new Set(all);
        await index.delete(replaced.filter((id) => !added.has(id)));
        return all;
      });
    },
    update: async (params) => {
      checkArguments("update({ indexName: 'films', id: 'a', update: { vector } })", { params: [params, isUpdate] });
      const { indexName, id, filter, update } = params;
      return inTurn(indexName, async () => {
        const { vector, metadata } = isRecord(update) ? update : {};
        if (vector === undefined && metadata === undefined) throw usage('an update needs a vector, metadata, or both');
        const index = await open(indexName);
        const ids = await chosen(index, id === undefined ? undefined : [id], filter);
        const documents: Document[] = [];
        for await (const one of index.store.get(ids, ['document', 'vector']))
          documents.push({
            ...(metadata === undefined ? metadataOf(one.document) : plain(metadata, `the metadata of "${one.id}"`)),
            [ID]: one.id,
            [VECTOR]: [...(vector ?? one.vector)],
          });
        if (id !== undefined && documents.length === 0) throw usage(`the index "${indexName}" has no vector "${id}"`);
        await addAll(index, documents);
      });
    },
    delete: async (params) => {
      checkArguments("delete({ indexName: 'films', ids: ['a'] })", { params: [params, isDelete] });
      const { indexName, ids, filter } = params;
      return inTurn(indexName, async () => {
        const index = await open(indexName);
        await index.delete(await chosen(index, ids, filter));
      });
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...opened.keys()].map(forget));
    },
  };
}

const numbers = listOf('a list of numbers', anyNumber);
const indexName = anyText;
const isQuery = shape('an object with indexName', { indexName, queryVector: optional(numbers) });
const isUpsert = shape('an object with indexName and vectors', { indexName, vectors: list, metadata: optional(list) });
const isUpdate = shape('an object with indexName and update', {
  indexName,
  id: optional(anyText),
  update: shape('an object with a vector, metadata, or both', { vector: optional(numbers), metadata: optional(record) }),
});
const isDelete = shape('an object with indexName', { indexName, ids: optional(texts) });

/** A text is not asked for, and nothing may be added. */
async function addAll(index: SearchIndex, documents: readonly Document[]): Promise<void> {
  if (documents.length > 0) await index.add(documents, { missingFields: 'accept' });
}

async function nearest(index: SearchIndex, queryVector: readonly number[], filter: Filter | undefined, topK: number) {
  const vector = vectorOf(queryVector, 'the query vector');
  const { dimensions } = manifestIn(index);
  if (vector.length !== dimensions)
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `the query vector has ${vector.length} numbers; those of the index have ${dimensions}. Use the model that made them.`,
    );
  return index.store.search({ vector, limit: topK, filter, fields: ['document'] });
}

/** Without a vector there is no score: what fits, in the order of the store. */
async function allFitting(index: SearchIndex, filter: Filter | undefined, topK: number) {
  if (filter === undefined) throw usage('a query needs a queryVector, a filter, or both');
  const fits = documentTest(filter, typesOf(index));
  const found: { readonly id: string; readonly score: number; readonly document: Document }[] = [];
  for await (const { id, document } of index.store.get('all', ['document'])) {
    if (fits(document)) found.push({ id, score: 0, document });
    if (found.length === topK) break;
  }
  return found;
}

async function vectorsOf(index: SearchIndex, ids: readonly string[]): Promise<ReadonlyMap<string, number[]>> {
  const vectors = new Map<string, number[]>();
  for await (const { id, vector } of index.store.get(ids, ['vector'])) vectors.set(id, [...vector]);
  return vectors;
}

function documentsFrom(vectors: unknown, metadata: UpsertParams['metadata'], ids: readonly string[] | undefined): Document[] {
  if (!Array.isArray(vectors)) throw usage(`vectors must be a list of lists of numbers; got ${shown(vectors)}`);
  if (metadata !== undefined && metadata.length !== vectors.length)
    throw usage(`there are ${vectors.length} vectors and metadata of ${metadata.length}`);
  if (ids !== undefined) {
    checkValue('ids', ids, texts);
    if (ids.length !== vectors.length) throw usage(`there are ${vectors.length} vectors and ${ids.length} ids`);
  }
  return vectors.map((vector, at) =>
    readOf(`vector ${at + 1}`, () => ({
      ...plain(metadata?.[at] ?? {}, `the metadata of vector ${at + 1}`),
      [ID]: ids?.[at] ?? randomUUID(),
      // Here, where its place is known by the caller's list.
      [VECTOR]: [...vectorOf(vector, `vector ${at + 1}`)],
    })),
  );
}

/** Metadata as JSON has it: a Date is its text. */
function plain(metadata: unknown, what: string): Document {
  if (!isRecord(metadata)) throw usage(`${what} must be an object; got ${shown(metadata)}`);
  const own = [ID, VECTOR].find((name) => Object.hasOwn(metadata, name));
  if (own !== undefined) throw usage(`${what} has the name "${own}", which is taken`);
  try {
    return JSON.parse(JSON.stringify(metadata)) as Document;
  } catch (error) {
    throw new FinetoothError('E_INPUT_FORMAT', `${what} has no form in JSON: ${messageOf(error)}.`, { cause: error });
  }
}

function metadataOf({ [ID]: _id, ...metadata }: Document): Document {
  return metadata;
}

const manifestIn = (index: SearchIndex): Manifest => index.manifest() as Manifest;
const typesOf = (index: SearchIndex): FieldTypes => typesIn(manifestIn(index));

/** An index without documents: Mastra makes it before it has any. */
function manifestOf(dimensions: number, types: FieldTypes | undefined, textField: string): Manifest {
  const declared = types === undefined || Object.keys(types).length === 0 ? undefined : types;
  return {
    format: indexFormat,
    id: randomUUID(),
    embedder: withoutEmbedder,
    dimensions,
    fields: [textField],
    filterable: declared,
    declared,
    idField: ID,
    vectorField: VECTOR,
    analyzer: analyzerVersion,
    titleField: null,
    createdAt: new Date().toISOString(),
  };
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '') throw usage(`the name of an index must be a text; got ${shown(name)}`);
}

const usage = (what: string): FinetoothError => new FinetoothError('E_USAGE', `${what}.`);
