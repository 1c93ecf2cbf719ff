import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FinetoothError } from '../../errors.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialectOf, own } from '../dialects/index.ts';
import { codeOf, isGone, type Problem, problemOf, RequestError } from '../problem.ts';
import { countHosted } from './request-context.ts';

/** Answers with what went wrong, in the words of a dialect. */
export type Fail = (error: unknown, dialect: Dialect, request: FastifyRequest, reply: FastifyReply) => void;

/** Tells every error in the words of the dialect that was asked; what is not the client's doing is in the log. */
export function addFailures(app: FastifyInstance, bodyBytes: number): Fail {
  const fail: Fail = (error, dialect, request, reply) => {
    const problem = problemIn(error, request.id, bodyBytes);
    request.outcome = problem;
    countHosted(error, request);
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
  app.setNotFoundHandler((request, reply) => {
    const sentence = `there is no ${request.method} ${request.url.split('?')[0]}; /docs lists what there is`;
    fail(new RequestError('path', sentence), dialectOf(request.url, own), request, reply);
  });
  return fail;
}

function problemIn(error: unknown, id: string, bodyBytes: number): Problem {
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
  if (isGone(error)) return { kind: 'stopped', code: codeOf.stopped, message: 'the client is gone.' };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { kind: 'large', code: codeOf.large, message: `the body is larger than ${bodyBytes} bytes` };
  if (error instanceof FinetoothError || error instanceof RequestError) return problemOf(error, id);
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' || (statusCode !== undefined && statusCode >= 400 && statusCode < 500))
    return { kind: 'malformed', code: codeOf.malformed, message: (error as Error).message };
  return problemOf(error, id);
}
