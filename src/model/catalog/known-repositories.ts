import type { ModelEntry, Pooling, SparseEncoderEntry } from './model-entry.ts';
import type { Json } from './modules.ts';

/**
 * A model that is known by name and whose form is read from its own files when they are here: conversions of it differ in what their graph holds, and a table that says
 * otherwise than the files would run it wrongly.
 */
export interface KnownRepository
  extends Pick<ModelEntry, 'name' | 'repository' | 'precision' | 'licence' | 'maxTokens' | 'languages' | 'parameters' | 'scores'> {
  readonly kind: ModelEntry['kind'];
  readonly architecture: string;
  /** Repositories of the same weights in another form, which people name. */
  readonly madeFrom?: readonly string[];
  /** The ONNX file, where it does not lie where they usually do. */
  readonly file?: string;
  /** Numbers of a vector; absent of a reranker. */
  readonly dimensions?: number;
  readonly matryoshka?: { readonly dimensions: readonly number[] | 'all' };
  /** What it was trained to find, where that is not prose. */
  readonly texts?: 'code';
  /** How its files are read. What conversions leave out is taken from here; what they hold wins. */
  readonly recipe: Recipe;
}

/** In the words of the files that say it. */
export type Recipe =
  | { readonly form: 'pooled'; readonly pooling: Pooling; readonly prompts?: Readonly<Record<'query' | 'document', string>> }
  /** Token vectors; `settings` of config_sentence_transformers.json, as PyLate keeps them. */
  | { readonly form: 'late-interaction'; readonly settings?: Json }
  | { readonly form: 'table' }
  /** Weights of tokens; queries are looked up where there is a file for them. */
  | ({ readonly form: 'sparse' } & Pick<SparseEncoderEntry, 'activation' | 'queryWeights'>)
  /** A head with one label. */
  | { readonly form: 'classifier' };

const figure = (set: string, value: number, source: string) => ({ set, measure: 'nDCG@10', value, source });
/** Retrieval alone, as the documentation of sentence-transformers lists models for late interaction. */
const nanoBeir = (value: number) => [figure('NanoBEIR (13)', value, 'sentence-transformers, pretrained multi-vector models, 2026-08-21')];
const beir = (value: number, source: string) => [figure('BEIR', value, source)];
const code = (value: number, name: string) => [figure('MTEB (Code, v1)', value, `model card of ${name}`)];
const alone = (value: number) => [figure('MTEB(eng, v2) retrieval', value, 'table in https://huggingface.co/blog/ettin-reranker')];

const english = { kind: 'bi-encoder', licence: 'Apache-2.0', languages: ['en'] } as const;
const multilingual = { kind: 'bi-encoder', licence: 'Apache-2.0', languages: ['multilingual'] } as const;
/** Conversions of PyLate's own exporter, whose onnx_config.json holds its settings. */
const colbert = {
  ...english,
  architecture: 'modernbert',
  file: 'model_int8.onnx',
  precision: 'int8',
  recipe: { form: 'late-interaction' },
} as const;
const table = { ...english, architecture: 'model2vec', precision: 'fp32', maxTokens: 512, recipe: { form: 'table' } } as const;
const firstToken = { form: 'pooled', pooling: 'cls' } as const;
/** Model card of jinaai/jina-embeddings-v5-text-small-retrieval: one task each, its adapter merged. */
const jina = {
  kind: 'bi-encoder',
  precision: 'int8',
  licence: 'CC-BY-NC-4.0',
  languages: ['multilingual'],
  maxTokens: 32_768,
  recipe: { form: 'pooled', pooling: 'lasttoken', prompts: { query: 'Query: ', document: 'Document: ' } },
} as const;

const sparse = { kind: 'sparse-encoder', licence: 'Apache-2.0', languages: ['en'], precision: 'fp32', maxTokens: 512 } as const;
/** Thirteen collections of BEIR, as the documentation of sentence-transformers lists sparse models; BM25 has .456 there, by OpenSearch's account. */
const beir13 = (value: number) => [figure('BEIR (13)', value, 'sentence-transformers, pretrained SPLADE models')];

export const knownRepositories: readonly KnownRepository[] = [
  {
    ...english,
    name: 'mdbr-leaf-ir',
    architecture: 'bert',
    repository: 'MongoDB/mdbr-leaf-ir',
    precision: 'int8',
    dimensions: 768,
    maxTokens: 512,
    parameters: 23,
    scores: beir(0.5355, 'model card of MongoDB/mdbr-leaf-ir'),
    recipe: {
      form: 'pooled',
      pooling: 'output',
      prompts: { query: 'Represent this sentence for searching relevant passages: ', document: '' },
    },
  },
  {
    ...english,
    name: 'granite-embedding-small-english-r2',
    architecture: 'modernbert',
    repository: 'onnx-community/granite-embedding-small-english-r2-ONNX',
    madeFrom: ['ibm-granite/granite-embedding-small-english-r2'],
    precision: 'int8',
    dimensions: 384,
    maxTokens: 8192,
    parameters: 47,
    recipe: firstToken,
  },
  {
    ...multilingual,
    name: 'granite-embedding-97m-multilingual-r2',
    architecture: 'modernbert',
    repository: 'ibm-granite/granite-embedding-97m-multilingual-r2',
    file: 'onnx/model_quint8_avx2.onnx',
    precision: 'int8',
    dimensions: 384,
    maxTokens: 32_768,
    parameters: 97,
    scores: [figure('MTEB (Multilingual) retrieval', 0.603, 'model card of ibm-granite/granite-embedding-97m-multilingual-r2')],
    recipe: firstToken,
  },
  {
    ...english,
    name: 'denseon',
    architecture: 'modernbert',
    repository: 'onnx-community/DenseOn-ONNX',
    madeFrom: ['lightonai/DenseOn'],
    precision: 'int8',
    dimensions: 768,
    maxTokens: 8192,
    parameters: 149,
    scores: beir(0.562, 'model card of lightonai/DenseOn'),
    recipe: { ...firstToken, prompts: { query: 'query: ', document: 'document: ' } },
  },
  {
    kind: 'bi-encoder',
    name: 'embeddinggemma-300m',
    architecture: 'gemma3_text',
    repository: 'onnx-community/embeddinggemma-300m-ONNX',
    madeFrom: ['google/embeddinggemma-300m'],
    precision: 'int8',
    licence: 'LicenseRef-Gemma',
    dimensions: 768,
    matryoshka: { dimensions: [768, 512, 256, 128] },
    maxTokens: 2048,
    languages: ['multilingual'],
    parameters: 308,
    scores: alone(0.5463),
    // Its two Dense layers are in the graph.
    recipe: { form: 'pooled', pooling: 'output', prompts: { query: 'task: search result | query: ', document: 'title: none | text: ' } },
  },
  {
    ...multilingual,
    name: 'qwen3-embedding-0.6b',
    architecture: 'qwen3',
    repository: 'onnx-community/Qwen3-Embedding-0.6B-ONNX',
    madeFrom: ['Qwen/Qwen3-Embedding-0.6B'],
    precision: 'int8',
    dimensions: 1024,
    matryoshka: { dimensions: 'all' },
    maxTokens: 32_768,
    parameters: 596,
    recipe: {
      form: 'pooled',
      pooling: 'lasttoken',
      prompts: {
        query: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:',
        document: '',
      },
    },
  },
  {
    ...jina,
    name: 'jina-embeddings-v5-text-nano',
    architecture: 'eurobert',
    repository: 'jinaai/jina-embeddings-v5-text-nano-retrieval',
    dimensions: 768,
    matryoshka: { dimensions: [768, 512, 256, 128, 64, 32] },
    parameters: 239,
  },
  {
    ...jina,
    name: 'jina-embeddings-v5-text-small',
    architecture: 'qwen3',
    repository: 'jinaai/jina-embeddings-v5-text-small-retrieval',
    dimensions: 1024,
    matryoshka: { dimensions: [1024, 768, 512, 256, 128, 64, 32] },
    parameters: 596,
    scores: alone(0.598),
  },
  {
    ...colbert,
    name: 'answerai-colbert-small-v1',
    architecture: 'bert',
    repository: 'lightonai/answerai-colbert-small-v1-onnx',
    dimensions: 96,
    maxTokens: 300,
    parameters: 33,
    scores: nanoBeir(0.655),
  },
  {
    ...colbert,
    name: 'mxbai-edge-colbert-v0-17m',
    repository: 'ryandono/mxbai-edge-colbert-v0-17m-onnx-int8',
    madeFrom: ['mixedbread-ai/mxbai-edge-colbert-v0-17m'],
    file: 'onnx/model_quantized.onnx',
    dimensions: 48,
    maxTokens: 7999,
    parameters: 17,
    scores: nanoBeir(0.6407),
  },
  {
    ...colbert,
    name: 'mxbai-edge-colbert-v0-32m',
    repository: 'lightonai/mxbai-edge-colbert-v0-32m-onnx',
    madeFrom: ['mixedbread-ai/mxbai-edge-colbert-v0-32m'],
    dimensions: 64,
    maxTokens: 8192,
    parameters: 32,
    scores: nanoBeir(0.6524),
  },
  {
    ...colbert,
    name: 'gte-moderncolbert-v1',
    repository: 'lightonai/GTE-ModernColBERT-v1',
    madeFrom: ['lightonai/GTE-ModernColBERT-v1-onnx'],
    dimensions: 128,
    maxTokens: 300,
    parameters: 149,
    scores: nanoBeir(0.672),
    // Its card: documents of 300 tokens, queries of 32.
    recipe: { form: 'late-interaction', settings: { query_length: 32, document_length: 300 } },
  },
  {
    ...colbert,
    name: 'lateon',
    repository: 'lightonai/LateOn',
    dimensions: 128,
    maxTokens: 8192,
    parameters: 149,
    scores: nanoBeir(0.6868),
  },
  {
    ...colbert,
    name: 'lateon-code',
    repository: 'lightonai/LateOn-Code',
    dimensions: 128,
    maxTokens: 2048,
    parameters: 149,
    texts: 'code',
    scores: code(0.7412, 'lightonai/LateOn-Code'),
  },
  {
    ...colbert,
    name: 'lateon-code-edge',
    repository: 'lightonai/LateOn-Code-edge',
    dimensions: 48,
    maxTokens: 2047,
    parameters: 17,
    texts: 'code',
    scores: code(0.6664, 'lightonai/LateOn-Code-edge'),
  },
  {
    ...table,
    name: 'potion-base-8m',
    repository: 'minishlab/potion-base-8M',
    licence: 'MIT',
    dimensions: 256,
    parameters: 8,
  },
  { ...table, name: 'potion-retrieval-32m', repository: 'minishlab/potion-retrieval-32M', licence: 'MIT', dimensions: 512, parameters: 32 },
  {
    kind: 'cross-encoder',
    name: 'granite-embedding-reranker-english-r2',
    architecture: 'modernbert',
    // Its makers have no ONNX file of it.
    repository: 'keisuke-miyako/granite-embedding-reranker-english-r2-onnx-int8',
    madeFrom: ['ibm-granite/granite-embedding-reranker-english-r2'],
    file: 'model_quantized.onnx',
    precision: 'int8',
    licence: 'Apache-2.0',
    maxTokens: 8192,
    languages: ['en'],
    parameters: 149,
    scores: [figure('MTEB(eng, v2) retrieval, reranked', 0.5656, 'table in https://huggingface.co/blog/ettin-reranker')],
    recipe: { form: 'classifier' },
  },
  {
    ...sparse,
    name: 'splade-pp-en-v1',
    architecture: 'bert',
    repository: 'Qdrant/Splade_PP_en_v1',
    madeFrom: ['prithivida/Splade_PP_en_v1'],
    file: 'model.onnx',
    parameters: 109,
    scores: beir13(0.487),
    recipe: { form: 'sparse', activation: 'relu' },
  },
  {
    ...sparse,
    name: 'opensearch-neural-sparse-encoding-doc-v2-mini',
    architecture: 'bert',
    repository: 'opensearch-project/opensearch-neural-sparse-encoding-doc-v2-mini',
    parameters: 23,
    scores: beir13(0.497),
    recipe: { form: 'sparse', activation: 'relu', queryWeights: { path: 'idf.json' } },
  },
  {
    ...sparse,
    name: 'opensearch-neural-sparse-encoding-doc-v3-distill',
    architecture: 'distilbert',
    repository: 'opensearch-project/opensearch-neural-sparse-encoding-doc-v3-distill',
    parameters: 67,
    scores: beir13(0.517),
    recipe: { form: 'sparse', activation: 'log1p_relu', queryWeights: { path: 'idf.json' } },
  },
  {
    ...sparse,
    name: 'opensearch-neural-sparse-encoding-doc-v3-gte',
    architecture: 'new',
    repository: 'opensearch-project/opensearch-neural-sparse-encoding-doc-v3-gte',
    maxTokens: 8192,
    parameters: 133,
    scores: [figure('BEIR (13)', 0.546, 'model card of opensearch-project/opensearch-neural-sparse-encoding-doc-v3-gte')],
    recipe: { form: 'sparse', activation: 'log1p_relu', queryWeights: { path: 'idf.json' } },
  },
  {
    ...sparse,
    name: 'splade-tiny',
    architecture: 'bert',
    repository: 'rasyosef/splade-tiny',
    // Its card states none.
    licence: 'NOASSERTION',
    parameters: 4,
    scores: beir13(0.406),
    recipe: { form: 'sparse', activation: 'relu' },
  },
  {
    ...sparse,
    name: 'granite-embedding-30m-sparse',
    architecture: 'roberta',
    repository: 'ibm-granite/granite-embedding-30m-sparse',
    parameters: 30,
    scores: beir13(0.508),
    recipe: { form: 'sparse', activation: 'relu' },
  },
];

/** Found by name, by its repository, or by that of its weights; case does not count. */
export function findKnown(name: string): KnownRepository | undefined {
  const wanted = name.toLowerCase();
  return knownRepositories.find(
    (one) => one.name === wanted || [one.repository, ...(one.madeFrom ?? [])].some((repository) => repository.toLowerCase() === wanted),
  );
}
