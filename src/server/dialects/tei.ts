/** Hugging Face text-embeddings-inference: router/src/http/{server,types}.rs (commit 0d124dc). */
import { z } from 'zod';
import { type Problem, type ProblemKind, RequestError, vendorStatusOf } from '../problem.ts';
import {
  type Dialect,
  type EmbedEndpoint,
  embedEndpoint,
  type Facts,
  type Failure,
  pairsEndpoint,
  rerankEndpoint,
  tokenizeEndpoint,
} from './dialect.ts';
import { nameIn } from './embedding-words.ts';
import { openaiEmbeddings } from './openai.ts';
import { notEmpty } from './shared.ts';
import { infoOf } from './tei-info.ts';
import { modelName, named, oneOf, textOrTexts, truth, wholeFrom } from './values.ts';

const direction = oneOf('Right', 'Left');

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
const teiHeaders = ({ tokens, took, waited, tokenised, inferred }: Facts, characters: number): Readonly<Record<string, string>> => ({
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
const charactersIn = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + [...text].length, 0);

const inputsOf = (inputs: string | readonly string[]): readonly string[] => [inputs].flat();

const rerank = rerankEndpoint({
  path: '/rerank',
  about: 'Rank texts by their relevance to a query.',
  body: z.object({
    query: z.string(),
    texts: z.array(z.string()),
    truncate: truth.nullish(),
    truncation_direction: direction.nullish(),
    raw_scores: truth.nullish(),
    return_text: truth.nullish(),
    // Not TEI's: llama.cpp takes its texts with both.
    model: modelName,
    top_n: wholeFrom(0).nullish(),
  }),
  answer: z.array(z.object({ index: z.int(), text: z.string().optional(), score: z.number() })),
  // Cutting is the default here too (--auto-truncate); `truncate: false` refuses.
  ask: ({ query, texts, truncate, truncation_direction, model, top_n }) => ({
    model: named(model),
    top: top_n || undefined,
    query,
    documents: notEmpty(texts, '`texts` cannot be empty', 'texts'),
    refuseLong: truncate === false,
    fromEnd: truncation_direction === 'Left',
  }),
  tell: ({ ranked }, { texts, raw_scores, return_text }) =>
    ranked.map(({ index, relevance, raw }) => ({
      index,
      text: return_text ? (texts[index] as string) : undefined,
      score: raw_scores ? raw : relevance,
    })),
  headers: (done, { query, texts }) => teiHeaders(done, charactersIn([query, ...texts])),
});

const embed = embedEndpoint({
  path: '/embed',
  about: 'Turn texts into vectors.',
  body: z.object({
    inputs: textOrTexts,
    truncate: truth.nullish(),
    truncation_direction: direction.nullish(),
    prompt_name: z.string().nullish(),
    normalize: truth.nullish(),
    dimensions: wholeFrom(1).nullish(),
  }),
  answer: z.array(z.array(z.number())),
  ask: ({ inputs, prompt_name, dimensions, truncate, truncation_direction, normalize }) => ({
    texts: notEmpty(inputsOf(inputs), '`inputs` cannot be empty', 'inputs'),
    promptName: nameIn(prompt_name),
    dimensions: dimensions ?? undefined,
    refuseLong: truncate === false,
    fromEnd: truncation_direction === 'Left',
    unnormalised: normalize === false,
  }),
  tell: ({ vectors }) => vectors,
  headers: (done, { inputs }) => teiHeaders(done, charactersIn(inputsOf(inputs))),
});

const embedAll = embedEndpoint({
  path: '/embed_all',
  about: 'Turn texts into a vector for each token, of length 1, special tokens left out.',
  body: z.object({
    inputs: textOrTexts,
    truncate: truth.nullish(),
    truncation_direction: direction.nullish(),
    prompt_name: z.string().nullish(),
  }),
  answer: z.array(z.array(z.array(z.number()))),
  ask: ({ inputs, prompt_name, truncate, truncation_direction }) => ({
    texts: notEmpty(inputsOf(inputs), '`inputs` cannot be empty', 'inputs'),
    promptName: nameIn(prompt_name),
    refuseLong: truncate === false,
    fromEnd: truncation_direction === 'Left',
    eachToken: true,
  }),
  tell: ({ tokenVectors = [] }) => tokenVectors,
  headers: (done, { inputs }) => teiHeaders(done, charactersIn(inputsOf(inputs))),
});

const similarity = embedEndpoint({
  path: '/similarity',
  about: 'Compare one sentence with others: cosines, -1 to 1.',
  body: z.object({
    inputs: z.object({ source_sentence: z.string(), sentences: z.array(z.string()) }),
    parameters: z
      .object({ truncate: truth.nullish(), truncation_direction: direction.nullish(), prompt_name: z.string().nullish() })
      .nullish(),
  }),
  answer: z.array(z.number()),
  ask: ({ inputs: { source_sentence, sentences }, parameters }) => ({
    texts: [source_sentence, ...notEmpty(sentences, '`inputs.sentences` cannot be empty', 'inputs.sentences')],
    promptName: nameIn(parameters?.prompt_name),
    refuseLong: parameters?.truncate === false,
    fromEnd: parameters?.truncation_direction === 'Left',
  }),
  tell: ({ vectors: [source, ...others] }) => others.map((other) => other.reduce((sum, value, i) => sum + value * (source?.[i] ?? 0), 0)),
  headers: (done, { inputs: { source_sentence, sentences } }) => teiHeaders(done, charactersIn([source_sentence, ...sentences])),
});

/** A list of two texts alone is a pair; of lists each is one. */
const predictInputs = z.union([z.string(), z.array(z.union([z.string(), z.array(z.string()).min(1).max(2)]))]);
const prediction = z.array(z.object({ score: z.number(), label: z.string() }));

const predict = pairsEndpoint({
  path: '/predict',
  about: 'Score pairs of a query and a text, in their order.',
  body: z.object({
    inputs: predictInputs,
    truncate: truth.nullish(),
    truncation_direction: direction.nullish(),
    raw_scores: truth.nullish(),
  }),
  answer: z.union([prediction, z.array(prediction)]),
  ask: ({ inputs, truncate, truncation_direction }) => ({
    pairs: pairsOf(inputs),
    refuseLong: truncate === false,
    fromEnd: truncation_direction === 'Left',
  }),
  tell: ({ scored }, { inputs, raw_scores }) => {
    const all = scored.map(({ relevance, raw }) => [{ score: raw_scores ? raw : relevance, label: 'LABEL_0' }]);
    return isPair(inputs) ? all[0] : all;
  },
});

const tokenize = tokenizeEndpoint({
  path: '/tokenize',
  about: 'The tokens of texts, as the embedder reads them.',
  body: z.object({ inputs: textOrTexts, add_special_tokens: truth.nullish() }),
  answer: z.array(
    z.array(z.object({ id: z.int(), text: z.string(), special: z.boolean(), start: z.int().nullable(), stop: z.int().nullable() })),
  ),
  refused: { prompt_name: 'a text is taken apart as it is sent' },
  ask: ({ inputs, add_special_tokens }) => ({
    texts: notEmpty(inputsOf(inputs), '`inputs` cannot be empty', 'inputs'),
    special: add_special_tokens ?? true,
  }),
  // Where a token stands is not known of every tokenizer.
  tell: ({ tokenLists }) => tokenLists.map((tokens) => tokens.map((token) => ({ ...token, start: null, stop: null }))),
});

const embeddings: EmbedEndpoint = {
  ...openaiEmbeddings,
  path: '/v1/embeddings',
  about: "Turn texts into vectors, in OpenAI's words.",
  // A name that does not fit is only warned about there.
  ask: (body) => ({ ...openaiEmbeddings.ask(body), model: undefined }),
  headers: (done, body) => teiHeaders(done, charactersIn(openaiEmbeddings.ask(body).texts.map(String))),
};

export const tei: Dialect = {
  name: 'TEI',
  prefix: '/tei',
  endpoints: [
    rerank,
    { ...rerank, path: '/v1/rerank' },
    embed,
    embedAll,
    similarity,
    predict,
    tokenize,
    embeddings,
    { ...embeddings, path: '/embeddings' },
  ],
  reads: [
    {
      paths: ['/health', '/ping', '/tei/health', '/tei/ping', '/tei', '/'],
      about: 'Whether the server runs.',
      tag: 'Health',
      open: true,
      tell: () => undefined,
    },
    {
      paths: ['/info', '/tei/info'],
      about: 'What is served, in the words of TEI; ?task=embedding or ?task=reranker for one of them.',
      tag: 'TEI',
      tell: infoOf,
    },
  ],
  fail: failAsTei,
  failure: z.object({
    error: z.string(),
    error_type: z.enum(['Unhealthy', 'Backend', 'Overloaded', 'Validation', 'Tokenizer', 'Empty']),
  }),
};

const isPair = (inputs: z.infer<typeof predictInputs>): boolean =>
  typeof inputs === 'string' || (inputs.length <= 2 && inputs.every((one) => typeof one === 'string'));

function pairsOf(inputs: z.infer<typeof predictInputs>): readonly (readonly [string, string])[] {
  const sequences: readonly (string | readonly string[])[] =
    typeof inputs === 'string' ? [inputs] : isPair(inputs) ? [inputs as readonly string[]] : inputs;
  return notEmpty(sequences, '`inputs` cannot be empty', 'inputs').map((one, at) => {
    const [query, text] = [one].flat() as string[];
    if (query !== undefined && text !== undefined) return [query, text];
    throw new RequestError('invalid', `inputs.${at}: a list of two texts, query and document: the model here scores pairs; got one text`, {
      param: 'inputs',
    });
  });
}
