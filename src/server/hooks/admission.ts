import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Keys, keyOf } from '../auth/keys.ts';
import { checkOrigin, mayAsk, type OriginRules } from '../auth/origin-check.ts';
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

/** Headers that a page may read of an answer: what no vendor's form has a word for, and when to come again. */
const exposed = [
  ...['complete', 'cut', 'excerpts', 'ignored', 'query-truncated', 'tolerance', 'unknown-scripts', 'unknown-languages', 'model'].map(
    (name) => `x-finetooth-${name}`,
  ),
  'x-request-id',
  'retry-after',
  'x-should-retry',
  'www-authenticate',
  ...['type', 'time', 'characters', 'tokens'].map((name) => `x-compute-${name}`),
].join(', ');

/** Names that a preflight is told back. */
const MOST_HEADERS = 100;

/** What waits for a model. */
const queued: ReadonlySet<string> = new Set(['rerank', 'embed', 'search', 'measure', 'evaluate']);

/** Who is let in, decided before a body is read: who is refused must cost next to nothing. */
export function addAdmission(app: FastifyInstance, rules: AdmissionRules): void {
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    // Whatever it says: curl's `-d` calls JSON a form, and some clients send nothing, or what is no type at all.
    if (request.raw.headers['content-type'] !== undefined) request.raw.headers['content-type'] = 'application/json';
    if (!config.streamed && hasBody(request)) cutOffSlowBody(request, rules.bodyMs);
    checkCaller(request, reply, rules.originRules);
    if (rules.keys !== undefined && !config.open) request.key = keyNameOf(request, rules.keys);
    if (config.task !== undefined && queued.has(config.task)) rules.shedder.check();
    if (!hasBody(request)) return;
    const share = rules.bodyMemory.open();
    request.share = share;
    request.raw.once('close', () => share.release());
  });
  app.options('/*', { config: { open: true } }, async (request, reply) => {
    checkOrigin({ host: request.headers.host, origin: request.headers.origin }, rules.originRules);
    return (
      reply
        .headers({
          'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
          'access-control-allow-headers': wantedHeaders(request.headers['access-control-request-headers']),
          'access-control-max-age': '600',
        })
        // A page of the internet that was allowed to ask a server of this network (Private Network Access).
        .headers(
          request.headers['access-control-request-private-network'] === 'true' ? { 'access-control-allow-private-network': 'true' } : {},
        )
        .code(204)
        .send()
    );
  });
}

const hasBody = ({ method }: FastifyRequest): boolean => method === 'POST' || method === 'PATCH';

/** What a browser asks to be allowed to send: an allowed page may send any, and clients have headers of their own (`x-stainless-os`). */
function wantedHeaders(asked: string | undefined): string {
  const names = asked?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
  const sendable = names.filter((name) => /^[!#$%&'*+.^_`|~\w-]{1,100}$/.test(name)).slice(0, MOST_HEADERS);
  return [...new Set(['authorization', 'content-type', 'x-api-key', 'api-key', 'x-deadline-ms', 'x-exact', ...sendable])].join(', ');
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
  reply.header('vary', 'origin');
  if (origin === undefined || !mayAsk(origin, rules.origins)) return;
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposed,
    'cross-origin-resource-policy': 'cross-origin',
  });
}

function keyNameOf({ headers }: FastifyRequest, keys: Keys): string {
  const key = keyOf(headers);
  const name = keys.nameOf(key);
  if (name === undefined) throw new RequestError('key', key === undefined ? 'no api key supplied' : 'invalid api key');
  return name;
}
