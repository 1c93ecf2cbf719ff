import {
  type CreateIndexParams,
  type DeleteIndexParams,
  type DeleteVectorParams,
  type DeleteVectorsParams,
  type DescribeIndexParams,
  type IndexStats,
  MastraVector,
  type QueryResult,
  type QueryVectorParams,
  type UpdateVectorParams,
  type UpsertVectorParams,
} from '@mastra/core/vector';
import type { VectorFilter } from '@mastra/core/vector/filter';
import { indexPlan } from '../../search/plan.ts';
import { checkOf } from '../../search/plan-checks.ts';
import { checkArguments, checkOptions, either, needed, type OptionChecks, record, text } from '../../wording/check-options.ts';
import { shape } from '../../wording/check-shapes.ts';
import { createVectorIndexes, type VectorIndexes, type VectorIndexesOptions } from './vector-indexes.ts';

export interface FinetoothVectorOptions extends VectorIndexesOptions {
  /** The name by which Mastra knows the store. */
  readonly id: string;
}

const named = shape('an object with indexName', { indexName: text });
const isPlace = either('the path of a folder, "memory:", or an object of places by the names of their indexes', text, record);
const optionChecks: OptionChecks<FinetoothVectorOptions> = {
  id: needed(text),
  at: needed(isPlace),
  types: checkOf(indexPlan.types),
  textField: text,
};

/**
 * A vector store of Mastra over indexes of ours: in a folder, in memory, in Qdrant or PostgreSQL. Vectors are kept with length 1 and compared by cosine. An index that
 * it makes can be searched by `openIndex` and `search` too, by words or by a vector; and an index that `openIndex` made can be queried here.
 *
 * @example
 * import { FinetoothVector } from 'finetooth/mastra';
 *
 * const vectors = new FinetoothVector({ id: 'vectors', at: './mastra' });
 * await vectors.createIndex({ indexName: 'films', dimension: 3 });
 * await vectors.upsert({ indexName: 'films', vectors: [[1, 0, 0]], metadata: [{ text: 'Jaws', year: 1975 }] });
 * const filter = { year: { $lt: 1980 } };
 * const results = await vectors.query({ indexName: 'films', queryVector: [1, 0.1, 0], topK: 1, filter });
 * console.log(results[0].metadata?.text); // Jaws
 * await vectors.close();
 */
export class FinetoothVector extends MastraVector<VectorFilter> implements AsyncDisposable {
  readonly #indexes: VectorIndexes;

  /** @throws E_USAGE for an option that there is not, and for a value that is not what it must be */
  constructor(options: FinetoothVectorOptions) {
    checkOptions('FinetoothVector', options, optionChecks);
    super({ id: options.id });
    this.#indexes = createVectorIndexes(options);
  }

  async createIndex(params: CreateIndexParams): Promise<void> {
    checkArguments("createIndex({ indexName: 'films', dimension: 384 })", { params: [params, named] });
    const { indexName, dimension, metric } = params;
    await this.#indexes.create(indexName, dimension, metric);
  }

  listIndexes(): Promise<string[]> {
    return this.#indexes.list();
  }

  async describeIndex(params: DescribeIndexParams): Promise<IndexStats> {
    checkArguments("describeIndex({ indexName: 'films' })", { params: [params, named] });
    const { indexName } = params;
    return this.#indexes.describe(indexName);
  }

  async deleteIndex(params: DeleteIndexParams): Promise<void> {
    checkArguments("deleteIndex({ indexName: 'films' })", { params: [params, named] });
    const { indexName } = params;
    await this.#indexes.remove(indexName);
  }

  async query(params: QueryVectorParams<VectorFilter>): Promise<QueryResult[]> {
    return (await this.#indexes.query(params)) as QueryResult[];
  }

  upsert(params: UpsertVectorParams<VectorFilter>): Promise<string[]> {
    return this.#indexes.upsert(params);
  }

  async updateVector(params: UpdateVectorParams<VectorFilter>): Promise<void> {
    await this.#indexes.update(params);
  }

  async deleteVector(params: DeleteVectorParams): Promise<void> {
    checkArguments("deleteVector({ indexName: 'films', id: 'a' })", { params: [params, named] });
    const { indexName, id } = params;
    await this.#indexes.delete({ indexName, ids: [id] });
  }

  async deleteVectors(params: DeleteVectorsParams<VectorFilter>): Promise<void> {
    await this.#indexes.delete(params);
  }

  /** Closes the indexes; later calls are refused. */
  close(): Promise<void> {
    return this.#indexes.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
