import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerEndpoint } from './answer-endpoint.ts';
import type { Keys } from './auth/keys.ts';
import type { OriginRules } from './auth/origin-check.ts';
import type { Dialect, Endpoint, Fork } from './dialects/dialect.ts';
import { dialectOf, dialects, forks } from './dialects/index.ts';
import type { Handlers } from './handlers.ts';
import { addAccounting } from './hooks/accounting.ts';
import { addAdmission } from './hooks/admission.ts';
import { createBodyMemory } from './hooks/body-memory.ts';
import { addBodyParser } from './hooks/body-parser.ts';
import { addFailures } from './hooks/failures.ts';
import type { LoadShedder } from './load-shedding.ts';
import type { Models } from './models.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Traced } from './observability/traces.ts';
import { eitherOf, openapiOf, type Route } from './openapi.ts';
import { pageOf } from './openapi-page.ts';
import type { Page } from './page/routes.ts';
import { createSendBuffers, type SendBuffers } from './send-buffers.ts';

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
  /** Milliseconds after which a long answer in lines says again how far it is, so that no client or proxy takes it for dead. @default 15,000 */
  readonly quietMs?: number;
  /** Bytes of a file that is to be read. @default 1,073,741,824 */
  readonly fileBytes?: number;
  /** Bytes of all headers of a request. @default 16,384 */
  readonly headerBytes?: number;
}

export interface AppParts {
  readonly handlers: Handlers;
  readonly models: Models;
  readonly shedder: LoadShedder;
  readonly metrics: Metrics;
  readonly traced: Traced;
  /** undefined: no one needs a key. */
  readonly keys: Keys | undefined;
  readonly originRules: OriginRules;
  readonly limits?: AppLimits;
  readonly version: string;
  /** Structured logs, one JSON object per line. */
  readonly log: { readonly level: string; readonly stream: { write(line: string): void } };
  /** Whether what the server answers from can be reached now. @default always */
  readonly isReachable?: () => Promise<boolean>;
  /** Serve nothing of what vendors have. @default false */
  readonly isForAgentsAlone?: boolean;
  /** What browsers get at `/`. @default nothing */
  readonly page?: Page;
  /** Routes of our own API beside what vendors have. */
  readonly routes?: (app: FastifyInstance, server: RouteTools) => Promise<readonly Route[]>;
}

/** What routes beside the dialects get of the server, for answers that a route writes itself. */
export interface RouteTools {
  readonly sendBuffers: SendBuffers;
  /** As `AppLimits` has it. */
  readonly quietMs: number;
}

/** The server as a Fastify instance that nothing listens with yet: `inject` asks it in tests. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { handlers, models, shedder, metrics, keys, originRules, limits = {}, version, page: ui } = parts;
  const { bodyBytes = 16_777_216, bodyMs = 30_000, readingBytes = 16 * bodyBytes } = limits;
  const { answerMs = 30_000, answerBytes = 4 * bodyBytes, quietMs = 15_000 } = limits;
  const bodyMemory = createBodyMemory(readingBytes);
  const sendBuffers = createSendBuffers({ stalledMs: answerMs, mostBytes: answerBytes });
  const app = await bareApp(parts, bodyBytes, (error, request, reply) => fail(error, dialectOf(request.url), request, reply));
  addBodyParser(app, bodyMemory, { bodyBytes, mostDocuments: handlers.mostDocuments });
  addAccounting(app, metrics, sendBuffers);
  addAdmission(app, { keys, originRules, shedder, bodyMemory, bodyMs });
  const fail = addFailures(app, bodyBytes);

  const served = parts.isForAgentsAlone ? { dialects: [], forks: [] } : { dialects, forks };
  for (const dialect of served.dialects)
    for (const endpoint of dialect.endpoints)
      app.post(`${dialect.prefix}${endpoint.path}`, { config: { dialect, task: taskOf(endpoint.task) } }, (request, reply) =>
        answerEndpoint(parts, endpoint, request, reply),
      );
  for (const fork of served.forks) {
    const last = fork.branches.at(-1) as Fork['branches'][number];
    app.post(fork.path, { config: { dialect: last.dialect, task: taskOf(last.endpoint.task) } }, (request, reply) => {
      const { dialect, endpoint } = branchOf(fork, request);
      return answerEndpoint(parts, endpoint, request, reply).catch((error: unknown) => {
        fail(error, dialect, request, reply);
        return reply;
      });
    });
  }

  const routes: Route[] = served.forks.map(routeOf);
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
  const facts = {
    models,
    version,
    keyed: keys !== undefined,
    mostRequests: shedder.most.requests,
    mostDocuments: handlers.mostDocuments,
  };
  for (const { reads = [] } of served.dialects)
    for (const { paths, about, tag, open, tell } of reads)
      for (const path of paths)
        get(
          path,
          path === '/' ? `${about.slice(0, -1)}; for a browser (Accept: text/html) the page.` : about,
          tag,
          async (request, reply) =>
            path === '/' && ui?.isWanted(request) ? ui.send(undefined, request, reply) : reply.send(await tell(facts, askedOf(request))),
          open,
        );
  if (ui !== undefined)
    get('/ui/*', 'Files of the page.', 'Page', (request, reply) => ui.send(askedOf(request).name ?? '', request, reply), true);
  const isReady = loading(models);
  get(
    '/ready',
    'Whether the default models are loaded, and databases of indexes can be reached.',
    'Health',
    async (_, reply) =>
      isReady() && (await (parts.isReachable?.() ?? true))
        ? reply.send()
        : reply.code(503).send({ error: 'unready', error_type: 'Unhealthy' }),
    true,
  );
  get('/metrics', 'Numbers for Prometheus.', 'Health', async (_, reply) => {
    const { type, body } = await metrics.text();
    return reply.type(type).send(body);
  });
  routes.push(...((await parts.routes?.(app, { sendBuffers, quietMs })) ?? []));
  // Made once, by whoever asks first.
  let document: ReturnType<typeof openapiOf> | undefined;
  const openapi = () => {
    document ??= openapiOf(served.dialects, routes, version);
    return document;
  };
  let json: string | undefined;
  let page: Promise<string> | undefined;
  get(
    '/openapi.json',
    'This API as an OpenAPI document.',
    'Docs',
    async (_, reply) => reply.type('application/json; charset=utf-8').send((json ??= JSON.stringify(await openapi()))),
    true,
  );
  get(
    '/docs',
    'This API as a page.',
    'Docs',
    async (_, reply) => reply.type('text/html; charset=utf-8').send(await (page ??= openapi().then(pageOf))),
    true,
  );
  return app;
}

async function bareApp(
  { limits: { headerBytes = 16_384 } = {}, log }: AppParts,
  bodyBytes: number,
  failEarly: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void,
): Promise<FastifyInstance> {
  const { fastify, LogController } = await import('fastify');
  return fastify({
    bodyLimit: bodyBytes,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // One line per request, written when it is answered.
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: log.level, stream: log.stream, base: null, messageKey: 'message' },
    // A slow client is cut off by `bodyMs`; an upload of documents may take hours.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: true },
    // A path that cannot be read reaches no route and no hook.
    frameworkErrors: (error, request, reply) => failEarly(error, request as FastifyRequest, reply as FastifyReply),
    rewriteUrl: ({ url = '/' }) => plainPath(url),
    http: { maxHeaderSize: headerBytes, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
  });
}

/**
 * The path that was meant: of a base URL with a slash at its end, or with a version where the path has one too, as `/v1//rerank`, `/v1/v2/rerank`. The last
 * version counts: it is the client's own.
 */
export function plainPath(url: string): string {
  const end = url.search(/[?#]/);
  // A proxy is asked in the absolute form (RFC 9112, 3.2.2), and any server has to take it.
  const path = (end < 0 ? url : url.slice(0, end)).replace(/^https?:\/\/[^/]*/i, '') || '/';
  const plain = path.replace(/\/{2,}/g, '/').replace(/^((?:\/[a-z]+)?)(?:\/v\d)+(?=\/v\d\/)/, '$1');
  return plain + (end < 0 ? '' : url.slice(end));
}

/** What the numbers call it, and what waits for a model. */
const taskOf = (task: string): string => (task === 'pairs' ? 'rerank' : task === 'tokenize' ? 'embed' : task === 'show' ? 'other' : task);

/** The first branch that what was sent is meant for. */
export function branchOf({ branches }: Fork, { body, headers }: Pick<FastifyRequest, 'body' | 'headers'>): Fork['branches'][number] {
  const sent = typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Readonly<Record<string, unknown>>) : {};
  return branches.find(({ when }) => when(sent, headers)) ?? (branches.at(-1) as Fork['branches'][number]);
}

function routeOf({ path, about, branches }: Fork): Route {
  const [first, ...others] = branches.map(({ endpoint }) => endpoint) as [Endpoint, ...Endpoint[]];
  return {
    method: 'post',
    path,
    about,
    tag: [...new Set(branches.map(({ dialect }: { readonly dialect: Dialect }) => dialect.name))].join(', '),
    body: others.reduce((all, { body }) => eitherOf(all, body), first.body),
    answer: others.reduce((all, { answer }) => eitherOf(all, answer), first.answer),
  };
}

/** The name at the end of a path, and the task behind its question mark. */
function askedOf({ params, query }: FastifyRequest): { readonly name?: string; readonly task?: string } {
  const { name, '*': rest } = params as { readonly name?: string; readonly '*'?: string };
  const { task } = query as { readonly task?: unknown };
  return { name: name ?? rest, task: typeof task === 'string' ? task : undefined };
}

/** Begins to load the default models; a default that cannot be loaded is told by /ready and by every request for it. */
function loading(models: Models): () => boolean {
  let isReady = false;
  models.load().then(
    () => (isReady = true),
    () => {},
  );
  return () => isReady;
}
