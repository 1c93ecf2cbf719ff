import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { RouteTools } from '../app.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { goneSignal } from '../hooks/request-context.ts';
import type { Route } from '../openapi.ts';
import { statusOf } from '../problem.ts';
import type { SendBuffers } from '../send-buffers.ts';
import { createGivenUp, type GivenUp } from './given-up.ts';
import { createProtocol } from './protocol.ts';
import { loadSdk } from './sdk.ts';
import type { McpApi } from './tool.ts';

type McpHandler = Awaited<ReturnType<typeof handlerOf>>;

/** JSON-RPC, error object: the codes of ours are in its data. */
const failure = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.null(),
  error: z.object({ code: z.int(), message: z.string(), data: z.object({ code: z.string() }) }),
});

/** How an error is told before the protocol has a request to answer: a wrong key, a page that may not ask, a body that is no JSON. */
export const mcpDialect: Dialect = {
  name: 'MCP',
  prefix: '/mcp',
  endpoints: [],
  fail: (problem) => ({
    status: statusOf(problem),
    body: {
      jsonrpc: '2.0',
      id: null,
      error: { code: problem.kind === 'malformed' ? PARSE_ERROR : SERVER_ERROR, message: problem.message, data: { code: problem.code } },
    },
  }),
  failure,
};

const SESSION = 'mcp-session-id';

/** JSON-RPC 2.0, section 5.1. */
const [PARSE_ERROR, SERVER_ERROR] = [-32_700, -32_000];

const described: Route = {
  method: 'post',
  path: '/mcp',
  about:
    'The Model Context Protocol over streamable HTTP, for agents: tools that search, read and rerank. GET and DELETE, for sessions, are not needed.',
  tag: 'MCP',
};

/**
 * `/mcp`, behind the checks of every other path: who may ask, from which page, how much. A call is given up when its sender says so, or leaves its socket.
 */
export function mcpRoutes(api: McpApi) {
  return async (app: FastifyInstance, { sendBuffers }: RouteTools): Promise<readonly Route[]> => {
    // Loaded by whoever asks first: most who serve models have no agent.
    const givenUp = createGivenUp();
    let opened: Promise<McpHandler> | undefined;
    const handler = (): Promise<McpHandler> => (opened ??= handlerOf(api));
    app.addHook('onClose', async () => (await opened?.catch(() => undefined))?.close());
    app.route({
      method: ['GET', 'POST', 'DELETE'],
      url: '/mcp',
      config: { dialect: mcpDialect, task: 'mcp' },
      handler: async (request, reply) => answer(await handler(), givenUp, request, reply, sendBuffers),
    });
    return [described];
  };
}

async function handlerOf(api: McpApi) {
  const sdk = await loadSdk();
  return sdk.createMcpHandler(createProtocol(sdk, api), { onerror: () => {} });
}

async function answer(handler: McpHandler, givenUp: GivenUp, request: FastifyRequest, reply: FastifyReply, sendBuffers: SendBuffers) {
  const { method, body } = request;
  const isPost = method === 'POST';
  const call = givenUp.follow(body, sessionOf(request));
  const gone = goneSignal(reply);
  try {
    const response = await handler.fetch(
      new Request('http://localhost/mcp', {
        method,
        headers: headersOf(request),
        signal: call === undefined ? gone : AbortSignal.any([gone, call.signal]),
        // What was read of the body is passed beside it.
        body: isPost ? '{}' : undefined,
      }),
      isPost ? { parsedBody: body } : undefined,
    );
    if (givenUp.isHello(body) && response.ok) reply.header(SESSION, givenUp.newSession());
    return await send(response, reply, sendBuffers);
  } finally {
    call?.done();
  }
}

async function send(response: Response, reply: FastifyReply, sendBuffers: SendBuffers): Promise<FastifyReply> {
  const headers = Object.fromEntries(response.headers);
  if (response.body === null || !headers['content-type']?.startsWith('text/event-stream'))
    return reply
      .code(response.status)
      .headers(headers)
      .send(response.body === null ? undefined : await response.text());
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(response.status, { ...(reply.getHeaders() as Record<string, string>), ...headers, 'x-accel-buffering': 'no' });
  try {
    for await (const piece of response.body) {
      if (raw.destroyed) break;
      if (raw.write(piece)) continue;
      sendBuffers.wait(raw, piece.byteLength);
      await new Promise((resolve) => raw.once('drain', resolve).once('close', resolve));
      sendBuffers.taken(raw);
    }
    raw.end();
  } catch {
    // The answer has begun: its end, which does not come, is all that can still be said.
    raw.destroy();
  }
  return reply;
}

function sessionOf({ headers: { [SESSION]: session } }: FastifyRequest): string | undefined {
  return typeof session === 'string' ? session : undefined;
}

/** As they came, but for those of the body, which was read already. */
function headersOf({ headers }: FastifyRequest): Headers {
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !['content-length', 'content-encoding', 'transfer-encoding', 'connection'].includes(name))
      sent.set(name, String(value));
  return sent;
}
