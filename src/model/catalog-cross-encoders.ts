import type { CrossEncoderEntry, ModelFile, Scoring } from './model-entry.ts';
import { webSearchInstruction } from './yes-no.ts';

/** sentence-transformers' default for one label, which these models' cards show too. */
const sigmoidHead: Scoring = { form: 'classifier', labels: 1, relevant: 0, activation: 'sigmoid' };
/** config.json names Identity: scores are logits. */
const plainHead: Scoring = { form: 'classifier', labels: 1, relevant: 0, activation: 'none' };

const int8: Pick<CrossEncoderEntry, 'kind' | 'files' | 'precision'> = {
  kind: 'cross-encoder',
  files: { model: { path: 'onnx/model_quantized.onnx' }, tokenizer: { path: 'tokenizer.json' } },
  precision: 'int8',
};

const card = (name: string, values: Readonly<Record<string, number>>): NonNullable<CrossEncoderEntry['scores']> =>
  Object.entries(values).map(([set, value]) => ({ set, measure: 'nDCG@10', value, source: `model card of ${name}` }));

/** The cross-encoders of MS MARCO, all BERTs of one logit; figures are of the fp32 weights. */
const msMarco = (size: string, other: string, parameters: number, value: number): CrossEncoderEntry => ({
  ...int8,
  name: `ms-marco-${size}-v2`.toLowerCase(),
  repository: `Xenova/ms-marco-${size}-v2`,
  // The hub has both spellings.
  madeFrom: [`cross-encoder/ms-marco-${size}-v2`, `cross-encoder/ms-marco-${other}-v2`],
  licence: 'Apache-2.0',
  scoring: plainHead,
  maxTokens: 512,
  languages: ['en'],
  parameters,
  scores: card(`cross-encoder/ms-marco-${size}-v2`, { 'TREC DL 2019': value }),
});

/**
 * Cross-encoders by name. Windows of more than 8,192 tokens are cut to that: attention over a longer one does not fit the memory that the
 * rest of the package is content with.
 */
export const crossEncoders = (bundledTokenizer: ModelFile): readonly CrossEncoderEntry[] => [
  {
    name: 'ms-marco-minilm-l-12-v2',
    kind: 'cross-encoder',
    repository: 'cross-encoder/ms-marco-MiniLM-L-12-v2',
    madeFrom: ['cross-encoder/ms-marco-MiniLM-L12-v2', 'Xenova/ms-marco-MiniLM-L-12-v2'],
    bundled: '@finetooth/model-ms-marco-minilm-l-12-v2',
    // Rebuilt and quantised by this project (models/build): on no hub under this checksum.
    files: {
      model: { path: 'model.onnx', sha256: '4cfeaadb0fcf9db376d422dea3525bd56c44fdfd9e25580850a49fa383c352a3', bytes: 34_608_601 },
      tokenizer: bundledTokenizer,
    },
    precision: 'int8',
    licence: 'Apache-2.0',
    scoring: plainHead,
    maxTokens: 512,
    languages: ['en'],
    parameters: 33,
    scores: card('cross-encoder/ms-marco-MiniLM-L-12-v2', { 'TREC DL 2019': 0.7431 }),
  },
  msMarco('TinyBERT-L-2', 'TinyBERT-L2', 4, 0.6984),
  msMarco('MiniLM-L-2', 'MiniLM-L2', 16, 0.7101),
  msMarco('MiniLM-L-4', 'MiniLM-L4', 19, 0.7304),
  msMarco('MiniLM-L-6', 'MiniLM-L6', 23, 0.743),
  {
    ...int8,
    name: 'bge-reranker-base',
    repository: 'Xenova/bge-reranker-base',
    madeFrom: ['BAAI/bge-reranker-base'],
    licence: 'MIT',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en', 'zh'],
    parameters: 278,
  },
  {
    ...int8,
    name: 'bge-reranker-large',
    repository: 'Xenova/bge-reranker-large',
    madeFrom: ['BAAI/bge-reranker-large'],
    licence: 'MIT',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en', 'zh'],
    parameters: 560,
  },
  {
    ...int8,
    name: 'bge-reranker-v2-m3',
    repository: 'onnx-community/bge-reranker-v2-m3-ONNX',
    madeFrom: ['BAAI/bge-reranker-v2-m3'],
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['multilingual'],
    parameters: 568,
  },
  {
    ...int8,
    name: 'mxbai-rerank-xsmall-v1',
    repository: 'mixedbread-ai/mxbai-rerank-xsmall-v1',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en'],
    parameters: 71,
  },
  {
    ...int8,
    name: 'mxbai-rerank-base-v1',
    repository: 'mixedbread-ai/mxbai-rerank-base-v1',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en'],
    parameters: 184,
  },
  {
    ...int8,
    name: 'jina-reranker-v1-tiny-en',
    repository: 'jinaai/jina-reranker-v1-tiny-en',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['en'],
    parameters: 33,
  },
  {
    ...int8,
    name: 'jina-reranker-v1-turbo-en',
    repository: 'jinaai/jina-reranker-v1-turbo-en',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['en'],
    parameters: 38,
  },
  {
    ...int8,
    name: 'jina-reranker-v2-base-multilingual',
    repository: 'jinaai/jina-reranker-v2-base-multilingual',
    licence: 'CC-BY-NC-4.0',
    scoring: sigmoidHead,
    maxTokens: 1024,
    languages: ['multilingual'],
    parameters: 278,
  },
  {
    ...int8,
    name: 'gte-reranker-modernbert-base',
    repository: 'Alibaba-NLP/gte-reranker-modernbert-base',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['en'],
    parameters: 149,
  },
  {
    ...int8,
    name: 'mmarco-mminilmv2-l12-h384-v1',
    repository: 'cross-encoder/mmarco-mMiniLMv2-L12-H384-v1',
    files: { model: { path: 'onnx/model.onnx' }, tokenizer: { path: 'tokenizer.json' } },
    precision: 'fp32',
    licence: 'Apache-2.0',
    scoring: plainHead,
    maxTokens: 512,
    languages: ['multilingual'],
    parameters: 118,
  },
  {
    ...int8,
    name: 'qwen3-reranker-0.6b',
    repository: 'onnx-community/Qwen3-Reranker-0.6B-ONNX',
    madeFrom: ['Qwen/Qwen3-Reranker-0.6B'],
    licence: 'Apache-2.0',
    scoring: { form: 'yes-no', instruction: webSearchInstruction, activation: 'sigmoid' },
    maxTokens: 8192,
    languages: ['multilingual'],
    parameters: 596,
  },
];
