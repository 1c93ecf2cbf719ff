import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FinetoothError } from '../errors.ts';
import { parseWithLongIntegers } from '../read/record.ts';
import type { Dialect, Endpoint, Facts } from './dialects/dialect.ts';
import { dialectOf, dialects, rerankPath } from './dialects/index.ts';
import { deadlineOf, fewFields, ownHeaders, withoutNulls } from './endpoint-ask.ts';
import type { Gate } from './gate.ts';
import { bytesWaitingIn, jsonAnswer } from './json-answer.ts';
import type { Models, NamedModel } from './models.ts';
import { eitherOf, openapiOf, type Route } from './openapi.ts';
import { pageOf } from './openapi-page.ts';
import { createOutflow, type Outflow } from './outflow.ts';
import { codeOf, isGone, misfit, type Problem, problemOf, RequestError } from './problem.ts';
import { bodyOf, createIntake, type Share } from './safety/intake.ts';
import { jsonOf } from './safety/json-body.ts';
import { type Keys, keyOf } from './safety/keys.ts';
import { checkVisitor, type VisitorRules } from './safety/visitors.ts';
import type { Metrics } from './watch/metrics.ts';
import type { Traced } from './watch/traces.ts';
import type { Work } from './work.ts';

export interface AppLimits {
  /** Bytes of a body. @default 16,777,216 */
  readonly bodyBytes?: number;
  /** Milliseconds for the whole of a body to come in. @default 30,000 */
  readonly bodyMs?: number;
  /** Bytes that have come of all bodies that are not whole yet; above them the largest is refused. @default 16 × bodyBytes */
  readonly readingBytes?: number;
  /** Milliseconds in which a client must take something of an answer that waits for it. @default 30,000 */
  readonly answerMs?: number;
  /** Bytes of all answers that wait for their readers; above them those that take nothing for a second are cut off. @default 4 × bodyBytes */
  readonly answerBytes?: number;
  /** Bytes of all headers of a request. @default 16,384 */
  readonly headerBytes?: number;
}

export interface AppParts {
  readonly work: Work;
  readonly models: Models;
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly traced: Traced;
  /** undefined: nobody needs a key. */
  readonly keys: Keys | undefined;
  readonly visitors: VisitorRules;
  readonly limits?: AppLimits;
  readonly version: string;
  /** Structured logs, a JSON object a line. */
  readonly log: { readonly level: string; readonly stream: { write(line: string): void } };
  /** Routes of our own API beside what vendors have. */
  readonly routes?: (app: FastifyInstance, server: RouteTools) => Promise<readonly Route[]>;
}

/** What routes beside the dialects get of the server. */
export interface RouteTools {
  /** Raised when the client is gone before it has its answer. */
  signalOf(reply: FastifyReply): AbortSignal;
  /** For answers that a route writes itself. */
  readonly outflow: Outflow;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    dialect?: Dialect;
    /** Answered without a key. */
    open?: boolean;
    /** What the numbers call it. */
    task?: string;
    /** The body is read piece by piece, however long that takes. */
    streamed?: boolean;
  }
  interface FastifyRequest {
    outcome?: Problem;
    tokens?: number;
    key?: string;
    /** What is counted of its body while that comes in. */
    share?: Share;
  }
}

/** What waits for a model. */
const queued: ReadonlySet<string> = new Set(['rerank', 'embed', 'search']);

/** Raised when the client is gone before it has its answer. */
const goneSignal = (reply: FastifyReply): AbortSignal => {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new FinetoothError('E_STOPPED', 'the client is gone.'));
  });
  return gone.signal;
};

/** Values of all kinds that a body may hold: enough for documents of many fields. */
const LEAST_VALUES = 250_000;
const VALUES_A_DOCUMENT = 25;

/** The server as a Fastify instance that nothing listens with yet: `inject` asks it in tests. */
export const createApp = async (parts: AppParts): Promise<FastifyInstance> => {
  const { work, models, gate, metrics, traced, keys, visitors, limits = {}, version, log } = parts;
  const { bodyBytes = 16_777_216, bodyMs = 30_000, readingBytes = 16 * bodyBytes, headerBytes = 16_384 } = limits;
  const { answerMs = 30_000, answerBytes = 4 * bodyBytes } = limits;
  const intake = createIntake(readingBytes);
  const outflow = createOutflow({ stalledMs: answerMs, mostBytes: answerBytes });
  const json = { mostValues: Math.max(LEAST_VALUES, VALUES_A_DOCUMENT * work.mostDocuments), parse: parseWithLongIntegers };
  const { fastify, LogController } = await import('fastify');
  const app = fastify({
    bodyLimit: bodyBytes,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // One line a request, written when it is answered.
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: log.level, stream: log.stream, base: null, messageKey: 'message' },
    // A slow client is cut off by `bodyMs`; an upload of documents may take hours.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: true },
    http: { maxHeaderSize: headerBytes, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, body: Readable) => {
    const { 'content-encoding': coding, 'content-length': length } = request.headers;
    if (coding !== undefined && coding !== 'identity')
      throw new RequestError('malformed', `the body is packed with ${coding}; send it as it is`);
    if (Number(length ?? 0) > bodyBytes) throw new RequestError('large', `the body is larger than ${bodyBytes} bytes`);
    return jsonOf(await bodyOf(body, request.share ?? intake.open(), bodyBytes), json);
  });

  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
    metrics.began(config.task ?? 'other');
    if (!config.streamed && request.method === 'POST') {
      const slow = setTimeout(() => request.raw.destroy(), bodyMs);
      request.raw.once('close', () => clearTimeout(slow));
      request.raw.once('end', () => clearTimeout(slow));
    }
    // RFC 9112, 3.2: which of two hosts was meant is for nobody to guess.
    if (request.raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1)
      throw new RequestError('malformed', 'the request has two Host headers; send one');
    const origin = request.headers.origin;
    checkVisitor({ host: request.headers.host, origin }, visitors);
    if (origin !== undefined && visitors.origins?.includes(origin)) {
      reply.header('access-control-allow-origin', origin);
      reply.header('vary', 'origin');
    }
    if (keys !== undefined && !config.open) {
      const name = keys.nameOf(keyOf(request.headers));
      if (name === undefined)
        throw new RequestError('key', keyOf(request.headers) === undefined ? 'no api key supplied' : 'invalid api key');
      request.key = name;
    }
    // Before the body is read: who is refused must cost next to nothing.
    if (config.task !== undefined && queued.has(config.task)) gate.check();
    if (request.method !== 'POST') return;
    const share = intake.open();
    request.share = share;
    request.raw.once('close', () => share.release());
  });

  app.addHook('onSend', async (_request, reply, payload) => {
    outflow.wait(reply.raw, typeof payload === 'string' ? Buffer.byteLength(payload) : bytesWaitingIn(payload));
    return payload;
  });

  app.addHook('onResponse', async (request, reply) => {
    // A body that nobody read has no end, and a connection that is kept does not close.
    request.share?.release();
    const { outcome, tokens = 0, key } = request;
    metrics.ended(request.routeOptions.config.task ?? 'other', outcome?.kind, reply.elapsedTime / 1000, tokens);
    const line = {
      id: request.id,
      method: request.method,
      // Without what stands behind a question mark: it may hold what is secret.
      path: request.url.split('?')[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      tokens: tokens > 0 ? tokens : undefined,
      key,
      problem: outcome?.kind,
      code: outcome?.code,
      reason: outcome?.message,
    };
    app.log.info(line, 'answered');
  });

  const problemIn = (error: unknown, id: string): Problem => {
    const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
    if (isGone(error)) return { kind: 'stopped', code: codeOf.stopped, message: 'the client is gone.' };
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
      return { kind: 'large', code: codeOf.large, message: `the body is larger than ${bodyBytes} bytes` };
    if (error instanceof FinetoothError || error instanceof RequestError) return problemOf(error, id);
    if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' || (statusCode !== undefined && statusCode >= 400 && statusCode < 500))
      return { kind: 'malformed', code: codeOf.malformed, message: (error as Error).message };
    return problemOf(error, id);
  };

  const fail = (error: unknown, dialect: Dialect, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = problemIn(error, request.id);
    request.outcome = problem;
    if (problem.ours) app.log.error({ id: request.id, err: error }, 'failed');
    const { status, body } = dialect.fail(problem, request.id, request.body);
    if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter)).header('x-should-retry', 'true');
    // What is left of a body that was refused is not read.
    if (problem.kind === 'large' || request.share?.refused.aborted || request.routeOptions.config?.streamed)
      reply.header('connection', 'close');
    if (body === undefined) void reply.code(status).send();
    else void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
  };
  app.setErrorHandler((error, request, reply) =>
    fail(error, request.routeOptions.config.dialect ?? dialectOf(request.url), request, reply),
  );
  app.setNotFoundHandler((request, reply) =>
    fail(
      new RequestError('path', `there is no ${request.method} ${request.url.split('?')[0]}; /docs lists what there is`),
      dialectOf(request.url),
      request,
      reply,
    ),
  );

  const answer = async (request: FastifyRequest, reply: FastifyReply, endpoint: Endpoint): Promise<string | Readable> => {
    if (request.body === undefined) throw new RequestError('malformed', 'the body is empty; send JSON');
    const sent = withoutNulls(request.body);
    // Before every item of a list is looked at.
    for (const [name, value] of Object.entries(typeof sent === 'object' && sent !== null ? sent : {}))
      if (Array.isArray(value) && value.length > work.mostDocuments)
        throw new RequestError('large', `${name} may hold ${work.mostDocuments}; got ${value.length}`, { param: name });
    const read = endpoint.body.safeParse(sent);
    if (!read.success) throw misfit(read.error);
    const options = { id: request.id, signal: goneSignal(reply), ...deadlineOf(request) };
    return traced(endpoint.task, { path: request.routeOptions.url ?? '' }, request.headers, async () => {
      const body = read.data;
      const told = async <Done extends Facts>(done: Done, tell: (done: Done) => unknown): Promise<string | Readable> => {
        request.tokens = done.tokens;
        reply.headers({ ...ownHeaders(done), ...endpoint.headers?.(done, body) });
        return jsonAnswer(tell(done));
      };
      return endpoint.task === 'rerank'
        ? told(await work.rerank(fewFields(endpoint.ask(body)), options), (done) => endpoint.tell(done, body))
        : told(await work.embed(endpoint.ask(body), options), (done) => endpoint.tell(done, body));
    });
  };

  for (const dialect of dialects)
    for (const endpoint of dialect.endpoints)
      app.post(`${dialect.prefix}${endpoint.path}`, { config: { dialect, task: endpoint.task } }, (request, reply) =>
        answer(request, reply, endpoint).then((text) => reply.type('application/json; charset=utf-8').send(text)),
      );

  // One path, two dialects: the body says which.
  app.post(rerankPath.path, { config: { dialect: rerankPath.documents, task: 'rerank' } }, (request, reply) => {
    const isTei = typeof request.body === 'object' && request.body !== null && 'texts' in request.body;
    const dialect = isTei ? rerankPath.texts : rerankPath.documents;
    const endpoint = dialect.endpoints.find(({ path }) => path === rerankPath.path) as Endpoint;
    return answer(request, reply, endpoint).then(
      (text) => reply.type('application/json; charset=utf-8').send(text),
      (error: unknown) => {
        fail(error, dialect, request, reply);
        return reply;
      },
    );
  });

  const both = [rerankPath.texts, rerankPath.documents].map(
    (dialect) => dialect.endpoints.find(({ path }) => path === rerankPath.path) as Endpoint,
  ) as [Endpoint, Endpoint];
  const routes: Route[] = [
    {
      method: 'post',
      path: rerankPath.path,
      about: 'Rank texts by their relevance to a query: TEI’s request with texts, vLLM’s with documents.',
      tag: `${rerankPath.texts.name} and ${rerankPath.documents.name}`,
      body: eitherOf(both[0].body, both[1].body),
      answer: eitherOf(both[0].answer, both[1].answer),
    },
  ];
  const get = (
    path: string,
    about: string,
    tag: string,
    make: (request: FastifyRequest, reply: FastifyReply) => unknown,
    open = false,
  ): void => {
    routes.push({ method: 'get', path, about, tag });
    app.get(path, { config: { task: 'other', open } }, async (request, reply) => make(request, reply));
  };
  let isReady = false;
  const ready = models.load().then(() => {
    isReady = true;
  });
  // A default that cannot be loaded is told by /ready and by every request for it.
  ready.catch(() => {});

  const described = ({ name, task }: NamedModel) => ({ id: name, object: 'model', created: 0, owned_by: 'finetooth', task });
  const listed = () => ({ object: 'list', data: models.list.map(described) });
  for (const path of ['/v1/models', '/openai/v1/models', '/infinity/models', '/models'])
    get(path, 'The models that are served.', 'OpenAI', listed);
  for (const path of ['/v1/models/:name', '/openai/v1/models/:name'])
    get(path, 'One of them.', 'OpenAI', (request) => {
      const { name } = request.params as { readonly name: string };
      const found = models.list.find((one) => one.name === name);
      if (found === undefined) throw new RequestError('model', `the model "${name}" is not served here`, { param: 'model' });
      return described(found);
    });
  for (const path of ['/health', '/ping', '/tei/health', '/'])
    get(path, 'Whether the server runs.', 'Health', (_, reply) => reply.send(), true);
  get('/infinity/health', 'Whether the server runs.', 'Health', () => ({ unix: Date.now() / 1000 }), true);
  get(
    '/ready',
    'Whether the default models are loaded.',
    'Health',
    (_, reply) => (isReady ? reply.send() : reply.code(503).send({ error: 'unready', error_type: 'Unhealthy' })),
    true,
  );
  for (const path of ['/info', '/tei/info'])
    get(path, 'What is served, in the words of TEI.', 'TEI', async () => {
      const [{ name, reranker }, embedder] = await Promise.all([models.reranker(), models.embedder()]);
      return {
        model_id: name,
        model_sha: null,
        model_dtype: 'int8',
        served_model_name: name,
        model_type: { reranker: { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } } },
        max_concurrent_requests: gate.most.requests,
        max_input_length: 512,
        max_batch_tokens: 16_384,
        max_batch_requests: null,
        max_client_batch_size: work.mostDocuments,
        auto_truncate: true,
        tokenization_workers: 1,
        version,
        sha: null,
        docker_label: null,
        fingerprint: reranker.fingerprint,
        embedding: { model_id: embedder.name, dimensions: embedder.embedder.dimensions },
      };
    });
  get('/metrics', 'Numbers for Prometheus.', 'Health', async (_, reply) => {
    const { type, body } = await metrics.text();
    return reply.type(type).send(body);
  });
  routes.push(...((await parts.routes?.(app, { signalOf: goneSignal, outflow })) ?? []));
  get('/openapi.json', 'This API as an OpenAPI document.', 'Docs', () => openapiOf(dialects, routes, version), true);
  get(
    '/docs',
    'This API as a page.',
    'Docs',
    (_, reply) => reply.type('text/html; charset=utf-8').send(pageOf(openapiOf(dialects, routes, version))),
    true,
  );
  app.options('/*', { config: { open: true } }, async (request, reply) => {
    checkVisitor({ host: request.headers.host, origin: request.headers.origin }, visitors);
    return reply
      .headers({
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-allow-headers': 'authorization, content-type, x-api-key, x-deadline-ms',
        'access-control-max-age': '600',
      })
      .code(204)
      .send();
  });
  return app;
};
