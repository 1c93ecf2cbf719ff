import type { FastifyReply, FastifyRequest } from 'fastify';
import { FinetoothError } from '../../errors.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { type Problem, problemOf } from '../problem.ts';
import type { Share } from './body-memory.ts';

export interface HostedUse {
  readonly requests: number;
  /** Absent where no price is known. */
  readonly dollars?: number | undefined;
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
    /** What went to hosted models for it. */
    hosted?: HostedUse | undefined;
    key?: string;
    /** What is counted of its body while that comes in. */
    share?: Share;
  }
}

/** Begins an answer that a route writes itself, with what every answer has. */
export function beginAnswer(reply: FastifyReply, headers: Readonly<Record<string, string>>): void {
  reply.hijack();
  reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers });
}

/** Raised when the client is gone before it has its answer. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new FinetoothError('E_STOPPED', 'the client is gone.'));
  });
  return gone.signal;
}

/** What went to hosted models before an error. */
export function countHosted(error: unknown, request: FastifyRequest): void {
  const { requests, cost } = (error instanceof FinetoothError ? error.usage : undefined) ?? {};
  if (requests !== undefined) request.hosted = { requests, dollars: cost };
}

/** What a client is told of an error after its answer has begun; what is not its doing is in the log. */
export function toldLate(error: unknown, request: FastifyRequest): Pick<Problem, 'code' | 'message'> {
  const problem = problemOf(error, request.id);
  request.outcome = problem;
  countHosted(error, request);
  if (problem.ours) request.server.log.error({ id: request.id, err: error }, 'failed');
  return { code: problem.code, message: problem.message };
}
