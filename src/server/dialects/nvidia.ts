/** NVIDIA NIM: https://docs.nvidia.com/nim/nemo-retriever/text-reranking/latest/reference.html, and the same of text embedding. */
import { z } from 'zod';
import { vendorStatusOf } from '../problem.ts';
import { type Dialect, type RerankEndpoint, rerankEndpoint } from './dialect.ts';
import { openaiEmbeddings } from './openai.ts';
import { notEmpty, withWords } from './shared.ts';
import { modelName, named, oneOf } from './values.ts';

const text = z.union([z.string(), z.looseObject({ text: z.string() })]);
const textOf = (sent: z.infer<typeof text>): string => (typeof sent === 'string' ? sent : sent.text);

/** `truncate` is END where it is not given, with what was cut told; there it is NONE, so that long passages fail. */
const ranking = (path: string): RerankEndpoint =>
  rerankEndpoint({
    path,
    about: 'Rank passages by their relevance to a query; the scores are logits.',
    body: z.object({
      model: modelName,
      query: text,
      passages: z.array(text),
      truncate: oneOf('NONE', 'END').nullish(),
    }),
    answer: z.object({
      rankings: z.array(z.object({ index: z.int(), logit: z.number() })),
      usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
    }),
    ask: ({ model, query, passages, truncate }) => ({
      model: named(model),
      query: withWords(textOf(query), 'query must not be empty'),
      documents: notEmpty(passages, 'passages must not be empty', 'passages').map(textOf),
      refuseLong: truncate === 'NONE',
    }),
    tell: ({ ranked, tokens }) => ({
      rankings: ranked.map(({ index, raw }) => ({ index, logit: raw })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }),
  });

export const nvidia: Dialect = {
  name: 'NVIDIA NIM',
  prefix: '/nvidia',
  endpoints: [ranking('/v1/ranking'), { ...openaiEmbeddings, path: '/v1/embeddings' }],
  reads: [],
  fail: (problem) => ({
    status: vendorStatusOf(problem, { malformed: 422 }),
    body: { object: 'error', message: problem.message, detail: problem.message, type: problem.kind },
  }),
  failure: z.object({ object: z.literal('error'), message: z.string(), detail: z.string(), type: z.string() }),
};

/** Paths that no one else has. Hosted ones name the model in the path. */
export const nvidiaAlone: Dialect = {
  ...nvidia,
  prefix: '',
  endpoints: [ranking('/v1/ranking'), ranking('/v1/retrieval/:vendor/reranking'), ranking('/v1/retrieval/:vendor/:model/reranking')],
};
