import { connect } from 'node:net';

/** A request, and the status that it must get. */
export type HostileRequest = readonly [name: string, send: (server: Asked) => Promise<number>, status: number];

export interface Asked {
  readonly url: string;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<number>;
}

export const asked = (url: string): Asked => ({
  url,
  post: async (path, body, headers = {}) => {
    const answer = await fetch(url + path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
    await answer.arrayBuffer();
    return answer.status;
  },
});

/** Whatever the server says to these bytes, until it closes: the status. */
async function raw({ url }: Asked, send: (write: (text: string) => Promise<void>) => Promise<void>): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  const closed = new Promise<void>((resolve) => {
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    socket.on('close', () => resolve());
  });
  await send((text) => new Promise((resolve) => socket.write(text, () => resolve())));
  await closed;
  return Number(answer.split(' ')[1]);
}

/** `full`: of the size that stopped everything, else a tenth. The server has an index `any` of some documents, without passages. */
export function hostileRequests(full: boolean): readonly HostileRequest[] {
  const size = full ? 1 : 0.1;
  const times = (text: string, count: number): string => text.repeat(Math.ceil(count * size));
  const list = (count: number, make: (i: number) => unknown): unknown[] =>
    Array.from({ length: Math.ceil(count * size) }, (_, i) => make(i));
  const names = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}`;
  const many = names(1e6 * size);
  const to =
    (path: string, body: () => unknown, headers?: Readonly<Record<string, string>>): HostileRequest[1] =>
    ({ post }) =>
      post(path, body(), headers);
  const search = (more: object) => to('/v1/search', () => ({ index: 'any', query: 'bats', reranker: null, ...more }));
  const get =
    (path: string): HostileRequest[1] =>
    async ({ url }) => {
      const answer = await fetch(url + path);
      await answer.arrayBuffer();
      return answer.status;
    };
  const rerank = { model: 'ms-marco-minilm-l-12-v2', query: 'word' };
  return [
    ['a million names', to('/v1/rerank', () => many), 413],
    ['a document of a million names', to('/v1/rerank', () => `{"query":"q","documents":[${many}]}`), 413],
    ['a stored document of a million names', to('/v1/indexes/any/documents', () => many), 422],
    ['a quarter of a million texts', to('/v1/rerank', () => `{"query":"q","documents":[${'"a",'.repeat(250_000)}"a"]}`), 413],
    ['a quarter of a million numbers', to('/v1/rerank', () => `{"query":"q","documents":[${'1,'.repeat(250_000)}1]}`), 413],
    ['half a million numbers for tokens', to('/v1/embeddings', () => `{"input":[${'1,'.repeat(500_000)}1]}`), 413],
    ['a hundred thousand levels', to('/v1/rerank', () => '{"a":'.repeat(100_000)), 413],
    ['a hundred thousand levels in a document', to('/v1/indexes/any/documents', () => `{"a":${'['.repeat(100_000)}`), 422],
    ['ten thousand documents that are none', to('/v1/rerank', () => ({ query: 'q', documents: list(9999, () => [1]) })), 400],
    ['the same for Cohere', to('/v2/rerank', () => ({ model: 'default', query: 'q', documents: list(9999, () => [1]) })), 400],
    ['the same for TEI', to('/rerank', () => ({ query: 'q', texts: list(9999, () => null) })), 422],
    [
      'ten thousand documents without the field',
      to('/v1/rerank', () => ({ query: 'q', rank_fields: ['x'], documents: list(9999, (i) => ({ a: i, b: 'b', c: [], d: null })) })),
      400,
    ],
    [
      'a filter of 600,000 conditions',
      to('/v1/search', () => `{"index":"any","query":"bats","filter":{"or":[${times('{"a":1},', 6e5)}{}]}}`),
      413,
    ],
    ['a filter of 20,000 conditions', search({ filter: { or: list(20_000, (i) => ({ year: i })) } }), 400],
    ['a filter of a list of 90,000', search({ filter: { year: list(90_000, (i) => i) } }), full ? 400 : 200],
    ['a filter of ten megabytes of words', search({ filter: times('year >= 1 or ', 8e5) }), 400],
    ['a filter of brackets', search({ filter: times('(', 1e6) }), 400],
    ['a filter of negations', search({ filter: times('not ', 1e6) }), 400],
    ['a filter of one text', search({ filter: { title: times('x', 1.5e7) } }), 200],
    ['a filter of wrong values', search({ filter: { year: { gte: {} } } }), 400],
    ['a filter of a prototype', search({ filter: { ['__proto__']: 'x', constructor: { in: 5 } } }), 400],
    ['a query of a hundred thousand characters', search({ query: 'x'.repeat(100_001) }), 413],
    ['a query of one long word', search({ query: 'x'.repeat(99_999), first_stage: 'hybrid' }), 200],
    ['a text of fifteen megabytes to rank', to('/v1/rerank', () => ({ ...rerank, documents: [times('word ', 3e6), 'x'] })), 200],
    ['the same without a space', to('/v1/rerank', () => ({ ...rerank, documents: [times('x', 1.5e7), 'x'] })), 200],
    [
      'two million halves of a character',
      to('/v1/rerank', () => `{"model":"${rerank.model}","query":"q","documents":["${times('\\ud800', 2e6)}"]}`),
      200,
    ],
    ['a text of fifteen megabytes to embed', to('/v1/embeddings', () => ({ model: 'default', input: times('word ', 3e6) })), 200],
    [
      'ninety thousand long integers',
      to('/v1/rerank', () => `{"model":"${rerank.model}","query":"q","documents":[{"a":[${times('12345678901234567890,', 90_000)}1]}]}`),
      200,
    ],
    ['a document of ten thousand names', to('/v1/indexes/any/documents', () => names(Math.ceil(9990 * size))), 200],
    ['a document of many values', to('/v1/indexes/any/documents', () => ({ id: 'v', text: 'x', list: list(90_000, (i) => `v${i}`) })), 200],
    ['fifteen million empty lines', to('/v1/indexes/any/documents', () => times('\n', 1.5e7)), 422],
    ['a document of ten megabytes', to('/v1/indexes/any/documents', () => ({ id: 'long', text: times('word ', 2e6) })), 200],
    ['an answer of it', search({ query: 'word', top: 100, candidates: 100 }), 200],
    ['a hundred thousand ids to delete', to('/v1/indexes/any/delete', () => ({ ids: list(99_000, (i) => `x${i}`) })), 200],
    ['a packed body', to('/v1/rerank', () => 'x', { 'content-encoding': 'gzip' }), 400],
    ['the page of all paths', get('/docs'), 200],
    ['the same for machines', get('/openapi.json'), 200],
    [
      'a line in pieces of one byte',
      (server) =>
        raw(server, async (write) => {
          const chunk = (text: string): Promise<void> => write(`${text.length.toString(16)}\r\n${text}\r\n`);
          await write(
            'POST /v1/indexes/any/documents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
          );
          await chunk(`{"id":"z","text":"${times('a ', 4e6)}`);
          for (let i = 0; i < 3000 * size; i++) await chunk('a');
          await chunk('"}\n');
          await write('0\r\n\r\n');
        }),
      200,
    ],
    [
      'two hosts',
      (server) => raw(server, (write) => write('GET /health HTTP/1.1\r\nHost: localhost\r\nHost: x\r\nConnection: close\r\n\r\n')),
      400,
    ],
  ];
}
