/** Pinecone's rerank and embed: https://docs.pinecone.io/reference/api/inference/rerank, /generate-embeddings (2025-10). */
import { z } from 'zod';
import { type Problem, type ProblemKind, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Passage, rerankEndpoint } from './dialect.ts';
import { roleNamed } from './embedding-words.ts';
import { fields, notEmpty, passage, textOfPassage, withWords } from './shared.ts';
import { modelName, named, oneOf, truth, wholeFrom } from './values.ts';

const codes: Readonly<Partial<Record<ProblemKind, string>>> = {
  key: 'UNAUTHENTICATED',
  forbidden: 'FORBIDDEN',
  model: 'NOT_FOUND',
  path: 'NOT_FOUND',
  busy: 'RESOURCE_EXHAUSTED',
  late: 'DEADLINE_EXCEEDED',
  failed: 'UNKNOWN',
  unready: 'UNAVAILABLE',
};

const rerank = rerankEndpoint({
  path: '/rerank',
  about: 'Rank texts or objects by their relevance to a query.',
  body: z.object({
    model: modelName,
    query: z.string(),
    documents: z.array(passage),
    top_n: wholeFrom(1).nullish(),
    return_documents: truth.nullish(),
    rank_fields: z.array(z.string()).nullish(),
    parameters: z.looseObject({ truncate: oneOf('NONE', 'END').nullish(), max_chunks_per_doc: wholeFrom(1).nullish() }).nullish(),
  }),
  answer: z.object({
    model: z.string(),
    data: z.array(z.object({ index: z.int(), score: z.number(), document: fields.optional() })),
    usage: z.object({ rerank_units: z.int() }),
  }),
  ask: ({ model, query, documents, top_n, rank_fields, parameters }) => {
    // "By default, ["text"]."
    const named_ = rank_fields ?? ['text'];
    if (named_.length === 0) throw new RequestError('invalid', 'rank_fields must name a field or be left out', { param: 'rank_fields' });
    return {
      model: named(model),
      query: withWords(query, 'query must not be empty'),
      documents: notEmpty<Passage>(documents, 'documents must not be empty', 'documents'),
      fields: named_,
      top: top_n ?? undefined,
      maxChunks: parameters?.max_chunks_per_doc ?? undefined,
      refuseLong: parameters?.truncate === 'NONE',
    };
  },
  tell: ({ model, ranked }, { documents, return_documents }) => ({
    model,
    data: ranked.map(({ index, relevance }) => {
      const one = documents[index] as Passage;
      return {
        index,
        score: relevance,
        document: (return_documents ?? true) ? (typeof one === 'string' ? { text: one } : { ...one, text: textOfPassage(one) }) : undefined,
      };
    }),
    usage: { rerank_units: 1 },
  }),
});

const embed = embedEndpoint({
  path: '/embed',
  about: 'Turn texts into vectors.',
  body: z.object({
    model: modelName,
    inputs: z.array(z.union([z.string(), z.looseObject({ text: z.string() })])),
    parameters: z
      .looseObject({
        input_type: z.string().nullish(),
        truncate: oneOf('NONE', 'END', 'START').nullish(),
        dimension: wholeFrom(1).nullish(),
      })
      .nullish(),
  }),
  answer: z.object({
    model: z.string(),
    vector_type: z.literal('dense'),
    data: z.array(z.object({ values: z.array(z.number()), vector_type: z.literal('dense') })),
    usage: z.object({ total_tokens: z.int() }),
  }),
  ask: ({ model, inputs, parameters }) => ({
    model: named(model),
    texts: notEmpty(inputs, 'inputs must not be empty', 'inputs').map((one) => (typeof one === 'string' ? one : one.text)),
    role: parameters?.input_type == null ? 'document' : roleNamed(parameters.input_type, 'parameters.input_type'),
    dimensions: parameters?.dimension ?? undefined,
    refuseLong: parameters?.truncate === 'NONE',
    fromEnd: parameters?.truncate === 'START',
  }),
  tell: ({ model, vectors, tokens }) => ({
    model,
    vector_type: 'dense',
    data: vectors.map((values) => ({ values, vector_type: 'dense' })),
    usage: { total_tokens: tokens },
  }),
});

export const pinecone: Dialect = {
  name: 'Pinecone',
  prefix: '/pinecone',
  endpoints: [rerank, embed],
  fail: (problem: Problem) => ({
    status: vendorStatusOf(problem),
    body: { status: vendorStatusOf(problem), error: { code: codes[problem.kind] ?? 'INVALID_ARGUMENT', message: problem.message } },
  }),
  failure: z.object({ status: z.int(), error: z.object({ code: z.string(), message: z.string() }) }),
};
