/**
 * Names under which vendors sell rerankers and embedders: a client that asks for one of them gets the local default of the same task, unless
 * names are taken strictly. From the vendors' model lists of 2026-11.
 */
const rerankers = [
  // Cohere
  'rerank-v4.0-pro',
  'rerank-v4.0-fast',
  'rerank-v3.5',
  'rerank-english-v3.0',
  'rerank-multilingual-v3.0',
  'rerank-english-v2.0',
  'rerank-multilingual-v2.0',
  // Together
  'Salesforce/Llama-Rank-V1',
  'mixedbread-ai/Mxbai-Rerank-Large-V2',
  // Jina
  'jina-reranker-v3',
  'jina-reranker-m0',
  'jina-reranker-v1-base-en',
  'jina-colbert-v2',
  // Voyage
  'rerank-3',
  'rerank-2.5',
  'rerank-2.5-lite',
  'rerank-2',
  'rerank-2-lite',
  'rerank-1',
  'rerank-lite-1',
] as const;

const embedders = [
  // OpenAI
  'text-embedding-3-small',
  'text-embedding-3-large',
  'text-embedding-ada-002',
  // Cohere
  'embed-v4.0',
  'embed-english-v3.0',
  'embed-english-light-v3.0',
  'embed-multilingual-v3.0',
  'embed-multilingual-light-v3.0',
  // Together
  'togethercomputer/m2-bert-80M-8k-retrieval',
  // Jina
  'jina-embeddings-v4',
  'jina-embeddings-v3',
  'jina-embeddings-v2-base-en',
  // Voyage
  'voyage-3.5',
  'voyage-3.5-lite',
  'voyage-3-large',
  'voyage-3',
  'voyage-3-lite',
  'voyage-code-3',
] as const;

export type Task = 'rerank' | 'embed';

/** Vendors write the same name in several cases (`-v1`, `-V1`), and gateways put the vendor before it (`cohere/rerank-v3.5`). */
const plain = (name: string): string => name.toLowerCase().replace(/^(cohere|voyage|voyageai|jina|jinaai|openai|together)\//, '');

const names: Readonly<Record<Task, ReadonlySet<string>>> = {
  rerank: new Set(rerankers.map(plain)),
  embed: new Set(embedders.map(plain)),
};

/** Whether a vendor sells a model for that task under that name. */
export const isVendorName = (task: Task, name: string): boolean => names[task].has(plain(name));
