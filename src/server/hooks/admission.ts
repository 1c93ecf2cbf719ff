import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Keys, keyOf } from '../auth/keys.ts';
import { checkOrigin, type OriginRules } from '../auth/origin-check.ts';
import type { LoadShedder } from '../load-shedding.ts';
import { RequestError } from '../problem.ts';
import type { BodyMemory } from './body-memory.ts';

export interface AdmissionRules {
  /** undefined: no one needs a key. */
  readonly keys: Keys | undefined;
  readonly originRules: OriginRules;
  readonly shedder: LoadShedder;
  readonly bodyMemory: BodyMemory;
  /** Milliseconds for the whole of a body to come in. */
  readonly bodyMs: number;
}

/** What waits for a model. */
const queued: ReadonlySet<string> = new Set(['rerank', 'embed', 'search']);

/** Who is let in, decided before a body is read: who is refused must cost next to nothing. */
export function addAdmission(app: FastifyInstance, rules: AdmissionRules): void {
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    if (!config.streamed && request.method === 'POST') cutOffSlowBody(request, rules.bodyMs);
    checkCaller(request, reply, rules.originRules);
    if (rules.keys !== undefined && !config.open) request.key = keyNameOf(request, rules.keys);
    if (config.task !== undefined && queued.has(config.task)) rules.shedder.check();
    if (request.method !== 'POST') return;
    const share = rules.bodyMemory.open();
    request.share = share;
    request.raw.once('close', () => share.release());
  });
  app.options('/*', { config: { open: true } }, async (request, reply) => {
    checkOrigin({ host: request.headers.host, origin: request.headers.origin }, rules.originRules);
    return reply
      .headers({
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-allow-headers': 'authorization, content-type, x-api-key, x-deadline-ms',
        'access-control-max-age': '600',
      })
      .code(204)
      .send();
  });
}

function cutOffSlowBody({ raw }: FastifyRequest, bodyMs: number): void {
  const slow = setTimeout(() => raw.destroy(), bodyMs);
  raw.once('close', () => clearTimeout(slow));
  raw.once('end', () => clearTimeout(slow));
}

function checkCaller({ raw, headers: { host, origin } }: FastifyRequest, reply: FastifyReply, rules: OriginRules): void {
  // RFC 9112, 3.2: which of two hosts was meant is for no one to guess.
  if (raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1)
    throw new RequestError('malformed', 'the request has two Host headers; send one');
  checkOrigin({ host, origin }, rules);
  if (origin === undefined || !rules.origins?.includes(origin)) return;
  reply.header('access-control-allow-origin', origin);
  reply.header('vary', 'origin');
}

function keyNameOf({ headers }: FastifyRequest, keys: Keys): string {
  const key = keyOf(headers);
  const name = keys.nameOf(key);
  if (name === undefined) throw new RequestError('key', key === undefined ? 'no api key supplied' : 'invalid api key');
  return name;
}
