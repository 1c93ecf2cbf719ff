/** Jina AI: https://api.jina.ai/redoc, and its own description for language models (meta-prompt v9). */
import { z } from 'zod';
import { type Problem, RequestError, vendorStatusOf } from '../problem.ts';
import { type Dialect, embedEndpoint, type Failure, rerankEndpoint } from './dialect.ts';
import { base64Of, notEmpty, result, scored, signsOf, withWords } from './shared.ts';

const text = z.union([z.string(), z.looseObject({ text: z.string() })]);

const textOf = (sent: z.infer<typeof text>): string => (typeof sent === 'string' ? sent : sent.text);

const forms = z.enum(['float', 'base64', 'binary', 'ubinary']);
const usage = z.object({ total_tokens: z.int(), prompt_tokens: z.int().optional() });
const embedding = z.union([z.array(z.number()), z.string()]);

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
        model: z.string(),
        query: text,
        documents: z.array(text),
        top_n: z.int().min(1).nullish(),
        return_documents: z.boolean().nullish(),
      }),
      answer: z.object({
        model: z.string(),
        object: z.literal('list'),
        usage,
        results: z.array(result.extend({ document: z.looseObject({ text: z.string() }).optional() })),
      }),
      ask: ({ model, query, documents, top_n }) => ({
        model,
        query: withWords(textOf(query), 'query must not be empty'),
        documents: notEmpty(documents, 'documents must not be empty', 'documents').map(textOf),
        top: top_n ?? undefined,
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
        model: z.string(),
        input: z.union([z.string(), z.array(text)]),
        task: z.string().nullish(),
        dimensions: z.int().min(1).nullish(),
        embedding_type: z.union([forms, z.array(forms).min(1)]).nullish(),
        normalized: z.boolean().nullish(),
        truncate: z.boolean().nullish(),
        late_chunking: z.boolean().nullish(),
        return_multivector: z.boolean().nullish(),
      }),
      answer: z.object({
        model: z.string(),
        object: z.literal('list'),
        usage,
        data: z.array(
          z.object({
            object: z.literal('embedding'),
            index: z.int(),
            embedding: z.union([embedding, z.partialRecord(forms, embedding)]),
          }),
        ),
      }),
      ask: ({ model, input, task, dimensions, truncate, late_chunking, return_multivector }) => {
        const unknown = late_chunking ? 'late_chunking' : return_multivector ? 'return_multivector' : undefined;
        if (unknown !== undefined)
          throw new RequestError('invalid', `${unknown} is not to be had from the models here; leave it out`, { param: unknown });
        return {
          model,
          texts: notEmpty([input].flat(), 'input must not be empty', 'input').map(textOf),
          // retrieval.query, nl2code.query and their like.
          role: task?.endsWith('.query') ? 'query' : 'document',
          dimensions: dimensions ?? undefined,
          refuseLong: truncate === false,
        };
      },
      tell: ({ model, vectors, tokens }, { embedding_type }) => {
        const formed = (vector: Float32Array, form: z.infer<typeof forms>): Float32Array | number[] | string => {
          if (form === 'base64') return base64Of(vector);
          return form === 'float' ? vector : signsOf(vector, form);
        };
        return {
          model,
          object: 'list',
          usage: { total_tokens: tokens, prompt_tokens: tokens },
          data: vectors.map((vector, index) => ({
            object: 'embedding',
            index,
            embedding: Array.isArray(embedding_type)
              ? Object.fromEntries(embedding_type.map((form) => [form, formed(vector, form)]))
              : formed(vector, embedding_type ?? 'float'),
          })),
        };
      },
    }),
  ],
  fail: failAsJina,
  failure: z.object({ detail: z.string() }),
};
