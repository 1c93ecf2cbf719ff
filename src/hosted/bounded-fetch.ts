import { unpacked } from './unpacked.ts';
import { UnusableAnswer } from './unusable-answer.ts';

/** Bytes of an answer that are read at most, unpacked too: 2,048 vectors of 4,096 numbers, the most of a request to any vendor here, take less. */
const MOST_BYTES = 268_435_456;

let client: ReturnType<typeof load> | undefined;

const urlOf = (input: string | URL | Request): string => (typeof input === 'string' ? input : 'href' in input ? input.href : input.url);

/** Addresses of this machine. */
const own = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:\d+)?(\/|$)/i;

/** Statuses whose answers have no body. */
const bare: ReadonlySet<number> = new Set([204, 205, 304]);

export interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** `exchange` in the form of `fetch`, for packages that take one. */
export const boundedFetch: typeof fetch = async (input, init = {}) => {
  const { status, headers, body } = await exchange(urlOf(input), init);
  return new Response(bare.has(status) ? null : (body as Uint8Array<ArrayBuffer>), { status, headers });
};

/** Loads what requests need, so that the first one need not. */
export async function preload(): Promise<void> {
  client ??= load();
  await client;
}

/**
 * One request with a text for a body, and its answer, read whole. It follows no redirection, which could carry a key elsewhere, reads no answer
 * without end, and asks for no compression; what is packed all the same is unpacked. Faster than the `fetch` of Node, whose streams are made for
 * more (`npm run bench -- hosted`).
 */
export async function exchange(url: string, init: RequestInit): Promise<Exchanged> {
  client ??= load();
  const { request, here, elsewhere } = await client;
  const { statusCode, headers, body } = await request(url, {
    dispatcher: own.test(url) ? here : elsewhere,
    method: (init.method ?? 'GET') as 'GET' | 'POST',
    headers: Object.fromEntries(new Headers(init.headers)),
    body: typeof init.body === 'string' || init.body instanceof Uint8Array ? init.body : undefined,
    signal: init.signal ? init.signal : undefined,
  });
  const pieces: Buffer[] = [];
  let seen = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    seen += piece.length;
    if (seen > MOST_BYTES) throw new UnusableAnswer(`is larger than ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  const told = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]));
  const given = new Headers(told);
  const sent = Buffer.concat(pieces);
  const whole = await unpacked(sent, given.get('content-encoding') ?? '', MOST_BYTES).catch((error: unknown) => {
    // Of a failure the status says more than its body.
    if (statusCode >= 300) return sent;
    throw error;
  });
  // They are of the body as it was sent.
  for (const name of ['content-encoding', 'content-length']) given.delete(name);
  return { status: statusCode, headers: given, body: whole };
}

async function load() {
  const { Agent, EnvHttpProxyAgent, request } = await import('undici');
  // Deadlines are the caller's: the signal ends a request, no clock in here.
  const clocks = { headersTimeout: 0, bodyTimeout: 0 };
  // Proxies are those of HTTP_PROXY, HTTPS_PROXY and NO_PROXY; none stands between a machine and itself.
  return { request, here: new Agent(clocks), elsewhere: new EnvHttpProxyAgent(clocks) };
}
