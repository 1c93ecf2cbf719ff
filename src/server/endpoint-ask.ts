import type { FastifyRequest } from 'fastify';
import type { Facts, RerankAsk, RerankDone } from './dialects/dialect.ts';
import { RequestError } from './problem.ts';

/** Milliseconds of the header that any rerank request may bring. */
export const deadlineOf = (request: FastifyRequest): { readonly deadlineMs?: number } => {
  const sent = request.headers['x-deadline-ms'];
  if (sent === undefined) return {};
  const deadlineMs = Number(sent);
  if (!Number.isInteger(deadlineMs) || deadlineMs < 1 || deadlineMs > 600_000)
    throw new RequestError('invalid', `x-deadline-ms takes a whole number from 1 to 600000; got "${String(sent)}"`, {
      param: 'x-deadline-ms',
    });
  return { deadlineMs };
};

/** A field that is null is one that was not given: that is how clients in several languages write it, and how all these APIs read it. */
export const withoutNulls = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
    : body;

/** What a vendor's form has no word for: nothing is cut or left unfinished in silence. */
export const ownHeaders = (done: Facts & Partial<Pick<RerankDone, 'complete' | 'queryTruncatedTokens'>>): Record<string, string> => {
  const { complete, cut, queryTruncatedTokens = 0 } = done;
  // The query is a text too.
  const texts = cut + (queryTruncatedTokens > 0 ? 1 : 0);
  const headers: Record<string, string> = {};
  if (complete === false) headers['x-finetooth-complete'] = 'false';
  if (texts > 0) headers['x-finetooth-cut'] = String(texts);
  if (queryTruncatedTokens > 0) headers['x-finetooth-query-truncated'] = String(queryTruncatedTokens);
  return headers;
};

/** Fields of each document that are read: every one of them is looked for in every document. */
const MOST_FIELDS = 100;

/** Throws a RequestError for an ask that names more. */
export const fewFields = (ask: RerankAsk): RerankAsk => {
  if (ask.fields !== undefined && ask.fields.length > MOST_FIELDS)
    throw new RequestError('large', `rank_fields may hold ${MOST_FIELDS}; got ${ask.fields.length}`, { param: 'rank_fields' });
  return ask;
};
