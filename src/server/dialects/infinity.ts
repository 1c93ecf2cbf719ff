/** Infinity: infinity_server.py, fastapi_schemas/pymodels.py (fcb951c). */
import { z } from 'zod';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, type Endpoint, embedEndpoint, type Failure, rerankEndpoint } from './dialect.ts';
import { embeddingWords, formed, formedSchema, idleEmbeddingWords, readEmbeddingWords, refusedEmbeddingWords } from './embedding-words.ts';
import { modelList } from './openai.ts';
import { errorObject, notEmpty, result, withWords } from './shared.ts';
import { modelName, named, textOrTexts, truth, wholeFrom } from './values.ts';

/** INFINITY_MAX_CLIENT_BATCH_SIZE. */
const MOST = 2048;
const MOST_CHARACTERS = 122_880;
const unnamed = 'default/not-specified';

const usage = z.object({ prompt_tokens: z.int(), total_tokens: z.int() });

const nameIn = (model: string | null | undefined): string | undefined => (model === unnamed ? undefined : named(model));

const detail = z.object({
  detail: z.union([z.string(), z.array(z.object({ loc: z.array(z.string()), msg: z.string(), type: z.string() }))]),
});

const endpoints: readonly Endpoint[] = [
  rerankEndpoint({
    path: '/rerank',
    about: 'Rank texts by their relevance to a query.',
    body: z.object({
      query: z.string().max(MOST_CHARACTERS),
      documents: z.array(z.string()),
      return_documents: truth.optional(),
      raw_scores: truth.optional(),
      model: modelName,
      top_n: wholeFrom(1).nullish(),
    }),
    answer: z.object({
      object: z.literal('rerank'),
      results: z.array(result.extend({ document: z.string().optional() })),
      model: z.string(),
      usage,
      id: z.string(),
      created: z.int(),
    }),
    ask: ({ model, query, documents, top_n }) => ({
      model: nameIn(model),
      query: withWords(query, 'query must not be empty'),
      documents: atMost(documents, 'documents'),
      top: top_n ?? undefined,
    }),
    tell: ({ id, created, model, ranked, tokens }, { documents, return_documents, raw_scores }) => ({
      object: 'rerank',
      results: ranked.map(({ index, relevance, raw }) => ({
        relevance_score: raw_scores ? raw : relevance,
        index,
        document: return_documents ? (documents[index] as string) : undefined,
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      id: `infinity-${id}`,
      created,
    }),
  }),
  embedEndpoint({
    path: '/embeddings',
    about: 'Turn texts into vectors.',
    body: z.object({
      input: textOrTexts,
      model: modelName,
      ...embeddingWords,
    }),
    refused: refusedEmbeddingWords,
    idle: idleEmbeddingWords,
    answer: z.object({
      object: z.literal('list'),
      data: z.array(z.object({ object: z.literal('embedding'), embedding: formedSchema, index: z.int() })),
      model: z.string(),
      usage,
      id: z.string(),
      created: z.int(),
    }),
    ask: ({ model, input, ...words }) => ({
      model: nameIn(model),
      texts: atMost([input].flat(), 'input'),
      ...readEmbeddingWords(words),
    }),
    tell: ({ id, created, model, vectors, tokens }, words) => ({
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        embedding: formed(vector, words),
        index,
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      id: `infinity-${id}`,
      created,
    }),
  }),
];

export const infinity: Dialect = {
  name: 'Infinity',
  prefix: '/infinity',
  // With --url-prefix /v1, as many run it.
  endpoints: [...endpoints, ...endpoints.map((endpoint) => ({ ...endpoint, path: `/v1${endpoint.path}` }))],
  reads: [
    {
      // Infinity has OpenAI's form at /models, with numbers of its queue.
      paths: ['/infinity/models', '/infinity/v1/models', '/models'],
      about: 'The models that are served.',
      tag: 'Infinity',
      tell: async (served) => ({
        object: 'list',
        data: (await modelList(served)).data.map((one) => ({
          ...one,
          owned_by: 'infinity',
          backend: 'onnx',
          capabilities: [one.task],
          stats: { queue_fraction: 0, queue_absolute: 0, results_pending: 0, batch_size: 16 },
        })),
      }),
    },
    {
      paths: ['/infinity/health', '/infinity/v1/health'],
      about: 'Whether the server runs.',
      tag: 'Health',
      open: true,
      tell: () => ({ unix: Date.now() / 1000 }),
    },
  ],
  fail: failAsInfinity,
  failure: z.union([errorObject, detail]),
};

function atMost<Item>(list: readonly Item[], param: string): readonly Item[] {
  if (list.length > MOST) throw new RequestError('malformed', `${param} may hold at most ${MOST}; got ${list.length}`, { param });
  return notEmpty(list, `${param} must not be empty`, param);
}

/** pydantic's 422 for what the schema refuses, FastAPI's 401, OpenAI's form for the rest. */
function failAsInfinity(problem: Problem): Failure {
  const { kind, message, param } = problem;
  const status = vendorStatusOf(problem, { malformed: 422, empty: 422, model: 400 });
  if (kind === 'key') return { status, body: { detail: 'Unauthorized' } };
  if (kind === 'malformed' || kind === 'empty')
    return {
      status,
      body: { detail: [{ loc: ['body', ...(param === undefined ? [] : [param])], msg: message, type: 'value_error' }] },
    };
  return { status, body: { error: { message, type: 'invalid_request_error', param: param ?? null, code: status } } };
}
