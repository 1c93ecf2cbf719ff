import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { RouteTools } from '../app.ts';
import { addDownloadRoutes, createDownloads, type Downloads, downloadRoutes } from '../downloads.ts';
import { addFileRoutes, fileRoutes } from '../files/routes.ts';
import type { LoadShedder } from '../load-shedding.ts';
import type { Models } from '../models.ts';
import type { Route } from '../openapi.ts';
import { addDocumentRoute, documentRoute } from './document-route.ts';
import { addEvaluationRoutes, evaluationRoutes } from './evaluation-routes.ts';
import { createBody, deleteBody, readBody, searchAnswer, searchBody, status } from './forms.ts';
import { addJudgmentRoutes, judgmentRoutes } from './judgment-routes.ts';
import { addMeasureRoute, measureRoute } from './measure-route.ts';
import type { IndexRegistry } from './registry.ts';
import { addSearchRoute } from './search-route.ts';
import { statusesOf, statusOf } from './status.ts';
import { addUploadRoute } from './upload-route.ts';

export interface OwnApi {
  readonly indexes: IndexRegistry;
  readonly models: Models;
  /** @default none are told */
  readonly downloads?: Downloads;
  readonly shedder: LoadShedder;
  /** Characters of a query. @default 100,000 */
  readonly mostQueryCharacters?: number | undefined;
  /** Bytes of one file. @default 1,073,741,824 */
  readonly fileBytes?: number | undefined;
  /** Aborted when the server is about to end. @default never */
  readonly closing?: AbortSignal;
}

const tag = 'Indexes';
const described: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/search',
    about: 'Find candidates in an index and rerank them.',
    tag,
    body: searchBody,
    answer: searchAnswer,
  },
  {
    method: 'get',
    path: '/v1/indexes',
    about: 'The indexes and how full they are.',
    tag,
    answer: z.object({ indexes: z.array(status) }),
  },
  {
    method: 'post',
    path: '/v1/indexes',
    about: 'Make an index. It gets its model with its first document.',
    tag,
    body: createBody,
    answer: status,
  },
  { method: 'get', path: '/v1/indexes/:name', about: 'How full an index is.', tag, answer: status },
  { method: 'delete', path: '/v1/indexes/:name', about: 'Delete an index that was made here.', tag },
  {
    method: 'post',
    path: '/v1/indexes/:name/documents',
    about:
      'Add documents, one JSON object per line, as a stream of any length. Answers with a report; with Accept: application/x-ndjson with a line for each batch that is safe, and at least every 15 seconds.',
    tag,
  },
  documentRoute,
  {
    method: 'post',
    path: '/v1/indexes/:name/delete',
    about: 'Delete documents by their ids.',
    tag,
    body: deleteBody,
    answer: z.object({ deleted: z.int() }),
  },
];

/** Indexes of this machine: search in them, make them, fill them. */
export function ownRoutes({
  indexes,
  models,
  downloads = createDownloads(),
  shedder,
  mostQueryCharacters = 100_000,
  fileBytes = 1_073_741_824,
  closing,
}: OwnApi) {
  return async (app: FastifyInstance, { sendBuffers, quietMs }: RouteTools): Promise<readonly Route[]> => {
    addSearchRoute(app, { indexes, models, shedder, sendBuffers, mostQueryCharacters });
    addIndexRoutes(app, indexes, models);
    addDownloadRoutes(app, downloads);
    addJudgmentRoutes(app, { indexes, mostQueryCharacters });
    addDocumentRoute(app, indexes);
    addMeasureRoute(app, { indexes, models, shedder, mostQueryCharacters });
    addEvaluationRoutes(app, { indexes, models, shedder, sendBuffers, quietMs, closing });
    await addUploadRoute(app, { indexes, sendBuffers, quietMs, closing });
    await addFileRoutes(app, { indexes, sendBuffers, quietMs, mostBytes: fileBytes, closing });
    return [...described, ...downloadRoutes, ...judgmentRoutes, measureRoute, ...evaluationRoutes, ...fileRoutes];
  };
}

function addIndexRoutes(app: FastifyInstance, indexes: IndexRegistry, models: Pick<Models, 'forIndex'>): void {
  const config = { task: 'indexes' };
  const nameIn = (request: FastifyRequest): string => (request.params as { readonly name: string }).name;
  app.get('/v1/indexes', { config }, async () => ({
    indexes: await statusesOf(await indexes.names(), indexes),
  }));
  app.get('/v1/indexes/:name', { config }, (request) => statusOf(nameIn(request), indexes));
  app.post('/v1/indexes', { config }, async (request, reply) => {
    const {
      name,
      id_field,
      vector_field,
      language_field,
      title_field,
      query_prompt,
      document_prompt,
      sparse_model: sparse,
      embedder: named,
      token_bits: bits,
      token_pool: pool,
      ...plain
    } = readBody(createBody, request.body);
    const tokens = bits === null ? null : bits === undefined && pool === undefined ? undefined : { bits, pool };
    const fields = { idField: id_field, vectorField: vector_field, languageField: language_field, titleField: title_field };
    // What is refused is refused now, and not when the first document comes.
    const embedder = typeof named === 'string' ? models.forIndex('embedder', named) : named;
    const sparseModel = sparse === undefined || sparse === 'none' ? undefined : models.forIndex('sparse_model', sparse);
    const prompts = { queryPrompt: query_prompt, documentPrompt: document_prompt };
    await indexes.create(name, { ...plain, ...fields, ...prompts, sparseModel, embedder, tokens });
    return reply.code(201).send(await statusOf(name, indexes));
  });
  app.delete('/v1/indexes/:name', { config }, async (request) => {
    await indexes.remove(nameIn(request));
    return { name: nameIn(request), deleted: true };
  });
  app.post('/v1/indexes/:name/delete', { config }, async (request) => {
    const { ids } = readBody(deleteBody, request.body);
    return indexes.writing(nameIn(request), async (index) => ({ deleted: await index.delete(ids) }));
  });
}
