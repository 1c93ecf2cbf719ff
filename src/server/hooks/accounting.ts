import type { FastifyInstance } from 'fastify';
import { bytesWaitingIn } from '../json-answer.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SendBuffers } from '../send-buffers.ts';

/** No browser keeps an answer, takes it for what it is not, or shows it inside another page. */
const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Counts every request and the bytes that wait for its reader, and writes one line to the log when it is answered. */
export function addAccounting(app: FastifyInstance, metrics: Metrics, sendBuffers: SendBuffers): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...safeHeaders, 'x-request-id': request.id });
    metrics.began(request.routeOptions.config.task ?? 'other');
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    sendBuffers.wait(reply.raw, typeof payload === 'string' ? Buffer.byteLength(payload) : bytesWaitingIn(payload));
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    // A body that no one read has no end, and a connection that is kept does not close.
    request.share?.release();
    const { outcome, tokens = 0, key, hosted } = request;
    metrics.ended(request.routeOptions.config.task ?? 'other', outcome?.kind, reply.elapsedTime / 1000, tokens);
    const line = {
      id: request.id,
      method: request.method,
      // Without what stands behind a question mark: it may hold what is secret.
      path: request.url.split('?')[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      tokens: tokens > 0 ? tokens : undefined,
      key,
      hosted,
      problem: outcome?.kind,
      code: outcome?.code,
      reason: outcome?.message,
    };
    app.log.info(line, 'answered');
  });
}
