/** Jina AI: https://api.jina.ai/redoc, and its own description for language models (meta-prompt v9). */
import { z } from 'zod';
import { type Problem, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Failure, rerankEndpoint } from './dialect.ts';
import { formed, formedSchema, idleEmbeddingWords, readEmbeddingWords, refusedEmbeddingWords } from './embedding-words.ts';
import { modelList } from './openai.ts';
import { notEmpty, result, scored, withWords } from './shared.ts';
import { modelName, named, oneOf, truth, wholeFrom } from './values.ts';

const text = z.union([z.string(), z.looseObject({ text: z.string() })]);

const textOf = (sent: z.infer<typeof text>): string => (typeof sent === 'string' ? sent : sent.text);

const forms = oneOf('float', 'base64', 'binary', 'ubinary');
const usage = z.object({ total_tokens: z.int(), prompt_tokens: z.int().optional() });

/** Semantic mistakes are 422 here. */
const failAsJina = (problem: Problem): Failure => ({
  status: vendorStatusOf(problem, { malformed: 422, invalid: 422, empty: 422 }),
  body: { detail: problem.message },
});

export const jina: Dialect = {
  name: 'Jina',
  prefix: '/jina/v1',
  endpoints: [
    rerankEndpoint({
      path: '/rerank',
      about: 'Rank texts by their relevance to a query.',
      body: z.object({
        model: modelName,
        query: text,
        documents: z.array(text),
        top_n: wholeFrom(1).nullish(),
        return_documents: truth.nullish(),
        truncation: truth.nullish(),
        max_doc_length: wholeFrom(1).nullish(),
        max_query_length: wholeFrom(1).nullish(),
      }),
      refused: { return_embeddings: 'scores are all that a reranker gives' },
      answer: z.object({
        model: z.string(),
        object: z.literal('list'),
        usage,
        results: z.array(result.extend({ document: z.looseObject({ text: z.string() }).optional() })),
      }),
      ask: ({ model, query, documents, top_n, truncation, max_doc_length, max_query_length }) => ({
        model: named(model),
        query: withWords(textOf(query), 'query must not be empty'),
        documents: notEmpty(documents, 'documents must not be empty', 'documents').map(textOf),
        top: top_n ?? undefined,
        maxTokens: max_doc_length ?? undefined,
        maxQueryTokens: max_query_length ?? undefined,
        refuseLong: truncation === false,
      }),
      tell: ({ model, ranked, tokens }, { documents, return_documents }) => ({
        model,
        object: 'list',
        usage: { total_tokens: tokens },
        results: scored(ranked, (index) => {
          const sent = documents[index] as z.infer<typeof text>;
          return (return_documents ?? true) ? { document: typeof sent === 'string' ? { text: sent } : sent } : {};
        }),
      }),
    }),
    embedEndpoint({
      path: '/embeddings',
      about: 'Turn texts into vectors.',
      body: z.object({
        model: modelName,
        input: z.union([z.string(), z.array(text)]),
        task: z.string().nullish(),
        dimensions: wholeFrom(1).nullish(),
        embedding_type: z.union([forms, z.array(forms).min(1)]).nullish(),
        normalized: truth.nullish(),
        truncate: truth.nullish(),
      }),
      refused: refusedEmbeddingWords,
      idle: { user: idleEmbeddingWords.user },
      answer: z.object({
        model: z.string(),
        object: z.literal('list'),
        usage,
        data: z.array(
          z.object({
            object: z.literal('embedding'),
            index: z.int(),
            embedding: formedSchema,
          }),
        ),
      }),
      ask: ({ model, input, ...words }) => ({
        model: named(model),
        texts: notEmpty([input].flat(), 'input must not be empty', 'input').map(textOf),
        ...readEmbeddingWords(words),
      }),
      tell: ({ model, vectors, tokens }, { embedding_type }) => ({
        model,
        object: 'list',
        usage: { total_tokens: tokens, prompt_tokens: tokens },
        data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: formed(vector, { embedding_type }) })),
      }),
    }),
  ],
  reads: [{ paths: ['/jina/v1/models'], about: 'The models that are served.', tag: 'Jina', tell: modelList }],
  fail: failAsJina,
  failure: z.object({ detail: z.string() }),
};
