import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { FinetoothError, messageOf } from '../../errors.ts';
import { problemOf, RequestError } from '../problem.ts';

/** Throws what the work throws, with the name of the file that it is about. */
export async function named<Result>(path: string, request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw namedError(error, path, request);
  }
}

/** Every error of a file names it; what is not the client's doing is in the log. */
export function namedError(error: unknown, path: string, request: FastifyRequest): RequestError {
  // What the server lacks to read it is no secret, and who runs it has to know.
  if (error instanceof FinetoothError && error.code === 'E_PACKAGE')
    return new RequestError('unready', messageOf(error), { code: error.code, param: 'path' });
  const { kind, code, message, param, retryAfter, ours } = problemOf(error, request.id);
  if (ours) request.server.log.error({ id: request.id, err: error }, 'failed');
  return new RequestError(kind, message.includes(path) ? message : `${path}: ${message}`, { code, param, retryAfter });
}

/** The bytes that were sent. Throws a RequestError where there are none. */
export function fileIn({ body }: FastifyRequest, path: string): Readable {
  if (body === undefined || body === null)
    throw new RequestError('malformed', `the body is empty; send the bytes of ${path}`, { param: 'path' });
  return body as Readable;
}
