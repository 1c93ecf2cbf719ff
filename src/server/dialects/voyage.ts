/** Voyage AI: https://docs.voyageai.com/reference/reranker-api, /reference/embeddings-api. */
import { z } from 'zod';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Failure, rerankEndpoint } from './dialect.ts';
import { base64Of, bytesOf, notEmpty, result, scored, signsOf, withWords } from './shared.ts';

/** "The query and documents, 1 to 1,000 of them." */
const MOST_DOCUMENTS = 1000;

const usage = z.object({ total_tokens: z.int() });
const dtypes = z.enum(['float', 'int8', 'uint8', 'binary', 'ubinary']);

export const voyageFailure = z.object({ detail: z.string() });

export const failAsVoyage = (problem: Problem): Failure => ({ status: vendorStatusOf(problem), body: { detail: problem.message } });

export const voyageRerank = rerankEndpoint({
  path: '/rerank',
  about: 'Rank texts by their relevance to a query.',
  body: z.object({
    query: z.string(),
    documents: z.array(z.string()),
    model: z.string(),
    top_k: z.int().min(1).nullish(),
    return_documents: z.boolean().nullish(),
    truncation: z.boolean().nullish(),
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
      model,
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
        input: z.union([z.string(), z.array(z.string())]),
        model: z.string(),
        input_type: z.enum(['query', 'document']).nullish(),
        truncation: z.boolean().nullish(),
        encoding_format: z.literal('base64').nullish(),
        output_dimension: z.int().min(1).nullish(),
        output_dtype: dtypes.nullish(),
      }),
      answer: z.object({
        object: z.literal('list'),
        data: z.array(z.object({ object: z.literal('embedding'), embedding: z.union([z.array(z.number()), z.string()]), index: z.int() })),
        model: z.string(),
        usage,
      }),
      ask: ({ model, input, input_type, output_dimension, truncation }) => ({
        model,
        texts: notEmpty([input].flat(), 'input must not be empty', 'input'),
        role: input_type ?? 'document',
        dimensions: output_dimension ?? undefined,
        refuseLong: truncation === false,
      }),
      tell: ({ model, vectors, tokens }, { encoding_format, output_dtype }) => ({
        object: 'list',
        data: vectors.map((vector, index) => {
          const type = output_dtype ?? 'float';
          // Of whole numbers base64 holds one byte each.
          const packed = (): string =>
            type === 'float' ? base64Of(vector) : Buffer.from([...numbersOf(vector, type)].map((value) => value & 0xff)).toString('base64');
          return { object: 'embedding', embedding: encoding_format === 'base64' ? packed() : numbersOf(vector, type), index };
        }),
        model,
        usage: { total_tokens: tokens },
      }),
    }),
  ],
  fail: failAsVoyage,
  failure: voyageFailure,
};

function numbersOf(vector: Float32Array, type: z.infer<typeof dtypes>): Float32Array | number[] {
  if (type === 'float') return vector;
  return type === 'int8' || type === 'uint8' ? bytesOf(vector, type) : signsOf(vector, type);
}
