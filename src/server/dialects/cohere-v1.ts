/** Cohere, version 1: https://docs.cohere.com/v1/reference/rerank, /v1/reference/embed. */
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
import { type Dialect, embedEndpoint, type Passage, rerankEndpoint } from './dialect.ts';
import { notEmpty, passage, result, scored, withWords } from './shared.ts';
import { modelName, named, oneOf, truth, wholeFrom } from './values.ts';

/** Documents times chunks a document must stay below it. */
const MOST_CHUNKS = 10_000;
/** Of `max_chunks_per_doc` in the count of chunks, where none is given. */
const DEFAULT_CHUNKS = 10;

export const cohereV1: Dialect = {
  name: 'Cohere v1',
  prefix: '/cohere/v1',
  endpoints: [
    rerankEndpoint({
      path: '/rerank',
      about: 'Rank texts or objects by their relevance to a query.',
      body: z.object({
        model: modelName,
        query: z.string(),
        documents: z.array(passage),
        top_n: wholeFrom(1).optional(),
        rank_fields: z.array(z.string()).optional(),
        return_documents: truth.optional(),
        max_chunks_per_doc: wholeFrom(1).optional(),
      }),
      answer: z.object({
        id: z.string(),
        results: z.array(result.extend({ document: z.looseObject({ text: z.string().optional() }).optional() })),
        meta,
      }),
      ask: ({ model, query, documents, top_n, rank_fields, max_chunks_per_doc }) => {
        if (documents.length * (max_chunks_per_doc ?? DEFAULT_CHUNKS) >= MOST_CHUNKS && documents.length > 0)
          throw new RequestError(
            'invalid',
            `number of total max chunks (number of documents * max chunks per doc) must be less than ${MOST_CHUNKS}`,
            { param: 'documents' },
          );
        const ranked = rankFields(rank_fields);
        return {
          model: named(model),
          query: withWords(query, noQuery),
          documents: withText(notEmpty(documents, noDocuments, 'documents'), ranked),
          fields: ranked,
          top: top_n,
          maxChunks: max_chunks_per_doc,
        };
      },
      tell: (done, { documents, return_documents = false }) => ({
        id: done.id,
        results: scored(done.ranked, (index) => {
          const sent = documents[index] as Passage;
          return return_documents ? { document: typeof sent === 'string' ? { text: sent } : sent } : {};
        }),
        meta: metaOf('1', done, documents.length),
      }),
    }),
    embedEndpoint({
      path: '/embed',
      about: 'Turn texts into vectors.',
      body: z.object({
        model: modelName,
        texts: z.array(z.string()),
        input_type: inputTypes.optional(),
        embedding_types: z.array(embeddingTypes).min(1).optional(),
        truncate: oneOf('NONE', 'START', 'END').optional(),
      }),
      refused: { images: noImages },
      answer: z.object({
        id: z.string(),
        embeddings: z.union([z.array(z.array(z.number())), byTypeSchema]),
        texts: z.array(z.string()),
        meta,
        response_type: z.enum(['embeddings_floats', 'embeddings_by_type']),
      }),
      ask: ({ model, texts, input_type, truncate }) => ({
        model: named(model),
        texts: notEmpty(texts, 'texts must not be empty', 'texts'),
        role: roleOf(input_type),
        refuseLong: truncate === 'NONE',
        fromEnd: truncate === 'START',
      }),
      tell: (done, { texts, embedding_types }) => ({
        id: done.id,
        embeddings: embedding_types === undefined ? done.vectors : byType(done, embedding_types),
        texts,
        meta: embedMeta('1', done),
        response_type: embedding_types === undefined ? 'embeddings_floats' : 'embeddings_by_type',
      }),
    }),
  ],
  reads: [
    {
      paths: ['/cohere/v1/models'],
      about: 'The models that are served, as Cohere lists its own.',
      tag: 'Cohere v1',
      tell: async ({ models }) => ({
        models: (await Promise.all(models.list.map(({ name, task }) => models.facts(name, task)))).map(({ name, task, window }) => ({
          name,
          endpoints: [task],
          finetuned: false,
          context_length: window ?? null,
        })),
      }),
    },
  ],
  fail: failAsCohere,
  failure: cohereFailure,
};

function rankFields(named: readonly string[] | undefined): readonly string[] {
  if (named?.length === 0)
    throw new RequestError('invalid', 'rank_fields cannot be empty, it must either contain at least one field or be omitted', {
      param: 'rank_fields',
    });
  // "If a document is provided the text fields is required": it is what is read where nothing is named.
  return named ?? ['text'];
}

function withText(documents: readonly Passage[], named: readonly string[]): readonly Passage[] {
  documents.forEach((document, at) => {
    if (typeof document !== 'string' && !named.some((field) => Object.hasOwn(document, field)))
      throw new RequestError('invalid', `document at index ${at} has none of the fields ${named.join(', ')}`, { param: 'documents' });
    if (document === '') throw new RequestError('invalid', `document at index ${at} cannot be empty`, { param: 'documents' });
  });
  return documents;
}
