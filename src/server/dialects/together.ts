/** Together AI: https://docs.together.ai/reference/rerank-1, /reference/embeddings-2 (OpenAPI of 2026-04-28). */
import { z } from 'zod';
import { type Problem, type ProblemKind, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Passage, rerankEndpoint } from './dialect.ts';
import { allUsage, allUsageSchema, errorObject, fields, notEmpty, result, scored, withWords } from './shared.ts';

const types: Readonly<Partial<Record<ProblemKind, string>>> = {
  key: 'authentication_error',
  forbidden: 'permission_error',
  model: 'invalid_request_error',
  busy: 'rate_limit',
  late: 'timeout',
  unready: 'overloaded',
  failed: 'server_error',
};
const codes: Readonly<Partial<Record<ProblemKind, string>>> = {
  key: 'invalid_api_key',
  model: 'model_not_available',
  busy: 'rate_limit_exceeded',
};

export const togetherFailure = ({ kind, message, param }: Problem) => ({
  error: { message, type: types[kind] ?? 'invalid_request_error', param: param ?? null, code: codes[kind] ?? null },
});

const rerankBody = z.strictObject({
  model: z.string(),
  query: z.string(),
  documents: z.union([z.array(z.string()), z.array(fields)]),
  top_n: z.int().min(1).optional(),
  return_documents: z.boolean().optional(),
  rank_fields: z.array(z.string()).optional(),
});

export const together: Dialect = {
  name: 'Together',
  prefix: '/together/v1',
  endpoints: [
    rerankEndpoint({
      path: '/rerank',
      about: 'Rank documents by their relevance to a query.',
      body: rerankBody,
      answer: z.object({
        object: z.literal('rerank'),
        id: z.string(),
        model: z.string(),
        results: z.array(result.extend({ document: z.object({ text: z.string().nullish() }) })),
        usage: allUsageSchema,
      }),
      ask: ({ model, query, documents, top_n, rank_fields }) => ({
        model,
        query: withWords(query, 'query must not be empty'),
        documents: notEmpty<Passage>(documents, 'documents must not be empty', 'documents'),
        fields: rank_fields,
        top: top_n,
      }),
      // The schema requires `document`; with return_documents false it is empty.
      tell: ({ id, model, ranked, tokens }, { documents, return_documents = true }) => ({
        object: 'rerank',
        id,
        model,
        results: scored(ranked, (index) => {
          const sent = documents[index] as Passage;
          return { document: return_documents ? { text: typeof sent === 'string' ? sent : JSON.stringify(sent) } : {} };
        }),
        usage: allUsage(tokens),
      }),
    }),
    embedEndpoint({
      path: '/embeddings',
      about: 'Turn texts into vectors.',
      body: z.object({ model: z.string(), input: z.union([z.string(), z.array(z.string())]) }),
      answer: z.object({
        object: z.literal('list'),
        model: z.string(),
        data: z.array(z.object({ index: z.int(), object: z.literal('embedding'), embedding: z.array(z.number()) })),
      }),
      ask: ({ model, input }) => ({ model, texts: notEmpty([input].flat(), 'input must not be empty', 'input'), role: 'document' }),
      tell: ({ model, vectors }) => ({
        object: 'list',
        model,
        data: vectors.map((vector, index) => ({ index, object: 'embedding', embedding: vector })),
      }),
    }),
  ],
  fail: (problem) => ({ status: vendorStatusOf(problem), body: togetherFailure(problem) }),
  failure: errorObject,
};
