import type { ModelEntry } from './model-entry.ts';

/**
 * A model that is known by name and whose form is read from its own files when they are here: conversions of it differ in what their graph holds, and a table that says
 * otherwise than the files would run it wrongly.
 */
export interface KnownRepository
  extends Pick<ModelEntry, 'name' | 'repository' | 'precision' | 'licence' | 'maxTokens' | 'languages' | 'parameters' | 'scores'> {
  readonly kind: 'bi-encoder';
  /** The ONNX file, where it does not lie where they usually do. */
  readonly file?: string;
  readonly dimensions: number;
  readonly matryoshka?: { readonly dimensions: readonly number[] | 'all' };
}

const figure = (set: string, value: number, source: string) => ({ set, measure: 'nDCG@10', value, source });
/** Retrieval alone, as the documentation of sentence-transformers lists models for late interaction. */
const nanoBeir = (value: number) => [figure('NanoBEIR (13)', value, 'sentence-transformers, pretrained multi-vector models, 2026-08-21')];
const beir = (value: number, source: string) => [figure('BEIR', value, source)];

const english = { kind: 'bi-encoder', licence: 'Apache-2.0', languages: ['en'] } as const;
const colbert = { ...english, file: 'model_int8.onnx', precision: 'int8' } as const;
const table = { ...english, precision: 'fp32', maxTokens: 512 } as const;

export const knownRepositories: readonly KnownRepository[] = [
  {
    ...english,
    name: 'mdbr-leaf-ir',
    repository: 'MongoDB/mdbr-leaf-ir',
    precision: 'int8',
    dimensions: 768,
    maxTokens: 512,
    parameters: 23,
    scores: beir(0.5355, 'model card of MongoDB/mdbr-leaf-ir'),
  },
  {
    ...english,
    name: 'granite-embedding-small-english-r2',
    repository: 'onnx-community/granite-embedding-small-english-r2-ONNX',
    precision: 'int8',
    dimensions: 384,
    maxTokens: 8192,
    parameters: 47,
  },
  {
    kind: 'bi-encoder',
    name: 'embeddinggemma-300m',
    repository: 'onnx-community/embeddinggemma-300m-ONNX',
    precision: 'int8',
    licence: 'LicenseRef-Gemma',
    dimensions: 768,
    matryoshka: { dimensions: [768, 512, 256, 128] },
    maxTokens: 2048,
    languages: ['multilingual'],
    parameters: 308,
    scores: [figure('MTEB(eng, v2) retrieval', 0.5463, 'table in https://huggingface.co/blog/ettin-reranker')],
  },
  {
    kind: 'bi-encoder',
    name: 'qwen3-embedding-0.6b',
    repository: 'onnx-community/Qwen3-Embedding-0.6B-ONNX',
    precision: 'int8',
    licence: 'Apache-2.0',
    dimensions: 1024,
    matryoshka: { dimensions: 'all' },
    maxTokens: 32_768,
    languages: ['multilingual'],
    parameters: 596,
  },
  {
    ...colbert,
    name: 'answerai-colbert-small-v1',
    repository: 'lightonai/answerai-colbert-small-v1-onnx',
    dimensions: 96,
    maxTokens: 300,
    parameters: 33,
    scores: nanoBeir(0.655),
  },
  {
    ...colbert,
    name: 'mxbai-edge-colbert-v0-32m',
    repository: 'lightonai/mxbai-edge-colbert-v0-32m-onnx',
    dimensions: 64,
    maxTokens: 8192,
    parameters: 32,
    scores: nanoBeir(0.6524),
  },
  { ...table, name: 'potion-base-8m', repository: 'minishlab/potion-base-8M', licence: 'MIT', dimensions: 256, parameters: 8 },
  { ...table, name: 'potion-retrieval-32m', repository: 'minishlab/potion-retrieval-32M', licence: 'MIT', dimensions: 512, parameters: 32 },
];

/** Found by name or repository; case does not count. */
export function findKnown(name: string): KnownRepository | undefined {
  const wanted = name.toLowerCase();
  return knownRepositories.find((one) => one.name === wanted || one.repository.toLowerCase() === wanted);
}
