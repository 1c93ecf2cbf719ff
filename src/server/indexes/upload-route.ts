import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { beginAnswer, goneSignal, toldLate } from '../hooks/request-context.ts';
import { problemOf, RequestError } from '../problem.ts';
import { createPieces, type SendBuffers } from '../send-buffers.ts';
import { documentsIn } from './documents.ts';
import { inSnakeCase } from './forms.ts';
import type { IndexRegistry } from './registry.ts';

/** Milliseconds without a byte after which the sender of documents is given up. */
const IDLE_MS = 60_000;

export interface UploadApi {
  readonly indexes: IndexRegistry;
  readonly sendBuffers: SendBuffers;
  /** Milliseconds after which an answer of lines says again how much is safe: a long text takes minutes, and clients give up what is silent. */
  readonly quietMs: number;
  /** Aborted when the server is about to end. */
  readonly closing: AbortSignal | undefined;
}

/** `POST /v1/indexes/:name/documents`: a stream of any length; answers with a report, or with a line for each batch that is safe. */
export async function addUploadRoute(app: FastifyInstance, { indexes, sendBuffers, quietMs, closing }: UploadApi): Promise<void> {
  await app.register(async (scope) => {
    // The body is a stream here, whatever its type says.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', async (_: FastifyRequest, body: Readable) => body);
    scope.post(
      '/v1/indexes/:name/documents',
      { config: { task: 'add', streamed: true }, bodyLimit: Number.MAX_SAFE_INTEGER },
      async (request, reply) => {
        const { name } = request.params as { readonly name: string };
        const signal = goneSignal(reply);
        // Told before the first line of the answer.
        await indexes.reading(name, async () => {});
        const lines = String(request.headers.accept ?? '').includes('application/x-ndjson');
        const pieces = createPieces(reply.raw, sendBuffers);
        if (lines) beginAnswer(reply, { 'content-type': 'application/x-ndjson' });
        let acknowledged = 0;
        const again = lines ? setInterval(() => pieces.send(line({ acknowledged })), quietMs) : undefined;
        const onProgress = ({ done }: { readonly done: number }): void => {
          acknowledged = done;
          if (lines) pieces.send(line({ acknowledged: done }));
          again?.refresh();
        };
        try {
          const report = await addDocuments(name, request, indexes, { signal, closing, onProgress });
          if (!lines) return inSnakeCase(report);
          await pieces.end(line({ report: inSnakeCase(report) }));
        } catch (error) {
          if (!lines) throw withCount(error, request.id, acknowledged);
          await pieces.end(line({ error: toldLate(error, request), acknowledged }));
          endSoon(request.raw);
        } finally {
          clearInterval(again);
        }
        return reply;
      },
    );
  });
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

function addDocuments(
  name: string,
  { body, share }: FastifyRequest,
  indexes: IndexRegistry,
  {
    closing,
    ...options
  }: {
    readonly signal: AbortSignal;
    readonly closing: AbortSignal | undefined;
    readonly onProgress: (progress: { readonly done: number }) => void;
  },
): Promise<unknown> {
  const unwritten = { bytes: 0 };
  return indexes.reading(name, (index, gone) =>
    index.addRead(documentsIn(body as Readable, IDLE_MS, { share, gone, closing, unwritten }), {
      ...options,
      // The fields were named when the index was made, for all documents that are still to come.
      missingFields: 'accept',
      // Others write between two batches: who sends slowly keeps no one waiting.
      write: async (work) => {
        const done = await indexes.inTurn(name, gone, work);
        unwritten.bytes = 0;
        share?.hold(0);
        return done;
      },
    }),
  );
}

/** What the client did wrong, and how much of its documents is safe. */
function withCount(error: unknown, id: string, acknowledged: number): unknown {
  const { ours, kind, code, message, retryAfter } = problemOf(error, id);
  if (ours) return error;
  return new RequestError(kind, `${message.replace(/\.$/, '')}; ${acknowledged} documents before it are stored`, { code, retryAfter });
}

/** Ends a connection whose sender goes on after its last answer; first what is on its way is read, so that the answer arrives. */
function endSoon(body: FastifyRequest['raw']): void {
  if (body.complete) return;
  body.resume();
  setTimeout(() => body.destroy(), 1000).unref();
}
