/** vLLM: entrypoints/pooling/scoring/protocol.py (055e47c). Its three paths for reranking have one handler. */
import { z } from 'zod';
import type { Document } from '../../types.ts';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { textOfMessage, textOfParts } from '../readable.ts';
import {
  type Dialect,
  type Failure,
  type PairsEndpoint,
  type Passage,
  pairsEndpoint,
  type RerankEndpoint,
  rerankEndpoint,
} from './dialect.ts';
import { openaiEmbeddings } from './openai.ts';
import { errorObject, notEmpty, passage, result, withWords } from './shared.ts';
import { instructed, modelName, named, oneOf, truth, wholeFrom } from './values.ts';

const usage = z.object({ prompt_tokens: z.int(), total_tokens: z.int() });

const names: Readonly<Record<number, string>> = {
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
};

/** What both endpoints may be told of tokens. */
const cutting = {
  /** -1: as many as the window holds; else so many of query and text together. */
  truncate_prompt_tokens: wholeFrom(-1).nullish(),
  truncation_side: oneOf('left', 'right').nullish(),
  use_activation: truth.nullish(),
  ...instructed,
} as const;

const idle = {
  user: 'no one is counted by it',
  priority: 'short requests go first here',
  request_id: 'an answer has an id of its own',
  cache_salt: 'nothing of a request is kept for another',
  padding: 'no score depends on it',
  mm_processor_kwargs: 'texts are all that is read',
  chat_template_kwargs: 'of a template’s arguments the instruction is read, and no other',
  return_documents: 'they always come back',
} as const;

const rerankBody = z.object({
  model: modelName,
  query: passage,
  documents: z.union([z.string(), z.array(passage), z.object({ content: z.array(z.looseObject({})) })]),
  /** 0: all. */
  top_n: wholeFrom(0).nullish(),
  max_tokens_per_doc: wholeFrom(0).nullish(),
  max_tokens_per_query: wholeFrom(0).nullish(),
  ...cutting,
});

/** What is too long is refused there unless cutting was asked for; `cuts`: it is cut, and that is told, where other servers' clients come too. */
export const vllmRerank = (path: string, { cuts = false }: { readonly cuts?: boolean } = {}): RerankEndpoint =>
  rerankEndpoint({
    path,
    about: 'Rank texts by their relevance to a query.',
    body: rerankBody,
    idle,
    answer: z.object({
      id: z.string(),
      model: z.string(),
      usage,
      results: z.array(result.extend({ document: z.object({ text: z.string(), multi_modal: z.null() }) })),
    }),
    ask: (body) => ({
      model: named(body.model),
      query: withWords(queryOf(body.query), 'query must not be empty'),
      documents: notEmpty(listOf(body.documents), 'documents must not be empty', 'documents'),
      top: body.top_n || undefined,
      maxTokens: body.max_tokens_per_doc || undefined,
      maxQueryTokens: body.max_tokens_per_query || undefined,
      ...cutOf(body, cuts),
    }),
    tell: ({ id, model, ranked, tokens }, { documents, use_activation }) => {
      const sent = listOf(documents);
      return {
        id: `rerank-${id}`,
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
        results: ranked.map(({ index, relevance, raw }) => ({
          index,
          document: { text: sent[index] as string, multi_modal: null },
          relevance_score: use_activation === false ? raw : relevance,
        })),
      };
    },
  });

const side = z.union([z.string(), z.array(passage), z.object({ content: z.array(z.looseObject({})) })]);

const scoreBody = z.object({
  model: modelName,
  text_1: side.nullish(),
  text_2: side.nullish(),
  data_1: side.nullish(),
  data_2: side.nullish(),
  queries: side.nullish(),
  documents: side.nullish(),
  items: side.nullish(),
  ...cutting,
});

/** One query against one text or several, or as many queries as texts; the scores stand in the order of the texts. */
export const vllmScore = (path: string, { cuts = false }: { readonly cuts?: boolean } = {}): PairsEndpoint =>
  pairsEndpoint({
    path,
    about: 'Score texts against a query, in their order.',
    body: scoreBody,
    idle,
    answer: z.object({
      id: z.string(),
      object: z.literal('list'),
      created: z.int(),
      model: z.string(),
      data: z.array(z.object({ index: z.int(), object: z.literal('score'), score: z.number() })),
      usage,
    }),
    ask: (body) => ({ model: named(body.model), pairs: pairsOf(body), ...cutOf(body, cuts) }),
    tell: ({ id, created, model, scored, tokens }, { use_activation }) => ({
      id: `score-${id}`,
      object: 'list',
      created,
      model,
      data: scored.map(({ index, relevance, raw }) => ({ index, object: 'score', score: use_activation === false ? raw : relevance })),
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
    vllmScore('/score'),
    vllmScore('/v1/score'),
    { ...openaiEmbeddings, path: '/v1/embeddings' },
    { ...openaiEmbeddings, path: '/embeddings' },
  ],
  reads: [{ paths: ['/vllm/health', '/vllm/ping'], about: 'Whether the server runs.', tag: 'Health', open: true, tell: () => undefined }],
  fail: failAsVllm,
  failure: errorObject,
};

const cutOf = (
  {
    truncate_prompt_tokens: tokens,
    truncation_side,
  }: { readonly truncate_prompt_tokens?: number | null; readonly truncation_side?: 'left' | 'right' | null },
  cuts: boolean,
) => ({
  maxPairTokens: (tokens ?? 0) > 0 ? (tokens as number) : undefined,
  fromEnd: truncation_side === 'left',
  refuseLong: !cuts && (tokens ?? 0) === 0,
});

/** Texts of a list, or of the parts of one message, each of which is a document. */
function listOf(sent: z.infer<typeof side>): readonly string[] {
  if (typeof sent === 'string') return [sent];
  if (!Array.isArray(sent)) return (sent as { content: Document[] }).content.map((part, at) => textOfParts([part], at));
  return sent.map((one: Passage, at: number) => {
    const text = textOfMessage(one, at);
    if (text !== undefined) return text;
    throw new RequestError('invalid', `documents.${at}: a text, or {"content": [{"type": "text", "text": …}]}; got another object`, {
      param: 'documents',
    });
  });
}

function queryOf(sent: Passage): string {
  const text = textOfMessage(sent, 0);
  if (text === undefined)
    throw new RequestError('invalid', 'query: a text, or {"content": [{"type": "text", "text": …}]}; got another object', {
      param: 'query',
    });
  return text;
}

function pairsOf(body: z.infer<typeof scoreBody>): readonly (readonly [string, string])[] {
  const [one, other] = [body.text_1 ?? body.data_1 ?? body.queries, body.text_2 ?? body.data_2 ?? body.documents ?? body.items];
  if (one == null || other == null)
    throw new RequestError('malformed', 'give text_1 and text_2, or queries and documents, or queries and items');
  const queries = notEmpty(listOf(one), 'there is no query', 'queries').map((query) => withWords(query, 'the query must not be empty'));
  const texts = notEmpty(listOf(other), 'there is nothing to score', 'documents');
  if (queries.length !== 1 && queries.length !== texts.length)
    throw new RequestError('invalid', `one query, or as many as texts: got ${queries.length} queries and ${texts.length} texts`, {
      param: 'documents',
    });
  return texts.map((text, at) => [queries[queries.length === 1 ? 0 : at] as string, text]);
}

function failAsVllm(problem: Problem): Failure {
  const { message, param } = problem;
  const status = vendorStatusOf(problem);
  return { status, body: { error: { message, type: names[status] ?? 'BadRequestError', param: param ?? null, code: status } } };
}
