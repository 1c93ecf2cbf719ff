import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint, Facts, RerankAsk, RerankDone } from './dialects/dialect.ts';
import { exactIn, isExact } from './exact.ts';
import type { Handlers } from './handlers.ts';
import { goneSignal } from './hooks/request-context.ts';
import { instructionIn, isInstruction } from './instruction.ts';
import { jsonAnswer } from './json-answer.ts';
import { misfit } from './misfit.ts';
import type { Traced } from './observability/traces.ts';
import { RequestError } from './problem.ts';

/** Fields of each document that are read: every one of them is looked for in every document. */
const MOST_FIELDS = 100;

/** Keys that an answer's header names, and characters of each: a header of a client's own words must stay short. */
const [MOST_NAMED, LONGEST_NAMED] = [20, 60];

type Sent = Readonly<Record<string, unknown>>;

/** What a dialect's endpoint does: the body to an ask, the ask to its handler, what that gives to the vendor's form. */
export async function answerEndpoint(
  { handlers, traced }: { readonly handlers: Handlers; readonly traced: Traced },
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { body, unheard, instruction, exact } = bodyIn(request, endpoint, handlers.mostDocuments);
  if (unheard.length > 0) reply.header('x-finetooth-ignored', unheard.join(', '));
  const options = { id: request.id, signal: goneSignal(reply), ...deadlineOf(request) };
  const told = async <Done extends Facts>(done: Done, tell: (done: Done, body: unknown) => unknown): Promise<string | Readable> => {
    request.tokens = done.tokens;
    request.hosted = done.hosted;
    reply.headers({ ...ownHeaders(done), ...endpoint.headers?.(done, body) });
    return jsonAnswer(tell(done, body));
  };
  const text = await traced(endpoint.task, { path: request.routeOptions.url ?? '' }, request.headers, async () => {
    switch (endpoint.task) {
      case 'rerank':
        return told(await handlers.rerank({ ...fewFields(endpoint.ask(body)), instruction, exact }, options), endpoint.tell);
      case 'embed':
        return told(await handlers.embed(endpoint.ask(body), options), endpoint.tell);
      case 'pairs':
        return told(await handlers.pairs({ ...endpoint.ask(body), instruction, exact }, options), endpoint.tell);
      case 'tokenize':
        return told(await handlers.tokenize(endpoint.ask(body), options), endpoint.tell);
      case 'show':
        return jsonAnswer(endpoint.tell(await handlers.facts(endpoint.ask(body)), body));
    }
  });
  return reply.type('application/json; charset=utf-8').send(text);
}

function bodyIn(
  request: FastifyRequest,
  endpoint: Endpoint,
  mostDocuments: number,
): Pick<RerankAsk, 'instruction' | 'exact'> & { readonly body: unknown; readonly unheard: readonly string[] } {
  if (request.body === undefined) throw new RequestError('malformed', 'the body is empty; send JSON');
  const sent = withPath(withoutNulls(request.body), request.params);
  const keys = Object.entries(typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? sent : {});
  // Before every item of a list is looked at. Numbers are the tokens of one text.
  for (const [name, value] of keys)
    if (Array.isArray(value) && value.length > mostDocuments && typeof value[0] !== 'number')
      throw new RequestError('large', `${name} may hold ${mostDocuments}; got ${value.length}`, { param: name });
  for (const [name, value] of keys) {
    const why = own(endpoint.refused, name);
    if (why !== undefined && asksForSomething(value)) throw new RequestError('invalid', `${name}: ${why}; leave it out`, { param: name });
  }
  const read = endpoint.body.safeParse(sent);
  if (!read.success) throw misfit(read.error, sent);
  const known = keysOf(endpoint);
  const unheard = keys
    .map(([name]) => name)
    .filter(
      (name) =>
        !known.has(name) &&
        !isInstruction(name, endpoint) &&
        !isExact(name, endpoint) &&
        own(endpoint.refused, name) === undefined &&
        own(endpoint.idle, name) === undefined,
    )
    .filter((name) => /^[\x21-\x7e]+$/.test(name) && name.length <= LONGEST_NAMED && !name.includes(','));
  return {
    body: read.data,
    unheard: unheard.slice(0, MOST_NAMED),
    instruction: instructionIn(sent, endpoint),
    exact: exactIn(sent, request.headers, endpoint),
  };
}

/** Keys that an endpoint reads. */
export const keysOf = ({ body }: Pick<Endpoint, 'body'>): ReadonlySet<string> =>
  new Set(Object.keys((body as { readonly shape?: object }).shape ?? {}));

const own = (table: Readonly<Record<string, string>> | undefined, name: string): string | undefined =>
  table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;

/** Whether a key that is refused asks for what there is not: none, false and empty ones do not. */
const asksForSomething = (value: unknown): boolean =>
  !(
    value == null ||
    value === false ||
    value === 0 ||
    (typeof value === 'string' && ['', 'false', '0', 'none'].includes(value.trim().toLowerCase())) ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );

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
function ownHeaders(
  done: Facts & Partial<Pick<RerankDone, 'complete' | 'queryTruncatedTokens' | 'excerpts' | 'tolerance'>>,
): Record<string, string> {
  const { complete, cut, queryTruncatedTokens = 0, excerpts = 0, tolerance, unknownScripts, unknownLanguages, insteadOf, model } = done;
  // The query is a text too.
  const texts = cut + (queryTruncatedTokens > 0 ? 1 : 0);
  const headers: Record<string, string> = {};
  // Another model than the one that was named.
  if (insteadOf !== undefined) headers['x-finetooth-model'] = inHeader(model);
  if (complete === false) headers['x-finetooth-complete'] = 'false';
  if (texts > 0) headers['x-finetooth-cut'] = String(texts);
  if (queryTruncatedTokens > 0) headers['x-finetooth-query-truncated'] = String(queryTruncatedTokens);
  if (excerpts > 0) headers['x-finetooth-excerpts'] = String(excerpts);
  if (tolerance !== undefined) headers['x-finetooth-tolerance'] = String(tolerance);
  if (unknownLanguages.length > 0) headers['x-finetooth-unknown-languages'] = unknownLanguages.join(', ');
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

/** The model that a path names; the body's own goes before it. */
function withPath(body: unknown, params: unknown): unknown {
  const { model, vendor } = params as { readonly model?: string; readonly vendor?: string };
  if (model === undefined || typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const named = vendor === undefined ? model : `${vendor}/${model}`;
  return { model: named, ...(body as Sent) };
}
