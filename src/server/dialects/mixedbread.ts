/** Mixedbread: https://www.mixedbread.com/docs/api-reference, and its client (@mixedbread-ai/sdk 2.2). */
import { z } from 'zod';
import { type ProblemKind, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Passage, rerankEndpoint } from './dialect.ts';
import {
  forms as allForms,
  formed,
  formedSchema,
  idleEmbeddingWords,
  readEmbeddingWords,
  refusedEmbeddingWords,
} from './embedding-words.ts';
import { fields, notEmpty, withWords } from './shared.ts';
import { instructed, modelName, named, oneOf, textOrTexts, truth, wholeFrom } from './values.ts';

const usage = z.object({ prompt_tokens: z.int(), total_tokens: z.int(), completion_tokens: z.int() });

const usageOf = (tokens: number) => ({ prompt_tokens: tokens, total_tokens: tokens, completion_tokens: 0 });

const types: Readonly<Partial<Record<ProblemKind, string>>> = {
  key: 'unauthorized_error',
  forbidden: 'forbidden_error',
  model: 'not_found_error',
  path: 'not_found_error',
  busy: 'too_many_requests_error',
  failed: 'internal_error',
};

const forms = oneOf(...allForms);

export const mixedbread: Dialect = {
  name: 'Mixedbread',
  prefix: '/mixedbread',
  endpoints: [
    rerankEndpoint({
      path: '/v1/reranking',
      about: 'Rank texts or objects by their relevance to a query.',
      body: z.object({
        model: modelName,
        query: z.union([z.string(), z.looseObject({ text: z.string() })]),
        input: z.union([z.array(z.string()), z.array(fields)]),
        rank_fields: z.array(z.string()).min(1).optional(),
        top_k: wholeFrom(1).optional(),
        return_input: truth.optional(),
        ...instructed,
      }),
      refused: { rewrite_query: 'queries are read as they are sent' },
      answer: z.object({
        usage,
        model: z.string(),
        data: z.array(
          z.object({
            index: z.int(),
            score: z.number(),
            input: z.union([z.string(), fields]).optional(),
            object: z.literal('text_document'),
          }),
        ),
        object: z.literal('list'),
        top_k: z.int(),
        return_input: z.boolean(),
      }),
      ask: ({ model, query, input, rank_fields, top_k }) => ({
        model: named(model),
        query: withWords(typeof query === 'string' ? query : query.text, 'query must not be empty'),
        documents: notEmpty<Passage>(input, 'input must not be empty', 'input'),
        fields: rank_fields,
        top: top_k,
      }),
      tell: ({ model, ranked, tokens }, { input, return_input = false, top_k }) => ({
        usage: usageOf(tokens),
        model,
        data: ranked.map(({ index, relevance }) => ({
          index,
          score: relevance,
          input: return_input ? (input[index] as Passage) : undefined,
          object: 'text_document',
        })),
        object: 'list',
        top_k: top_k ?? input.length,
        return_input,
      }),
    }),
    embedEndpoint({
      path: '/v1/embeddings',
      about: 'Turn texts into vectors.',
      body: z.object({
        model: modelName,
        input: textOrTexts,
        normalized: truth.optional(),
        encoding_format: z.union([forms, z.array(forms).min(1)]).optional(),
        truncation_strategy: oneOf('none', 'start', 'end').optional(),
        dimensions: wholeFrom(1).optional(),
        prompt: z.string().nullish(),
      }),
      refused: refusedEmbeddingWords,
      idle: { user: idleEmbeddingWords.user },
      answer: z.object({
        usage,
        model: z.string(),
        data: z.array(
          z.object({
            embedding: formedSchema,
            index: z.int(),
            object: z.enum(['embedding', 'embedding_dict']),
          }),
        ),
        object: z.literal('list'),
        normalized: z.boolean(),
        encoding_format: z.union([z.enum(allForms), z.array(z.enum(allForms))]),
        dimensions: z.int(),
      }),
      // A prompt is how their models tell queries from documents.
      ask: ({ model, input, ...words }) => ({
        model: named(model),
        texts: notEmpty([input].flat(), 'input must not be empty', 'input'),
        ...readEmbeddingWords(words),
      }),
      tell: ({ model, vectors, tokens }, { encoding_format = 'float', normalized = true }) => ({
        usage: usageOf(tokens),
        model,
        data: vectors.map((vector, index) => ({
          embedding: formed(vector, { encoding_format }),
          index,
          object: Array.isArray(encoding_format) ? 'embedding_dict' : 'embedding',
        })),
        object: 'list',
        normalized,
        encoding_format,
        dimensions: vectors[0]?.length ?? 0,
      }),
    }),
  ],
  fail: (problem, id) => ({
    status: vendorStatusOf(problem),
    body: { type: types[problem.kind] ?? 'bad_request_error', message: problem.message, details: { id } },
  }),
  failure: z.object({ type: z.string(), message: z.string(), details: z.object({ id: z.string() }) }),
};
