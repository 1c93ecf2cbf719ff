/** Infinity: infinity_server.py, fastapi_schemas/pymodels.py (fcb951c). */
import { z } from 'zod';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Failure, rerankEndpoint } from './dialect.ts';
import { base64Of, errorObject, notEmpty, result, withWords } from './shared.ts';

/** INFINITY_MAX_CLIENT_BATCH_SIZE. */
const MOST = 2048;
const MOST_CHARACTERS = 122_880;
const unnamed = 'default/not-specified';

const usage = z.object({ prompt_tokens: z.int(), total_tokens: z.int() });

const named = (model: string | undefined): string | undefined => (model === unnamed ? undefined : model);

const detail = z.object({
  detail: z.union([z.string(), z.array(z.object({ loc: z.array(z.string()), msg: z.string(), type: z.string() }))]),
});

export const infinity: Dialect = {
  name: 'Infinity',
  prefix: '/infinity',
  endpoints: [
    rerankEndpoint({
      path: '/rerank',
      about: 'Rank texts by their relevance to a query.',
      body: z.object({
        query: z.string().max(MOST_CHARACTERS),
        documents: z.array(z.string()),
        return_documents: z.boolean().optional(),
        raw_scores: z.boolean().optional(),
        model: z.string().optional(),
        top_n: z.int().min(1).nullish(),
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
        model: named(model),
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
        input: z.union([z.string(), z.array(z.string())]),
        model: z.string().optional(),
        encoding_format: z.enum(['float', 'base64']).nullish(),
        user: z.string().nullish(),
        dimensions: z.int().min(0).optional(),
        modality: z.literal('text').optional(),
      }),
      answer: z.object({
        object: z.literal('list'),
        data: z.array(z.object({ object: z.literal('embedding'), embedding: z.union([z.array(z.number()), z.string()]), index: z.int() })),
        model: z.string(),
        usage,
        id: z.string(),
        created: z.int(),
      }),
      ask: ({ model, input, dimensions = 0 }) => ({
        model: named(model),
        texts: atMost([input].flat(), 'input'),
        role: 'document',
        dimensions: dimensions === 0 ? undefined : dimensions,
      }),
      tell: ({ id, created, model, vectors, tokens }, { encoding_format }) => ({
        object: 'list',
        data: vectors.map((vector, index) => ({
          object: 'embedding',
          embedding: encoding_format === 'base64' ? base64Of(vector) : vector,
          index,
        })),
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
        id: `infinity-${id}`,
        created,
      }),
    }),
  ],
  reads: [
    {
      paths: ['/infinity/health'],
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
