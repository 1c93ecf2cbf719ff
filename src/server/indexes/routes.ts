import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FinetoothError } from '../../errors.ts';
import { firstStageName } from '../../rerank/parts/first-stage-order.ts';
import type { Reranker } from '../../rerank/reranker.ts';
import type { SearchOptions } from '../../search/options.ts';
import { snakeCase } from '../../search/plan-option.ts';
import { type SearchAnswer, search } from '../../search/search.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import type { RouteTools } from '../app.ts';
import type { Gate } from '../gate.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { Models } from '../models.ts';
import type { Route } from '../openapi.ts';
import { createPieces } from '../outflow.ts';
import { createShape, type PlanSent, planIn, planShape, tokenBitsShape } from '../plan-body.ts';
import { misfit, type Problem, problemOf, RequestError } from '../problem.ts';
import { documentsIn } from './documents.ts';
import type { IndexShelf } from './shelf.ts';

/** Milliseconds without a byte after which the sender of documents is given up. */
const IDLE_MS = 60_000;

const searchBody = z.strictObject({
  index: z.string().optional(),
  query: z.string(),
  ...planShape,
  /** Server-sent events: the first stage's results at once, each sharper order, then the answer. */
  stream: z.boolean().optional(),
});

const result = z.looseObject({
  id: z.string(),
  rank: z.int(),
  index: z.int(),
  relevance_score: z.number(),
  first_stage_rank: z.int(),
  first_stage_score: z.number(),
});
const searchAnswer = z.looseObject({
  query: z.string(),
  results: z.array(result),
  complete: z.boolean(),
  calibrated: z.boolean(),
  /** Tokens at the end of the query that a model did not read. */
  query_truncated_tokens: z.int().optional(),
});

const indexName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a name has 1 to 64 small letters, digits, "_" and "-", a letter or digit first');
const createBody = z.strictObject({
  name: indexName,
  fields: createShape('fields'),
  id_field: createShape('idField'),
  filterable: createShape('filterable'),
  token_bits: tokenBitsShape,
  token_pool: createShape('tokenPool'),
});
const status = z.object({
  name: z.string(),
  documents: z.int(),
  bytes: z.int(),
  embedder: z.string().nullable(),
  fields: z.array(z.string()).nullable(),
  changed_at: z.string().nullable(),
  /** Why it cannot be opened. */
  error: z.string().optional(),
});
const deleteBody = z.strictObject({ ids: z.array(z.string()).min(1).max(100_000) });

const read = <Body>(schema: z.ZodType<Body>, sent: unknown): Body => {
  const checked = schema.safeParse(sent);
  if (!checked.success) throw misfit(checked.error);
  return checked.data;
};

/** Names of ours as this API writes them: `relevanceScore` is `relevance_score`. What is inside a document stays as it is. */
const inSnakeCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [snakeCase(name), name === 'document' ? inner : inSnakeCase(inner)]),
  );
};

/** Candidates without their documents. */
const told = (answer: SearchAnswer): unknown => {
  const { candidates, ...rest } = answer;
  return inSnakeCase({ ...rest, candidates: candidates.map(({ id, score }) => ({ id, score })) });
};

/** Rerankers that need no model, and so need not be served. */
const withoutModel: ReadonlySet<string> = new Set(['local', firstStageName]);

export interface OwnApi {
  readonly indexes: IndexShelf;
  readonly models: Models;
  readonly gate: Gate;
  /** Characters of a query. @default 100,000 */
  readonly mostQueryCharacters?: number | undefined;
}

/** Ends a connection whose sender goes on after its last answer; first what is on its way is read, so that the answer arrives. */
const endSoon = (body: FastifyRequest['raw']): void => {
  if (body.complete) return;
  body.resume();
  setTimeout(() => body.destroy(), 1000).unref();
};

/** Indexes of this machine: search in them, make them, fill them. */
export const ownRoutes =
  ({ indexes, models, gate, mostQueryCharacters = 100_000 }: OwnApi) =>
  async (app: FastifyInstance, { signalOf, outflow }: RouteTools): Promise<readonly Route[]> => {
    /** What a client is told of an error after its answer has begun; what is not its doing is in the log. */
    const toldOf = (error: unknown, request: FastifyRequest): Pick<Problem, 'code' | 'message'> => {
      const problem = problemOf(error, request.id);
      request.outcome = problem;
      if (problem.ours) app.log.error({ id: request.id, err: error }, 'failed');
      return { code: problem.code, message: problem.message };
    };
    const nameIn = (request: FastifyRequest): string => (request.params as { readonly name: string }).name;
    const statusOf = (name: string): Promise<z.infer<typeof status>> =>
      indexes.reading(name, async (index) => {
        const { documents, bytes, changedAt } = await index.status();
        const manifest = index.manifest();
        return {
          name,
          documents,
          bytes,
          embedder: manifest?.embedder ?? null,
          fields: manifest === undefined ? null : [...manifest.fields],
          changed_at: changedAt ?? null,
        };
      });
    const theOnly = async (): Promise<string> => {
      const names = await indexes.names();
      if (names.length === 1) return names[0] as string;
      throw new RequestError('invalid', names.length === 0 ? 'there is no index here' : `name one of the indexes: ${names.join(', ')}`, {
        param: 'index',
      });
    };

    /** A client opens no model: it names one that the operator serves. */
    const servedNames = (names: readonly string[], param: string): readonly string[] =>
      names.map((name) => (withoutModel.has(name) ? name : models.resolve('rerank', name, param)));

    /** The reranker that a request wants, every name of it one that is served; undefined: that of the index. */
    const rerankerFor = async (index: SearchIndex, sent: PlanSent): Promise<Reranker | null | undefined> => {
      const { reranker: names, fallback: others, strict } = sent;
      if (others === undefined && strict !== undefined)
        throw new RequestError('invalid', 'strict forbids fallbacks, and there is none', { param: 'strict' });
      if (others === undefined) return names === undefined || names === null ? names : index.rerankerNamed(names);
      const first = names === undefined ? index.reranker() : names;
      if (first === null) throw new RequestError('invalid', 'fallback is for a reranker, and there is none', { param: 'fallback' });
      return index.rerankerNamed([first].flat(), { fallback: others, strict });
    };

    const searchIn = async (
      index: SearchIndex,
      body: z.infer<typeof searchBody>,
      sent: PlanSent,
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<unknown> => {
      const signal = signalOf(reply);
      const { fallback: _, strict: __, ...plain } = sent;
      const options: SearchOptions = { documents: true, ...plain, signal, reranker: await rerankerFor(index, sent) };
      const run = (more: SearchOptions = {}): Promise<SearchAnswer> =>
        gate.enter(body.query.length, () => search(index, body.query, { ...options, ...more }));
      if (!body.stream) {
        const answer = await run();
        request.tokens = answer.usage.tokens ?? 0;
        return reply.type('application/json; charset=utf-8').send(await jsonAnswer(told(answer)));
      }
      const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
      const pieces = createPieces(reply.raw, outflow);
      let began = false;
      const begin = (): void => {
        if (began) return;
        began = true;
        reply.hijack();
        reply.raw.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
          'x-request-id': request.id,
        });
      };
      try {
        const answer = await run({
          onUpdate: (results) => {
            begin();
            pieces.send(event('results', inSnakeCase({ results })));
          },
        });
        begin();
        request.tokens = answer.usage.tokens ?? 0;
        await pieces.end(event('answer', told(answer)));
      } catch (error) {
        // Before the first event the status can still say it.
        if (!began) throw error;
        await pieces.end(event('error', toldOf(error, request)));
      }
      return reply;
    };
    app.post('/v1/search', { config: { task: 'search' } }, async (request, reply) => {
      const body = read(searchBody, request.body);
      if (body.query.length > mostQueryCharacters)
        throw new RequestError('large', `a query may have ${mostQueryCharacters} characters; got ${body.query.length}`, { param: 'query' });
      const asked = planIn(body);
      const sent: PlanSent = {
        ...asked,
        reranker: asked.reranker && servedNames(asked.reranker, 'reranker'),
        fallback: asked.fallback && servedNames(asked.fallback, 'fallback'),
      };
      return indexes.reading(body.index ?? (await theOnly()), (index) => searchIn(index, body, sent, request, reply));
    });

    app.get('/v1/indexes', { config: { task: 'indexes' } }, async () => ({
      indexes: await Promise.all(
        (await indexes.names()).map((name) =>
          // One that is damaged must not hide the others.
          statusOf(name).catch((error: unknown): z.infer<typeof status> => {
            if (!(error instanceof FinetoothError || error instanceof RequestError)) throw error;
            return {
              name,
              documents: 0,
              bytes: 0,
              embedder: null,
              fields: null,
              changed_at: null,
              error: error instanceof FinetoothError ? `${error.code}: this index cannot be opened` : error.message,
            };
          }),
        ),
      ),
    }));
    app.get('/v1/indexes/:name', { config: { task: 'indexes' } }, (request) => statusOf(nameIn(request)));
    app.post('/v1/indexes', { config: { task: 'indexes' } }, async (request, reply) => {
      const { name, fields, id_field, filterable, token_bits, token_pool } = read(createBody, request.body);
      await indexes.create(name, {
        fields,
        idField: id_field,
        filterable,
        ...(token_bits === null
          ? { tokens: null }
          : token_bits === undefined && token_pool === undefined
            ? {}
            : {
                tokens: {
                  bits: token_bits,
                  pool: token_pool,
                },
              }),
      });
      return reply.code(201).send(await statusOf(name));
    });
    app.delete('/v1/indexes/:name', { config: { task: 'indexes' } }, async (request) => {
      await indexes.remove(nameIn(request));
      return { name: nameIn(request), deleted: true };
    });
    app.post('/v1/indexes/:name/delete', { config: { task: 'indexes' } }, async (request) => {
      const { ids } = read(deleteBody, request.body);
      return indexes.writing(nameIn(request), async (index) => ({ deleted: await index.delete(ids) }));
    });

    // The body is a stream here, whatever its type says.
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', async (_: FastifyRequest, body: Readable) => body);
      scope.post(
        '/v1/indexes/:name/documents',
        { config: { task: 'add', streamed: true }, bodyLimit: Number.MAX_SAFE_INTEGER },
        async (request, reply) => {
          const name = nameIn(request);
          const signal = signalOf(reply);
          // Told before the first line of the answer.
          await indexes.reading(name, async () => {});
          const lines = String(request.headers.accept ?? '').includes('application/x-ndjson');
          const pieces = createPieces(reply.raw, outflow);
          if (lines) {
            reply.hijack();
            reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-request-id': request.id });
          }
          const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
          let acknowledged = 0;
          try {
            const report = await indexes.reading(name, (index, gone) =>
              index.addRead(documentsIn(request.body as Readable, IDLE_MS, { share: request.share, gone }), {
                signal,
                // The fields were named when the index was made, for all documents that are still to come.
                missingFields: 'accept',
                // Others write between two batches: who sends slowly keeps nobody waiting.
                write: (work) => indexes.inTurn(name, gone, work),
                onProgress: ({ done }) => {
                  acknowledged = done;
                  if (lines) pieces.send(line({ acknowledged: done }));
                },
              }),
            );
            if (!lines) return inSnakeCase(report);
            await pieces.end(line({ report: inSnakeCase(report) }));
          } catch (error) {
            if (lines) {
              await pieces.end(line({ error: toldOf(error, request), acknowledged }));
              endSoon(request.raw);
              return reply;
            }
            const problem = problemOf(error, request.id);
            if (problem.ours) throw error;
            const { kind, code } = problem;
            throw new RequestError(kind, `${problem.message.replace(/\.$/, '')}; ${acknowledged} documents before it are stored`, { code });
          }
          return reply;
        },
      );
    });

    const tag = 'Indexes';
    return [
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
          'Add documents, a JSON object a line, as a stream of any length. Answers with a report; with Accept: application/x-ndjson with a line for each batch that is safe.',
        tag,
      },
      {
        method: 'post',
        path: '/v1/indexes/:name/delete',
        about: 'Delete documents by their ids.',
        tag,
        body: deleteBody,
        answer: z.object({ deleted: z.int() }),
      },
    ];
  };
