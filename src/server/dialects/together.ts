/** Together AI: https://docs.together.ai/reference/rerank-1, /reference/embeddings-2 (OpenAPI of 2026-04-28). */
import { z } from 'zod';
import { type Problem, type ProblemKind, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Passage, rerankEndpoint } from './dialect.ts';
import { embeddingWords, formed, formedSchema, idleEmbeddingWords, readEmbeddingWords, refusedEmbeddingWords } from './embedding-words.ts';
import { modelList } from './openai.ts';
import { allUsage, allUsageSchema, errorObject, fields, notEmpty, result, scored, withWords } from './shared.ts';
import { modelName, named, textOrTexts, truth, wholeFrom } from './values.ts';

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
  model: modelName,
  query: z.string(),
  documents: z.union([z.array(z.string()), z.array(fields)]),
  top_n: wholeFrom(1).optional(),
  return_documents: truth.optional(),
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
        model: named(model),
        query: withWords(query, 'query must not be empty'),
        documents: notEmpty<Passage>(documents, 'documents must not be empty', 'documents'),
        // "Defaults to use all supplied keys for ranking."
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
      body: z.object({ model: modelName, input: textOrTexts, ...embeddingWords }),
      refused: refusedEmbeddingWords,
      idle: idleEmbeddingWords,
      answer: z.object({
        object: z.literal('list'),
        model: z.string(),
        data: z.array(z.object({ index: z.int(), object: z.literal('embedding'), embedding: formedSchema })),
      }),
      ask: ({ model, input, ...words }) => ({
        model: named(model),
        texts: notEmpty([input].flat(), 'input must not be empty', 'input'),
        ...readEmbeddingWords(words),
      }),
      tell: ({ model, vectors }, words) => ({
        object: 'list',
        model,
        data: vectors.map((vector, index) => ({ index, object: 'embedding', embedding: formed(vector, words) })),
      }),
    }),
  ],
  reads: [
    {
      paths: ['/together/v1/models'],
      about: 'The models that are served, as Together lists its own.',
      tag: 'Together',
      tell: async (served) => (await modelList(served)).data.map((one) => ({ ...one, type: one.model_type })),
    },
  ],
  fail: (problem) => ({ status: vendorStatusOf(problem), body: togetherFailure(problem) }),
  failure: errorObject,
};
