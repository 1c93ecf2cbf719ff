/** Any vendor's API on this machine, with a switch for each way in which an API fails. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Protocol, Refusal, type Scored } from './protocol.ts';

export const faults = [
  '429 with Retry-After, once',
  '429 without Retry-After',
  '500',
  '503, once',
  'key refused',
  'request refused',
  'redirection',
  'cut body',
  'slow body',
  'no JSON',
  'another shape',
  'NaN',
  'wrong index',
  'index twice',
  'one missing',
  'closed socket',
  'TLS error',
  'silence',
] as const;
export type Fault = (typeof faults)[number];

export interface VendorServer {
  readonly url: string;
  /** Bodies of the requests that came, as they were sent. */
  readonly seen: readonly { readonly path: string; readonly body: unknown }[];
  /** What goes wrong from now on; nothing for nothing. */
  fault: Fault | undefined;
  /** Milliseconds before each answer. */
  delayMs: number;
  /** What goes wrong with each request, by its number from 0; goes before `fault`. */
  plan: ((request: number) => Fault | undefined) | undefined;
  close(): Promise<void>;
}

export interface Behaviour {
  score?(query: string, text: string): number;
  vector?(text: string): readonly number[];
  /** A good answer as it is sent, by the number of its request from 0. @default as it is */
  readonly wrap?: (reply: Reply, request: number) => Reply | PackedReply;
}

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Shared words, and a little for being short, so that scores differ. */
export const sharedWords = (query: string, text: string): number => {
  const own = new Set(words(text));
  return words(query).filter((word) => own.has(word)).length / (words(query).length + 1) + 1 / (10 + text.length);
};

/** Letters counted in so many bins. */
export const letterVector = (text: string, size: number): readonly number[] => {
  const vector = new Array<number>(size).fill(0);
  for (const word of words(text)) {
    let hash = 7;
    for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_003;
    vector[hash % size] = (vector[hash % size] ?? 0) + 1;
  }
  vector[0] = (vector[0] ?? 0) + 0.01;
  return vector;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
};

const KEY = 'key';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export type PackedReply = Omit<Reply, 'body'> & { readonly body: Uint8Array };

/** Rows and vectors with what is wrong about them. */
const spoilt = (rows: readonly Scored[], fault: Fault | undefined): readonly Scored[] => {
  const [first, ...others] = rows as readonly [Scored, ...Scored[]];
  if (fault === 'wrong index') return [{ ...first, index: rows.length + 7 }, ...others];
  if (fault === 'index twice') return [first, ...others.slice(0, -1), { index: first.index, score: 0 }];
  if (fault === 'one missing') return others;
  return rows;
};
const spoiltVectors = (vectors: readonly (readonly number[])[], fault: Fault | undefined): readonly unknown[] => {
  if (fault === 'wrong index') return vectors.map((vector) => vector.slice(1));
  if (fault === 'index twice') return [...vectors, vectors[0]];
  if (fault === 'one missing') return vectors.slice(1);
  return vectors;
};

const answered = (
  protocol: Protocol,
  path: string,
  body: Readonly<Record<string, unknown>>,
  fault: Fault | undefined,
  { score = sharedWords, vector }: Behaviour,
  size: number,
): Reply => {
  const { rerank, embed } = protocol;
  const asText = (value: unknown): string =>
    JSON.stringify(value, (_, one: unknown) => (one === '\u0000NaN' ? '\u0000NaN' : one)).replaceAll('"\\u0000NaN"', 'NaN');
  const isNaNWanted = fault === 'NaN';
  if (rerank !== undefined && path === rerank.path(rerank.model)) {
    const { query, documents } = rerank.read(body);
    const rows = documents
      .map((text, index): Scored => ({ index, score: score(query, text) }))
      .sort((a, b) => Number(b.score) - Number(a.score));
    const tokens = words(`${query} ${documents.join(' ')}`).length;
    const given = spoilt(rows, fault).map((row, at) => (isNaNWanted && at === 0 ? { ...row, score: '\u0000NaN' } : row));
    return { status: 200, body: asText(rerank.tell(given, tokens)), headers: rerank.headers?.(tokens) ?? {} };
  }
  if (embed !== undefined && path.startsWith(embed.path(embed.model))) {
    const { texts } = embed.read(body, path);
    const tokens = words(texts.join(' ')).length;
    const vectors = texts.map((text) => vector?.(text) ?? letterVector(text, size));
    const given = spoiltVectors(vectors, fault).map((one, at) =>
      isNaNWanted && at === 0 ? ['\u0000NaN', ...(one as readonly number[]).slice(1)] : one,
    );
    return { status: 200, body: asText(embed.tell(given, tokens)), headers: embed.headers?.(tokens) ?? {} };
  }
  throw new Refusal(404, `there is no ${path}`);
};

/** The vendor's API. `size`: numbers in its vectors. */
export const startVendor = async (protocol: Protocol, size: number, behaviour: Behaviour = {}): Promise<VendorServer> => {
  const seen: { path: string; body: unknown }[] = [];
  let always: Fault | undefined;
  let isFirst = true;
  let planned = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(request.url ?? '/');
    const text = await bodyOf(request);
    const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
    seen.push({ path, body });
    const fault = server.plan === undefined ? always : server.plan(planned++);
    // A plan says of each request by itself what goes wrong.
    const once = isFirst || server.plan !== undefined;
    isFirst = false;
    const send = ({ status, body: told, headers = {} }: Reply | PackedReply): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(told);
    };
    const fail = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): void =>
      send({ status, body: JSON.stringify(protocol.fail(status, message)), headers });
    if (server.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, server.delayMs));
    if (fault === 'silence') return;
    if (fault === 'closed socket') return void request.socket.destroy();
    if (fault === '429 with Retry-After, once' && once) return fail(429, 'rate limit reached', { 'retry-after': '0.05' });
    if (fault === '429 without Retry-After') return fail(429, 'rate limit reached');
    if (fault === '500') return fail(500, 'internal error');
    if (fault === '503, once' && once) return fail(503, 'overloaded');
    if (fault === 'key refused' || !protocol.knows(request.headers, KEY))
      return fail(401, `invalid key ${String(request.headers.authorization)}`);
    if (fault === 'request refused') return fail(400, 'the model is not available to this account');
    if (fault === 'redirection') return void response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end();
    if (fault === 'no JSON')
      return send({
        status: 200,
        body: '<html><body>Welcome to the hotel network</body></html>',
        headers: { 'content-type': 'text/html' },
      });
    if (fault === 'another shape') return send({ status: 200, body: JSON.stringify({ outcome: { items: [] } }) });
    try {
      const reply = answered(protocol, path, body, fault, behaviour, size);
      if (fault === 'cut body') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(reply.body)) });
        response.write(reply.body.slice(0, reply.body.length / 2));
        setTimeout(() => request.socket.destroy(), 5);
      } else if (fault === 'slow body') {
        response.writeHead(200, { 'content-type': 'application/json' });
        for (const letter of reply.body) {
          if (response.destroyed) return;
          response.write(letter);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        response.end();
      } else send(behaviour.wrap?.(reply, seen.length - 1) ?? reply);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fail(error.status, error.message);
    }
  };
  const listen = async (one: Server): Promise<number> => {
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    return (one.address() as AddressInfo).port;
  };
  const plain = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  // A server without a certificate: the handshake fails.
  const secure = createSecureServer({}, () => {});
  const [port, securePort] = [await listen(plain), await listen(secure as unknown as Server)];
  const server: VendorServer = {
    get url() {
      return always === 'TLS error' ? `https://127.0.0.1:${securePort}` : `http://127.0.0.1:${port}`;
    },
    seen,
    get fault() {
      return always;
    },
    set fault(wanted) {
      always = wanted;
      isFirst = true;
    },
    delayMs: 0,
    plan: undefined,
    close: async () => {
      for (const one of [plain, secure]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
    },
  };
  return server;
};
