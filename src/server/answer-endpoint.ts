import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint, Facts, RerankAsk, RerankDone } from './dialects/dialect.ts';
import type { Handlers } from './handlers.ts';
import { goneSignal } from './hooks/request-context.ts';
import { jsonAnswer } from './json-answer.ts';
import type { Traced } from './observability/traces.ts';
import { misfit, RequestError } from './problem.ts';

/** Fields of each document that are read: every one of them is looked for in every document. */
const MOST_FIELDS = 100;

/** What a dialect's endpoint does: the body to an ask, the ask to its handler, what that gives to the vendor's form. */
export async function answerEndpoint(
  { handlers, traced }: { readonly handlers: Handlers; readonly traced: Traced },
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = bodyIn(request, endpoint, handlers.mostDocuments);
  const options = { id: request.id, signal: goneSignal(reply), ...deadlineOf(request) };
  const told = async <Done extends Facts>(done: Done, tell: (done: Done) => unknown): Promise<string | Readable> => {
    request.tokens = done.tokens;
    request.hosted = done.hosted;
    reply.headers({ ...ownHeaders(done), ...endpoint.headers?.(done, body) });
    return jsonAnswer(tell(done));
  };
  const text = await traced(endpoint.task, { path: request.routeOptions.url ?? '' }, request.headers, async () =>
    endpoint.task === 'rerank'
      ? told(await handlers.rerank(fewFields(endpoint.ask(body)), options), (done) => endpoint.tell(done, body))
      : told(await handlers.embed(endpoint.ask(body), options), (done) => endpoint.tell(done, body)),
  );
  return reply.type('application/json; charset=utf-8').send(text);
}

function bodyIn(request: FastifyRequest, endpoint: Endpoint, mostDocuments: number): unknown {
  if (request.body === undefined) throw new RequestError('malformed', 'the body is empty; send JSON');
  const sent = withoutNulls(request.body);
  // Before every item of a list is looked at.
  for (const [name, value] of Object.entries(typeof sent === 'object' && sent !== null ? sent : {}))
    if (Array.isArray(value) && value.length > mostDocuments)
      throw new RequestError('large', `${name} may hold ${mostDocuments}; got ${value.length}`, { param: name });
  const read = endpoint.body.safeParse(sent);
  if (!read.success) throw misfit(read.error);
  return read.data;
}

/** Milliseconds of the header that any rerank request may bring. */
function deadlineOf(request: FastifyRequest): { readonly deadlineMs?: number } {
  const sent = request.headers['x-deadline-ms'];
  if (sent === undefined) return {};
  const deadlineMs = Number(sent);
  if (!Number.isInteger(deadlineMs) || deadlineMs < 1 || deadlineMs > 600_000)
    throw new RequestError('invalid', `x-deadline-ms takes a whole number from 1 to 600000; got "${String(sent)}"`, {
      param: 'x-deadline-ms',
    });
  return { deadlineMs };
}

/** What a vendor's form has no word for: nothing is cut, left unfinished or not understood in silence. */
function ownHeaders(done: Facts & Partial<Pick<RerankDone, 'complete' | 'queryTruncatedTokens' | 'excerpts'>>): Record<string, string> {
  const { complete, cut, queryTruncatedTokens = 0, excerpts = 0, unknownScripts, insteadOf, model } = done;
  // The query is a text too.
  const texts = cut + (queryTruncatedTokens > 0 ? 1 : 0);
  const headers: Record<string, string> = {};
  // Another model than the one that was named.
  if (insteadOf !== undefined) headers['x-finetooth-model'] = inHeader(model);
  if (complete === false) headers['x-finetooth-complete'] = 'false';
  if (texts > 0) headers['x-finetooth-cut'] = String(texts);
  if (queryTruncatedTokens > 0) headers['x-finetooth-query-truncated'] = String(queryTruncatedTokens);
  if (excerpts > 0) headers['x-finetooth-excerpts'] = String(excerpts);
  if (unknownScripts.length > 0) headers['x-finetooth-unknown-scripts'] = unknownScripts.join(', ');
  return headers;
}

/** A model may be a folder of any name. */
const inHeader = (text: string): string => text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);

/** Throws a RequestError for an ask that names more. */
function fewFields(ask: RerankAsk): RerankAsk {
  if (ask.fields !== undefined && ask.fields.length > MOST_FIELDS)
    throw new RequestError('large', `rank_fields may hold ${MOST_FIELDS}; got ${ask.fields.length}`, { param: 'rank_fields' });
  return ask;
}

/** A field that is null is one that was not given: that is how clients in several languages write it, and how all these APIs read it. */
const withoutNulls = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
    : body;
