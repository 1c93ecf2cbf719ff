import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Progress } from '../types.ts';
import { beginAnswer, goneSignal, toldLate } from './hooks/request-context.ts';
import { createPieces, type SendBuffers } from './send-buffers.ts';

/** Milliseconds between two lines of progress: more often no one reads it. */
const PACE_MS = 100;

export interface LinesOptions {
  readonly sendBuffers: SendBuffers;
  /** Milliseconds after which an answer says again how far it is. */
  readonly quietMs: number;
  /** Aborted when the server is about to end. */
  readonly closing: AbortSignal | undefined;
}

export type OnProgress = (progress: Progress & { readonly what: string }) => void;

/**
 * Answers with what long work gives. To who accepts `application/x-ndjson` with lines: `{"progress": …}` as it goes on, at last what it gave, or
 * `{"error": …}`. The work is stopped when the client leaves, which is how it cancels, and when the server ends.
 */
export async function answerInLines(
  request: FastifyRequest,
  reply: FastifyReply,
  { sendBuffers, quietMs, closing }: LinesOptions,
  work: (signal: AbortSignal, onProgress: OnProgress) => Promise<unknown>,
): Promise<unknown> {
  const gone = goneSignal(reply);
  const signal = closing === undefined ? gone : AbortSignal.any([gone, closing]);
  const isLines = String(request.headers.accept ?? '').includes('application/x-ndjson');
  if (!isLines) return work(signal, () => {}).catch((error: unknown) => Promise.reject(reasonOf(error, closing)));
  const pieces = createPieces(reply.raw, sendBuffers);
  let last: { readonly line: string; readonly at: number } | undefined;
  let again: NodeJS.Timeout | undefined;
  const send = (line: string): void => {
    // What is refused before the work has begun has a status of its own.
    if (again === undefined) {
      beginAnswer(reply, { 'content-type': 'application/x-ndjson; charset=utf-8', 'x-accel-buffering': 'no' });
      again = setInterval(() => last !== undefined && pieces.send(last.line), quietMs);
    }
    pieces.send(line);
    again.refresh();
  };
  const onProgress: OnProgress = (progress) => {
    const now = performance.now();
    const line = lineOf({ progress });
    if (last !== undefined && now - last.at < PACE_MS) return;
    last = { line, at: now };
    send(line);
  };
  try {
    const given = await work(signal, onProgress);
    if (again === undefined) send('');
    await pieces.end(lineOf(given));
  } catch (error) {
    const reason = reasonOf(error, closing);
    if (again === undefined) throw reason;
    await pieces.end(lineOf({ error: toldLate(reason, request) }));
  } finally {
    clearInterval(again);
  }
  return reply;
}

/** Who was stopped by the end of the server is told so. */
const reasonOf = (error: unknown, closing: AbortSignal | undefined): unknown => (closing?.aborted ? closing.reason : error);

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
