/** Hugging Face text-embeddings-inference: router/src/http/{server,types}.rs (commit 0d124dc). */
import { z } from 'zod';
import { type Problem, type ProblemKind, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Facts, type Failure, rerankEndpoint, type Served } from './dialect.ts';
import { embeddingList, tellEmbeddings } from './openai.ts';
import { notEmpty } from './shared.ts';

const direction = z.enum(['Right', 'Left', 'right', 'left']);

const types: Readonly<Partial<Record<ProblemKind, string>>> = {
  empty: 'Empty',
  busy: 'Overloaded',
  unready: 'Unhealthy',
  failed: 'Backend',
  late: 'Backend',
  model: 'Backend',
};
const statuses: Readonly<Partial<Record<ProblemKind, number>>> = { malformed: 422, invalid: 422, failed: 424, model: 424 };

/** A wrong key gets no body. */
export const failAsTei = (problem: Problem): Failure => ({
  status: vendorStatusOf(problem, statuses),
  body: problem.kind === 'key' ? undefined : { error: problem.message, error_type: types[problem.kind] ?? 'Validation' },
});

/** Milliseconds, whole ones, as there; the last three are means over the model runs, as there over the texts. */
export const teiHeaders = ({ tokens, took, waited, tokenised, inferred }: Facts, characters: number): Readonly<Record<string, string>> => ({
  'x-compute-type': 'cpu',
  'x-compute-time': String(Math.round(took)),
  'x-compute-characters': String(characters),
  'x-compute-tokens': String(tokens),
  'x-total-time': String(Math.round(took)),
  'x-tokenization-time': String(Math.round(tokenised)),
  'x-queue-time': String(Math.round(waited)),
  'x-inference-time': String(Math.round(inferred)),
});

/** Unicode characters, as Rust counts them. */
export const charactersIn = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + [...text].length, 0);

export const teiRerank = rerankEndpoint({
  path: '/rerank',
  about: 'Rank texts by their relevance to a query.',
  body: z.object({
    query: z.string(),
    texts: z.array(z.string()),
    truncate: z.boolean().nullish(),
    truncation_direction: direction.optional(),
    raw_scores: z.boolean().optional(),
    return_text: z.boolean().optional(),
  }),
  answer: z.array(z.object({ index: z.int(), text: z.string().optional(), score: z.number() })),
  // Cutting is the default here too (--auto-truncate); `truncate: false` refuses.
  ask: ({ query, texts, truncate }) => ({
    query,
    documents: notEmpty(texts, '`texts` cannot be empty', 'texts'),
    refuseLong: truncate === false,
  }),
  tell: ({ ranked }, { texts, raw_scores, return_text }) =>
    ranked.map(({ index, relevance, raw }) => ({
      index,
      text: return_text ? (texts[index] as string) : undefined,
      score: raw_scores ? raw : relevance,
    })),
  headers: (done, { query, texts }) => teiHeaders(done, charactersIn([query, ...texts])),
});

const inputsOf = (inputs: string | readonly string[]): readonly string[] => [inputs].flat();

export const tei: Dialect = {
  name: 'TEI',
  prefix: '/tei',
  endpoints: [
    teiRerank,
    embedEndpoint({
      path: '/embed',
      about: 'Turn texts into vectors.',
      body: z.object({
        inputs: z.union([z.string(), z.array(z.string())]),
        truncate: z.boolean().nullish(),
        truncation_direction: direction.optional(),
        prompt_name: z.string().nullish(),
        normalize: z.boolean().optional(),
        dimensions: z.int().min(1).nullish(),
      }),
      answer: z.array(z.array(z.number())),
      ask: ({ inputs, prompt_name, dimensions, truncate }) => ({
        texts: notEmpty(inputsOf(inputs), '`inputs` cannot be empty', 'inputs'),
        role: prompt_name === 'query' ? 'query' : 'document',
        dimensions: dimensions ?? undefined,
        refuseLong: truncate === false,
      }),
      tell: ({ vectors }) => vectors,
      headers: (done, { inputs }) => teiHeaders(done, charactersIn(inputsOf(inputs))),
    }),
    embedEndpoint({
      path: '/similarity',
      about: 'Compare one sentence with others: cosines, -1 to 1.',
      body: z.object({
        inputs: z.object({ source_sentence: z.string(), sentences: z.array(z.string()) }),
        parameters: z
          .object({ truncate: z.boolean().nullish(), truncation_direction: direction.optional(), prompt_name: z.string().nullish() })
          .optional(),
      }),
      answer: z.array(z.number()),
      ask: ({ inputs: { source_sentence, sentences }, parameters }) => ({
        texts: [source_sentence, ...notEmpty(sentences, '`inputs.sentences` cannot be empty', 'inputs.sentences')],
        role: 'document',
        refuseLong: parameters?.truncate === false,
      }),
      tell: ({ vectors: [source, ...others] }) =>
        others.map((other) => other.reduce((sum, value, i) => sum + value * (source?.[i] ?? 0), 0)),
      headers: (done, { inputs: { source_sentence, sentences } }) => teiHeaders(done, charactersIn([source_sentence, ...sentences])),
    }),
    embedEndpoint({
      path: '/v1/embeddings',
      about: "Turn texts into vectors, in OpenAI's words.",
      body: z.object({
        input: z.union([z.string(), z.array(z.string())]),
        model: z.string().nullish(),
        user: z.string().nullish(),
        encoding_format: z.enum(['float', 'base64']).nullish(),
        dimensions: z.int().min(1).nullish(),
      }),
      answer: embeddingList,
      // A name that does not fit is only warned about there.
      ask: ({ input, dimensions }) => ({
        texts: notEmpty(inputsOf(input), '`input` cannot be empty', 'input'),
        role: 'document',
        dimensions: dimensions ?? undefined,
      }),
      tell: (done, body) => tellEmbeddings(done, body),
      headers: (done, { input }) => teiHeaders(done, charactersIn(inputsOf(input))),
    }),
  ],
  reads: [
    {
      paths: ['/health', '/ping', '/tei/health', '/'],
      about: 'Whether the server runs.',
      tag: 'Health',
      open: true,
      tell: () => undefined,
    },
    { paths: ['/info', '/tei/info'], about: 'What is served, in the words of TEI.', tag: 'TEI', tell: infoOf },
  ],
  fail: failAsTei,
  failure: z.object({
    error: z.string(),
    error_type: z.enum(['Unhealthy', 'Backend', 'Overloaded', 'Validation', 'Tokenizer', 'Empty']),
  }),
};

async function infoOf({ models, version, mostRequests, mostDocuments }: Served) {
  const [{ name, reranker }, embedder] = await Promise.all([models.reranker(), models.embedder()]);
  return {
    model_id: name,
    model_sha: null,
    model_dtype: 'int8',
    served_model_name: name,
    model_type: { reranker: { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } } },
    max_concurrent_requests: mostRequests,
    max_input_length: 512,
    max_batch_tokens: 16_384,
    max_batch_requests: null,
    max_client_batch_size: mostDocuments,
    auto_truncate: true,
    tokenization_workers: 1,
    version,
    sha: null,
    docker_label: null,
    fingerprint: reranker.fingerprint,
    embedding: { model_id: embedder.name, dimensions: embedder.embedder.dimensions },
  };
}
