/**
 * What `vector.ts` needs of @mastra/core 1, written out: the package brings 150 others, which a checkout need not have to compile this. Whoever imports
 * `finetooth/mastra` gets the types of the package itself, and a test of the packed tarball compiles against those.
 */
declare module '@mastra/core/vector' {
  import type { VectorFilter } from '@mastra/core/vector/filter';

  export interface QueryResult {
    id: string;
    score: number;
    metadata?: Record<string, unknown>;
    vector?: number[];
    document?: string;
  }
  export interface IndexStats {
    dimension: number;
    count: number;
    metric?: 'cosine' | 'euclidean' | 'dotproduct';
  }
  export interface CreateIndexParams {
    indexName: string;
    dimension: number;
    metric?: 'cosine' | 'euclidean' | 'dotproduct';
  }
  export interface DescribeIndexParams {
    indexName: string;
  }
  export interface DeleteIndexParams {
    indexName: string;
  }
  export interface QueryVectorParams<Filter = VectorFilter> {
    indexName: string;
    queryVector?: number[];
    topK?: number;
    filter?: Filter;
    includeVector?: boolean;
    sparseVector?: { indices: number[]; values: number[] };
  }
  export interface UpsertVectorParams<Filter = VectorFilter> {
    indexName: string;
    vectors: number[][];
    metadata?: Record<string, unknown>[];
    ids?: string[];
    sparseVectors?: { indices: number[]; values: number[] }[];
    deleteFilter?: Filter;
  }
  export interface UpdateVectorParams<Filter = VectorFilter> {
    indexName: string;
    id?: string;
    filter?: Filter;
    update: { vector?: number[]; metadata?: Record<string, unknown> };
  }
  export interface DeleteVectorParams {
    indexName: string;
    id: string;
  }
  export interface DeleteVectorsParams<Filter = VectorFilter> {
    indexName: string;
    ids?: string[];
    filter?: Filter;
  }
  export abstract class MastraVector<Filter = VectorFilter> {
    id: string;
    constructor(options: { id: string; disableInit?: boolean });
    abstract query(params: QueryVectorParams<Filter>): Promise<QueryResult[]>;
    abstract upsert(params: UpsertVectorParams): Promise<string[]>;
    abstract createIndex(params: CreateIndexParams): Promise<void>;
    abstract listIndexes(): Promise<string[]>;
    abstract describeIndex(params: DescribeIndexParams): Promise<IndexStats>;
    abstract deleteIndex(params: DeleteIndexParams): Promise<void>;
    abstract updateVector(params: UpdateVectorParams<Filter>): Promise<void>;
    abstract deleteVector(params: DeleteVectorParams): Promise<void>;
    abstract deleteVectors(params: DeleteVectorsParams<Filter>): Promise<void>;
  }
}

declare module '@mastra/core/vector/filter' {
  export type VectorFilter = { readonly [field: string]: unknown } | null | undefined;
}
