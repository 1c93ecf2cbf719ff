/**
 * How do I rerank in a server of mine, in time? `request` and `response` are those of Express too. When time is up the best order so far is the
 * answer; when the client has gone the work stops; an error knows its HTTP status. For fetch handlers (Hono, Next): first-handler.ts.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createReranker, FinetoothError, rerank } from 'finetooth';

const reranker = createReranker();
await reranker.load?.(); // before the first request, which would wait for it

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const send = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    const { query, documents } = (await json(request)) as { query: string; documents: string[] };
    const { results, complete } = await rerank(query, documents, { model: reranker, top: 5, deadlineMs: 2000, signal: gone.signal });
    send(200, { results, complete });
  } catch (error) {
    if (error instanceof FinetoothError) send(error.http, { code: error.code, message: error.message });
    else send(500, { message: 'it could not be ranked' });
  }
}

const server = createServer(answer).listen(0, '127.0.0.1');
await once(server, 'listening');
const post = (body: object) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body: JSON.stringify(body) });
const found = await post({ query: 'how do bats find their way', documents: ['Wheat rose.', 'Bats hunt by echo.'] });
console.log(found.status, ((await found.json()) as { results: { document: string }[] }).results[0]?.document);
const refused = await post({ query: ' ', documents: ['Wheat rose.'] });
console.log(refused.status, ((await refused.json()) as { code: string }).code);
server.close();
await reranker.close?.();
