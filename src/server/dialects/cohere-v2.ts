/** Cohere, version 2: https://docs.cohere.com/reference/rerank, /reference/embed. */
import { z } from 'zod';
import { RequestError } from '../problem.ts';
import {
  byType,
  byTypeSchema,
  cohereFailure,
  embeddingTypes,
  embedMeta,
  failAsCohere,
  inputTypes,
  meta,
  metaOf,
  noDocuments,
  noImages,
  noQuery,
  roleOf,
} from './cohere.ts';
import { type Dialect, embedEndpoint, rerankEndpoint } from './dialect.ts';
import { notEmpty, result, scored, withWords } from './shared.ts';
import { modelName, named, oneOf, truth, wholeFrom } from './values.ts';

/** One text of `inputs`. Pictures are refused: no local model reads them. */
const content = z.object({ content: z.array(z.object({ type: z.string(), text: z.string().optional() })) });

const textsOf = (texts: readonly string[] | undefined, inputs: readonly z.infer<typeof content>[] | undefined): readonly string[] =>
  texts ??
  (inputs ?? []).map(({ content: parts }, at) => {
    const [part] = parts;
    if (parts.length !== 1 || part?.type !== 'text' || part.text === undefined)
      throw new RequestError('invalid', `inputs[${at}] must be one text: the models here read nothing else`, { param: 'inputs' });
    return part.text;
  });

export const cohereV2: Dialect = {
  name: 'Cohere v2',
  prefix: '/cohere/v2',
  endpoints: [
    rerankEndpoint({
      path: '/rerank',
      about: 'Rank texts by their relevance to a query.',
      body: z.object({
        model: modelName,
        query: z.string(),
        documents: z.array(z.string()),
        top_n: wholeFrom(1).optional(),
        max_tokens_per_doc: wholeFrom(1).optional(),
        // Of version 1, which clients still send.
        max_chunks_per_doc: wholeFrom(1).optional(),
        return_documents: truth.optional(),
      }),
      refused: { rank_fields: 'documents are texts in this version; /v1/rerank takes objects' },
      idle: { priority: 'short requests go first here' },
      answer: z.object({ id: z.string(), results: z.array(result.extend({ document: z.object({ text: z.string() }).optional() })), meta }),
      ask: ({ model, query, documents, top_n, max_tokens_per_doc, max_chunks_per_doc }) => ({
        model: named(model),
        query: withWords(query, noQuery),
        documents: notEmpty(documents, noDocuments, 'documents'),
        top: top_n,
        maxTokens: max_tokens_per_doc,
        maxChunks: max_chunks_per_doc,
      }),
      tell: (done, { documents, return_documents }) => ({
        id: done.id,
        results: scored(done.ranked, (index) => (return_documents ? { document: { text: documents[index] as string } } : {})),
        meta: metaOf('2', done, documents.length),
      }),
    }),
    embedEndpoint({
      path: '/embed',
      about: 'Turn texts into vectors.',
      body: z.object({
        model: modelName,
        texts: z.array(z.string()).optional(),
        inputs: z.array(content).optional(),
        input_type: inputTypes,
        embedding_types: z.array(embeddingTypes).min(1).optional(),
        output_dimension: wholeFrom(1).optional(),
        truncate: oneOf('NONE', 'START', 'END').optional(),
        max_tokens: wholeFrom(1).optional(),
      }),
      refused: { images: noImages },
      idle: { priority: 'short requests go first here' },
      answer: z.object({
        id: z.string(),
        embeddings: byTypeSchema,
        texts: z.array(z.string()),
        meta,
        response_type: z.literal('embeddings_by_type'),
      }),
      ask: ({ model, texts, inputs, input_type, output_dimension, truncate, max_tokens }) => ({
        model: named(model),
        texts: notEmpty(textsOf(texts, inputs), 'texts must not be empty', 'texts'),
        role: roleOf(input_type),
        dimensions: output_dimension,
        refuseLong: truncate === 'NONE',
        fromEnd: truncate === 'START',
        maxTokens: max_tokens,
      }),
      tell: (done, { texts, inputs, embedding_types }) => ({
        id: done.id,
        embeddings: byType(done, embedding_types ?? ['float']),
        texts: textsOf(texts, inputs),
        meta: embedMeta('2', done),
        response_type: 'embeddings_by_type',
      }),
    }),
  ],
  fail: failAsCohere,
  failure: cohereFailure,
};
