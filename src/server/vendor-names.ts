export type Task = 'rerank' | 'embed';

/**
 * Names under which vendors sell rerankers and embedders: a client that asks for one of them gets the local default of the same task, unless
 * names are taken strictly. From the vendors' model lists of 2026-11.
 */
const vendors = {
  cohere: {
    rerank: [
      'rerank-v4.0-pro',
      'rerank-v4.0-fast',
      'rerank-v3.5',
      'rerank-english-v3.0',
      'rerank-multilingual-v3.0',
      'rerank-english-v2.0',
      'rerank-multilingual-v2.0',
    ],
    embed: ['embed-v4.0', 'embed-english-v3.0', 'embed-english-light-v3.0', 'embed-multilingual-v3.0', 'embed-multilingual-light-v3.0'],
  },
  together: {
    rerank: ['Salesforce/Llama-Rank-V1', 'mixedbread-ai/Mxbai-Rerank-Large-V2'],
    embed: ['togethercomputer/m2-bert-80M-8k-retrieval'],
  },
  jina: {
    rerank: ['jina-reranker-v3', 'jina-reranker-m0', 'jina-reranker-v2-base-multilingual', 'jina-reranker-v1-base-en', 'jina-colbert-v2'],
    embed: ['jina-embeddings-v4', 'jina-embeddings-v3', 'jina-embeddings-v2-base-en'],
  },
  voyage: {
    rerank: ['rerank-3', 'rerank-2.5', 'rerank-2.5-lite', 'rerank-2', 'rerank-2-lite', 'rerank-1', 'rerank-lite-1'],
    embed: [
      'voyage-4-large',
      'voyage-4',
      'voyage-4-lite',
      'voyage-3.5',
      'voyage-3.5-lite',
      'voyage-3-large',
      'voyage-3',
      'voyage-3-lite',
      'voyage-code-3',
    ],
  },
  mixedbread: {
    rerank: ['mxbai-rerank-large-v2', 'mxbai-rerank-base-v2', 'mxbai-rerank-large-v1'],
    embed: ['mxbai-embed-large-v1'],
  },
  openai: {
    rerank: [],
    embed: ['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'],
  },
} as const satisfies Record<string, Record<Task, readonly string[]>>;

/** Vendors write the same name in several cases (`-v1`, `-V1`), and gateways put the vendor before it (`cohere/rerank-v3.5`). */
const plain = (name: string): string =>
  name.toLowerCase().replace(/^(cohere|voyage|voyageai|jina|jinaai|openai|together|mixedbread-ai)\//, '');

export type Vendor = keyof typeof vendors;

const sellers: ReadonlyMap<string, Vendor> = new Map(
  (Object.keys(vendors) as Vendor[]).flatMap((vendor) =>
    (['rerank', 'embed'] as const).flatMap((task) =>
      vendors[vendor][task].map((name: string) => [`${task} ${plain(name)}`, vendor] as const),
    ),
  ),
);

/** Who sells a model for that task under that name. */
export const sellerOf = (task: Task, name: string): Vendor | undefined => sellers.get(`${task} ${plain(name)}`);
