import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseWithLongIntegers } from '../../text/long-integers.ts';
import { RequestError } from '../problem.ts';
import { type BodyMemory, bodyOf } from './body-memory.ts';
import { jsonOf } from './json-body.ts';
import { packedWrongly, unpacked } from './unpacked.ts';

/** Values of all kinds that a body may hold: enough for documents of many fields. */
const LEAST_VALUES = 100_000;
const VALUES_PER_DOCUMENT = 10;
/** A number takes a tenth of the memory that an object does, and texts to be embedded may come as 300,000 of them, their tokens. */
const TOKEN_WEIGHT = 0.25;

/** Reads every body as JSON, whatever its content type says, and no further than the limits. */
export function addBodyParser(
  app: FastifyInstance,
  bodyMemory: BodyMemory,
  { bodyBytes, mostDocuments }: { readonly bodyBytes: number; readonly mostDocuments: number },
): void {
  const json = { mostValues: Math.max(LEAST_VALUES, VALUES_PER_DOCUMENT * mostDocuments), parse: parseWithLongIntegers };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, body: Readable) => {
    const { 'content-encoding': coding, 'content-length': length } = request.headers;
    if (Number(length ?? 0) > bodyBytes) throw new RequestError('large', `the body is larger than ${bodyBytes} bytes`);
    const read = bodyOf(unpacked(body, coding), request.share ?? bodyMemory.open(), bodyBytes);
    const bytes = await read.catch((error: unknown) => {
      throw packedWrongly(error)
        ? new RequestError('malformed', `the body is not packed with ${coding}, as its content-encoding says`)
        : error;
    });
    const { task } = request.routeOptions.config as { readonly task?: unknown };
    return jsonOf(bytes, task === 'embed' ? { ...json, numberWeight: TOKEN_WEIGHT } : json);
  });
}
