/** Voyage AI: https://docs.voyageai.com/reference/reranker-api, /reference/embeddings-api. */
import { z } from 'zod';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Failure, rerankEndpoint } from './dialect.ts';
import { formed, formedSchema } from './embedding-words.ts';
import { notEmpty, result, scored, withWords } from './shared.ts';
import { modelName, named, oneOf, textOrTexts, truth, wholeFrom } from './values.ts';

/** "The query and documents, 1 to 1,000 of them." */
const MOST_DOCUMENTS = 1000;

const usage = z.object({ total_tokens: z.int() });

export const voyageFailure = z.object({ detail: z.string() });

export const failAsVoyage = (problem: Problem): Failure => ({ status: vendorStatusOf(problem), body: { detail: problem.message } });

export const voyageRerank = rerankEndpoint({
  path: '/rerank',
  about: 'Rank texts by their relevance to a query.',
  body: z.object({
    query: z.string(),
    documents: z.array(z.string()),
    model: modelName,
    top_k: wholeFrom(1).nullish(),
    return_documents: truth.nullish(),
    truncation: truth.nullish(),
  }),
  answer: z.object({
    object: z.literal('list'),
    data: z.array(result.extend({ document: z.string().optional() })),
    model: z.string(),
    usage,
  }),
  ask: ({ model, query, documents, top_k, truncation }) => {
    if (documents.length > MOST_DOCUMENTS)
      throw new RequestError('invalid', `the list of documents must hold at most ${MOST_DOCUMENTS}; got ${documents.length}`, {
        param: 'documents',
      });
    return {
      model: named(model),
      query: withWords(query, 'the query must not be empty'),
      documents: notEmpty(documents, 'the list of documents must not be empty', 'documents'),
      top: top_k ?? undefined,
      refuseLong: truncation === false,
    };
  },
  tell: ({ model, ranked, tokens }, { documents, return_documents }) => ({
    object: 'list',
    data: scored(ranked, (index) => (return_documents ? { document: documents[index] as string } : {})),
    model,
    usage: { total_tokens: tokens },
  }),
});

export const voyage: Dialect = {
  name: 'Voyage',
  prefix: '/voyage/v1',
  endpoints: [
    voyageRerank,
    embedEndpoint({
      path: '/embeddings',
      about: 'Turn texts into vectors.',
      body: z.object({
        input: textOrTexts,
        model: modelName,
        input_type: oneOf('query', 'document').nullish(),
        truncation: truth.nullish(),
        encoding_format: oneOf('base64').nullish(),
        output_dimension: wholeFrom(1).nullish(),
        output_dtype: oneOf('float', 'int8', 'uint8', 'binary', 'ubinary').nullish(),
      }),
      answer: z.object({
        object: z.literal('list'),
        data: z.array(z.object({ object: z.literal('embedding'), embedding: formedSchema, index: z.int() })),
        model: z.string(),
        usage,
      }),
      ask: ({ model, input, input_type, output_dimension, truncation }) => ({
        model: named(model),
        texts: notEmpty([input].flat(), 'input must not be empty', 'input'),
        role: input_type ?? 'document',
        dimensions: output_dimension ?? undefined,
        refuseLong: truncation === false,
      }),
      tell: ({ model, vectors, tokens }, { encoding_format, output_dtype }) => ({
        object: 'list',
        data: vectors.map((vector, index) => ({
          object: 'embedding',
          embedding: formed(vector, { encoding_format, output_dtype }),
          index,
        })),
        model,
        usage: { total_tokens: tokens },
      }),
    }),
  ],
  fail: failAsVoyage,
  failure: voyageFailure,
};
