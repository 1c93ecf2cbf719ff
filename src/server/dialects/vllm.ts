/** vLLM: entrypoints/pooling/scoring/protocol.py (055e47c). Its three paths for reranking have one handler. */
import { z } from 'zod';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, type Failure, type RerankEndpoint, rerankEndpoint } from './dialect.ts';
import { openaiEmbeddings } from './openai.ts';
import { errorObject, notEmpty, result, withWords } from './shared.ts';

const usage = z.object({ prompt_tokens: z.int(), total_tokens: z.int() });

const names: Readonly<Record<number, string>> = {
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
};

const rerankBody = z.object({
  model: z.string().nullish(),
  user: z.string().nullish(),
  query: z.string(),
  documents: z.union([z.string(), z.array(z.string())]),
  /** 0: all. */
  top_n: z.int().min(0).optional(),
  truncate_prompt_tokens: z.int().min(-1).nullish(),
  truncation_side: z.enum(['left', 'right']).nullish(),
  max_tokens_per_doc: z.int().min(0).optional(),
  max_tokens_per_query: z.int().min(0).optional(),
  use_activation: z.boolean().nullish(),
  priority: z.int().optional(),
});

export const vllmRerank = (path: string): RerankEndpoint =>
  rerankEndpoint({
    path,
    about: 'Rank texts by their relevance to a query.',
    body: rerankBody,
    answer: z.object({
      id: z.string(),
      model: z.string(),
      usage,
      results: z.array(result.extend({ document: z.object({ text: z.string(), multi_modal: z.null() }) })),
    }),
    // What is too long is refused, unless cutting was asked for.
    ask: ({ model, query, documents, top_n, truncate_prompt_tokens, max_tokens_per_doc = 0, max_tokens_per_query = 0 }) => ({
      model: model ?? undefined,
      query: withWords(query, 'query must not be empty'),
      documents: notEmpty([documents].flat(), 'documents must not be empty', 'documents'),
      top: top_n === 0 ? undefined : top_n,
      maxTokens: max_tokens_per_doc === 0 ? undefined : max_tokens_per_doc,
      maxQueryTokens: max_tokens_per_query === 0 ? undefined : max_tokens_per_query,
      refuseLong: (truncate_prompt_tokens ?? 0) === 0,
    }),
    tell: ({ id, model, ranked, tokens }, { documents, use_activation }) => ({
      id: `rerank-${id}`,
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      results: ranked.map(({ index, relevance, raw }) => ({
        index,
        document: { text: [documents].flat()[index] as string, multi_modal: null },
        relevance_score: use_activation === false ? raw : relevance,
      })),
    }),
  });

const texts = z.union([z.string(), z.array(z.string())]);

const scoreBody = z.object({
  model: z.string().nullish(),
  text_1: z.string().optional(),
  text_2: texts.optional(),
  queries: z.string().optional(),
  documents: texts.optional(),
  items: texts.optional(),
  truncate_prompt_tokens: z.int().min(-1).nullish(),
  use_activation: z.boolean().nullish(),
});

/** One query against one text or several; the scores stand in the order of the texts. */
const score = (path: string): RerankEndpoint =>
  rerankEndpoint({
    path,
    about: 'Score texts against a query, in their order.',
    body: scoreBody,
    answer: z.object({
      id: z.string(),
      object: z.literal('list'),
      created: z.int(),
      model: z.string(),
      data: z.array(z.object({ index: z.int(), object: z.literal('score'), score: z.number() })),
      usage,
    }),
    ask: (body) => {
      const sides = sidesOf(body);
      return {
        model: body.model ?? undefined,
        query: withWords(sides.query, 'the query must not be empty'),
        documents: notEmpty(sides.texts, 'there is nothing to score', 'documents'),
        refuseLong: (body.truncate_prompt_tokens ?? 0) === 0,
      };
    },
    tell: ({ id, created, model, ranked, tokens }, { use_activation }) => ({
      id: `score-${id}`,
      object: 'list',
      created,
      model,
      data: ranked
        .toSorted((a, b) => a.index - b.index)
        .map(({ index, relevance, raw }) => ({ index, object: 'score', score: use_activation === false ? raw : relevance })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }),
  });

export const vllm: Dialect = {
  name: 'vLLM',
  prefix: '/vllm',
  endpoints: [
    vllmRerank('/rerank'),
    vllmRerank('/v1/rerank'),
    vllmRerank('/v2/rerank'),
    score('/score'),
    score('/v1/score'),
    { ...openaiEmbeddings, path: '/v1/embeddings' },
  ],
  fail: failAsVllm,
  failure: errorObject,
};

function sidesOf({ text_1, text_2, queries, documents, items }: z.infer<typeof scoreBody>) {
  const [query, others] = [text_1 ?? queries, text_2 ?? documents ?? items];
  if (query === undefined || others === undefined)
    throw new RequestError('malformed', 'give text_1 and text_2, or queries and documents, or queries and items');
  return { query, texts: [others].flat() };
}

function failAsVllm(problem: Problem): Failure {
  const { message, param } = problem;
  const status = vendorStatusOf(problem);
  return { status, body: { error: { message, type: names[status] ?? 'BadRequestError', param: param ?? null, code: status } } };
}
