import type { CrossEncoderEntry, HeadLayer, ModelFile, Scoring } from './model-entry.ts';
import { recipes } from './recipes.ts';

/** sentence-transformers' default for one label, which these models' cards show too. */
const sigmoidHead: Scoring = { form: 'classifier', labels: 1, relevant: 0, activation: 'sigmoid' };
/** config.json names Identity: scores are logits. */
const plainHead: Scoring = { form: 'classifier', labels: 1, relevant: 0, activation: 'none' };

const int8: Pick<CrossEncoderEntry, 'kind' | 'files' | 'precision'> = {
  kind: 'cross-encoder',
  files: { model: { path: 'onnx/model_quantized.onnx' }, tokenizer: { path: 'tokenizer.json' } },
  precision: 'int8',
};

/** What a repository holds at one commit. */
interface Pin {
  readonly revision: string;
  /** Of onnx/model_quantized.onnx. */
  readonly bytes: number;
  readonly sha256: string;
}

const multiBert = 'ms-marco-MultiBERT-L-12.zip';

/** Of XLM-RoBERTa and all that share its vocabulary of 250,002 words. */
const xlmRobertaTokenizer: ModelFile = {
  path: 'tokenizer.json',
  sha256: '62c24cdc13d4c9952d63718d6c9fa4c287974249e16b7ade6d5a85e7bbb75626',
  bytes: 17_082_660,
};

const mmarco = {
  kind: 'cross-encoder',
  architecture: 'xlm-roberta',
  repository: 'cross-encoder/mmarco-mMiniLMv2-L12-H384-v1',
  revision: '1427fd652930e4ba29e8149678df786c240d8825',
  licence: 'Apache-2.0',
  scoring: plainHead,
  maxTokens: 512,
  languages: ['multilingual'],
  parameters: 118,
} as const;

/**
 * Cross-encoders by name. Windows of more than 8,192 tokens are cut to that: attention over a longer one does not fit the memory that the
 * rest of the package is content with.
 */
export const crossEncoders = (bundledTokenizer: ModelFile): readonly CrossEncoderEntry[] => [
  {
    name: 'ms-marco-minilm-l-12-v2',
    kind: 'cross-encoder',
    architecture: 'bert',
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
    // Its card, of the full-precision weights.
    examples: [
      {
        query: 'How many people live in Berlin?',
        document: 'Berlin has a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers.',
        score: 9.218911,
      },
      { query: 'How many people live in Berlin?', document: 'Berlin is well known for its museums.', score: -4.078029 },
    ],
    scores: [mteb(0.5066), ...card('cross-encoder/ms-marco-MiniLM-L-12-v2', { 'TREC DL 2019': 0.7431 })],
  },
  msMarco('TinyBERT-L-2', 'TinyBERT-L2', 4, 0.6984, {
    revision: 'b76bb5e1fefd66aa36cd108622d768e86c015ff1',
    bytes: 4_496_298,
    sha256: '026c2ec3257cd351696e45bbd6040bb83cf818ba89059b4344bd6350138b62ce',
  }),
  msMarco('MiniLM-L-2', 'MiniLM-L2', 16, 0.7101),
  msMarco('MiniLM-L-4', 'MiniLM-L4', 19, 0.7304, undefined, 0.4979),
  msMarco(
    'MiniLM-L-6',
    'MiniLM-L6',
    23,
    0.743,
    {
      revision: 'a09144355adeed5f58c8ed011d209bf8ee5a1fec',
      bytes: 23_143_499,
      sha256: 'e9d8ebf845c413e981c175bfe49a3bfa9b3dcce2a3ba54875ee5df5a58639fbe',
    },
    0.5082,
  ),
  ettin('17m', { width: 256, parameters: 17, reranked: 0.5576 }),
  ettin('32m', { width: 384, parameters: 33, reranked: 0.5779 }),
  ettin('68m', { width: 512, parameters: 69, reranked: 0.5915 }),
  ettin('150m', { width: 768, parameters: 151, reranked: 0.5994 }),
  ettin('400m', { width: 1024, parameters: 402, reranked: 0.6091 }),
  ettin('1b', { width: 1792, parameters: 1003, reranked: 0.6114, data: true }),
  {
    ...int8,
    name: 'bge-reranker-base',
    architecture: 'xlm-roberta',
    repository: 'Xenova/bge-reranker-base',
    madeFrom: ['BAAI/bge-reranker-base'],
    licence: 'MIT',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en', 'zh'],
    parameters: 278,
    scores: [mteb(0.489)],
  },
  {
    ...int8,
    ...pinned({
      revision: '3c4ff3c9420fb24ea62acd31e3884e09c8827f2a',
      bytes: 562_938_749,
      sha256: '62cbff7af164e3a5c6776918a25c1b24a54a31854bdbe83ffe1dd13f68901637',
    }),
    name: 'bge-reranker-large',
    architecture: 'xlm-roberta',
    repository: 'Xenova/bge-reranker-large',
    madeFrom: ['BAAI/bge-reranker-large'],
    licence: 'MIT',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en', 'zh'],
    parameters: 560,
    scores: [mteb(0.5098)],
  },
  {
    ...int8,
    ...pinned({
      revision: '6f5ff65298512715a1e669753bc754d2bc8f367b',
      bytes: 570_727_094,
      sha256: '912fc1215c2dbff6499700534bd8d31253af01573861abbfc43afd1fab6cce5d',
    }),
    name: 'bge-reranker-v2-m3',
    architecture: 'xlm-roberta',
    repository: 'onnx-community/bge-reranker-v2-m3-ONNX',
    madeFrom: ['BAAI/bge-reranker-v2-m3'],
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['multilingual'],
    parameters: 568,
    scores: [mteb(0.5526)],
  },
  {
    ...int8,
    ...pinned({
      revision: 'b5c6e9da73abc3711f593f705371cdbe9e0fe422',
      bytes: 87_245_802,
      sha256: '15ef19a6de90be7d52b627f2c784107bd806e64826450f41fb75fa4f0179ab30',
    }),
    name: 'mxbai-rerank-xsmall-v1',
    architecture: 'deberta-v2',
    repository: 'mixedbread-ai/mxbai-rerank-xsmall-v1',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en'],
    parameters: 71,
    scores: [mteb(0.4968)],
  },
  {
    ...int8,
    name: 'mxbai-rerank-base-v1',
    architecture: 'deberta-v2',
    repository: 'mixedbread-ai/mxbai-rerank-base-v1',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 512,
    languages: ['en'],
    parameters: 184,
    scores: [mteb(0.4865)],
  },
  {
    ...int8,
    name: 'jina-reranker-v1-tiny-en',
    architecture: 'bert',
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
    architecture: 'bert',
    repository: 'jinaai/jina-reranker-v1-turbo-en',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['en'],
    parameters: 38,
  },
  {
    ...int8,
    ...pinned({
      revision: '9cfeff2df7d40d1b78e75e5e9cebec92a99813c9',
      bytes: 279_577_152,
      sha256: 'c5220cf8fe023f8aa0ed2a3eb787d4451a7f17cf53f6b787e35718dd4b8815c3',
    }),
    name: 'jina-reranker-v2-base-multilingual',
    architecture: 'xlm-roberta',
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
    architecture: 'modernbert',
    repository: 'Alibaba-NLP/gte-reranker-modernbert-base',
    licence: 'Apache-2.0',
    scoring: sigmoidHead,
    maxTokens: 8192,
    languages: ['en'],
    parameters: 149,
    scores: [mteb(0.5843)],
  },
  {
    // FlashRank's: a zip archive with the tokenizer and int8 weights, two logits of which the second means relevant
    // (FlashRank's Config.py and Ranker.py; made from amberoad/bert-multilingual-passage-reranking-msmarco).
    kind: 'cross-encoder',
    name: 'ms-marco-multibert-l-12',
    architecture: 'bert',
    repository: 'prithivida/flashrank',
    files: {
      model: { path: multiBert, member: 'ms-marco-MultiBERT-L-12/flashrank-MultiBERT-L12_Q.onnx' },
      tokenizer: { path: multiBert, member: 'ms-marco-MultiBERT-L-12/tokenizer.json' },
    },
    precision: 'int8',
    licence: 'LicenseRef-CC-BY-SA',
    scoring: { form: 'classifier', labels: 2, relevant: 1, activation: 'sigmoid' },
    maxTokens: 512,
    languages: ['multilingual'],
    parameters: 178,
  },
  {
    ...mmarco,
    name: 'mmarco-mminilmv2-l12-h384-v1',
    files: {
      model: {
        path: 'onnx/model_quint8_avx2.onnx',
        sha256: '6c2513767fb63d008a4377bef7a7a3555433d9436342bb53e35a3a72ffc52d4b',
        bytes: 118_620_016,
      },
      tokenizer: xlmRobertaTokenizer,
    },
    precision: 'int8',
  },
  {
    ...mmarco,
    name: 'mmarco-mminilmv2-l12-h384-v1-fp32',
    files: {
      model: { path: 'onnx/model.onnx', sha256: '3e9a03ed1e966f7c5288dd4230e3d6a9bf5e3a170a06f1f4241c5bca12c6487c', bytes: 470_883_696 },
      tokenizer: xlmRobertaTokenizer,
    },
    precision: 'fp32',
  },
  {
    ...int8,
    name: 'qwen3-reranker-0.6b',
    architecture: 'qwen3',
    repository: 'onnx-community/Qwen3-Reranker-0.6B-ONNX',
    madeFrom: ['Qwen/Qwen3-Reranker-0.6B'],
    licence: 'Apache-2.0',
    scoring: recipes['qwen3-reranker'],
    maxTokens: 8192,
    languages: ['multilingual'],
    parameters: 596,
    scores: [mteb(0.594)],
  },
];

const card = (name: string, values: Readonly<Record<string, number>>): NonNullable<CrossEncoderEntry['scores']> =>
  Object.entries(values).map(([set, value]) => ({ set, measure: 'nDCG@10', value, source: `model card of ${name}` }));

/** Top 100 of six embedders reranked, their mean; without a reranker bge-small-en-v1.5 has .5149 there. Of the fp32 weights. */
export const rerankedSet = 'MTEB(eng, v2) retrieval, reranked';

const mteb = (value: number): NonNullable<CrossEncoderEntry['scores']>[number] => ({
  set: rerankedSet,
  measure: 'nDCG@10',
  value,
  source: 'table in https://huggingface.co/blog/ettin-reranker',
});

/** ModernBERT with a head of its own, whose layers are files beside the graph; that is the encoder alone, in full precision. */
function ettin(
  size: string,
  {
    width,
    parameters,
    reranked,
    data = false,
  }: {
    readonly width: number;
    readonly parameters: number;
    readonly reranked: number;
    /** Weights of more than 2 GB do not fit the graph's own file. @default false */
    readonly data?: boolean;
  },
): CrossEncoderEntry {
  const layers: readonly HeadLayer[] = [
    { kind: 'dense', path: '2_Dense/model.safetensors', from: width, to: width, bias: false, activation: 'gelu' },
    { kind: 'layer-norm', path: '3_LayerNorm/model.safetensors', size: width },
    { kind: 'dense', path: '4_Dense/model.safetensors', from: width, to: 1, bias: true, activation: 'identity' },
  ];
  return {
    name: `ettin-reranker-${size}-v1`,
    kind: 'cross-encoder',
    architecture: 'modernbert',
    repository: `cross-encoder/ettin-reranker-${size}-v1`,
    files: {
      model: { path: 'onnx/model.onnx' },
      tokenizer: { path: 'tokenizer.json' },
      others: [...(data ? [{ path: 'onnx/model.onnx_data' }] : []), ...layers.map(({ path }) => ({ path, as: path }))],
    },
    precision: 'fp32',
    licence: 'Apache-2.0',
    scoring: { form: 'head', pooling: 'cls', width, layers, activation: 'none' },
    // Positions that the encoders were trained on (max_position_embeddings of jhu-clsp/ettin-encoder-17m).
    maxTokens: 7999,
    languages: ['en'],
    parameters,
    // Its table has 50,368 words.
    multiplied: Math.round(parameters - 0.050368 * width),
    scores: [mteb(reranked)],
  };
}

/** The cross-encoders of MS MARCO, all BERTs of one logit; figures are of the fp32 weights. */
const msMarco = (size: string, other: string, parameters: number, value: number, pin?: Pin, reranked?: number): CrossEncoderEntry => ({
  ...int8,
  ...(pin === undefined ? {} : pinned(pin)),
  name: `ms-marco-${size}-v2`.toLowerCase(),
  architecture: 'bert',
  repository: `Xenova/ms-marco-${size}-v2`,
  // The hub has both spellings.
  madeFrom: [`cross-encoder/ms-marco-${size}-v2`, `cross-encoder/ms-marco-${other}-v2`],
  licence: 'Apache-2.0',
  scoring: plainHead,
  maxTokens: 512,
  languages: ['en'],
  parameters,
  scores: [...(reranked === undefined ? [] : [mteb(reranked)]), ...card(`cross-encoder/ms-marco-${size}-v2`, { 'TREC DL 2019': value })],
});

const pinned = ({ revision, bytes, sha256 }: Pin): Pick<CrossEncoderEntry, 'revision' | 'files'> => ({
  revision,
  files: { ...int8.files, model: { ...int8.files.model, bytes, sha256 } },
});
