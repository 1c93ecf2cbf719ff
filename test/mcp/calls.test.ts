import type { AddressInfo } from 'node:net';
import * as sdk from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FinetoothError } from '../../src/errors.ts';
import type { SearchIndex } from '../../src/index.ts';
import type { IndexRegistry } from '../../src/server/indexes/registry.ts';
import { createCursors } from '../../src/server/mcp/cursors.ts';
import { createProtocol } from '../../src/server/mcp/protocol.ts';
import { mcpRoutes } from '../../src/server/mcp/route.ts';
import type { McpApi } from '../../src/server/mcp/tool.ts';
import type { ServedReranker } from '../../src/server/models.ts';
import { fakeApp } from '../server/fake.ts';
import { countedReranker } from '../support/counted-reranker.ts';
import { called, clientAt, clientOf, type Era, eras, wires } from './connected.ts';

/** An index whose writes last until they are given up. */
const slow = (seen: { aborted: number; began: number }) =>
  ({
    add: (_: unknown, { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: { done: number }) => void }) =>
      new Promise((_, reject) => {
        seen.began++;
        for (const done of [1, 1, 2]) onProgress({ done });
        signal.addEventListener('abort', () => {
          seen.aborted++;
          reject(signal.reason);
        });
      }),
  }) as unknown as SearchIndex;

const apiOver = (index: SearchIndex, more: Partial<McpApi> = {}): McpApi => ({
  indexes: {
    names: async () => ['notes', 'films'],
    reading: (_: string, work: (index: SearchIndex, gone: AbortSignal) => unknown) => work(index, new AbortController().signal),
  } as unknown as IndexRegistry,
  models: {
    reranker: async () => {
      throw new Error('/home/somebody/secret.key is broken');
    },
  },
  shedder: { admit: (_, work) => work() },
  cursors: createCursors(),
  writable: true,
  version: '0.0.0',
  callMs: 5000,
  writeMs: 60_000,
  log: () => {},
  ...more,
});

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const ways = { stdio: overStdio, http: overHttp } as const;

async function overStdio(api: McpApi, era: Era) {
  const line = wires();
  const served = serveStdio(createProtocol(sdk, api), { transport: new StdioServerTransport(line.input, line.output) });
  const client = await clientOf(line, era);
  open.push(
    () => client.close(),
    () => served.close(),
  );
  return client;
}

async function overHttp(api: McpApi, era: Era) {
  const app: FastifyInstance = await fakeApp({ isForAgentsAlone: true, routes: mcpRoutes(api) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const client = await clientAt(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, era);
  open.push(
    () => client.close(),
    async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  );
  return client;
}

const documents = [{ id: 'a' }, { id: 'b' }];

describe.each(
  Object.entries(ways).flatMap(([way, connect]) => eras.map((era) => [way, era, connect] as const)),
)('%s, %s', (_, era, connect) => {
  it('tells how far the work is, upward only, and lets it be given up', async () => {
    const seen = { began: 0, aborted: 0 };
    const client = await connect(apiOver(slow(seen)), era);
    expect(client.getNegotiatedProtocolVersion()?.slice(0, 4)).toBe(era === 'modern' ? '2026' : '2025');
    const stopper = new AbortController();
    const told: unknown[] = [];
    const call = client.callTool(
      { name: 'add_documents', arguments: { index: 'notes', documents } },
      {
        signal: stopper.signal,
        onprogress: ({ progress, total, message }) => {
          told.push([progress, total, message]);
          if (progress === 2) stopper.abort('enough');
        },
      },
    );
    await expect(call).rejects.toThrow();
    expect(told).toEqual([
      [1, 2, '1 stored'],
      [2, 2, '2 stored'],
    ]);
    // Before 2026 a request of its own says over HTTP that the client gave up.
    await vi.waitFor(() => expect(seen).toEqual({ began: 1, aborted: 1 }), { timeout: 10_000 });
  });

  it('gives a call up when its time is over, whoever else does not', async () => {
    const deaf = { add: () => new Promise(() => {}) } as unknown as SearchIndex;
    const client = await connect(apiOver(deaf, { writeMs: 30 }), era);
    expect(await called(client, 'add_documents', { index: 'notes', documents })).toMatch(/^E_DEADLINE: /);
  });

  it('tells errors by their codes, and nothing of the machine', async () => {
    const logged: unknown[] = [];
    const broken = {
      add: async () => {
        throw new FinetoothError('E_INDEX_DAMAGED', '/srv/notes/documents.lance is torn. Restore it.');
      },
    } as unknown as SearchIndex;
    const client = await connect(apiOver(broken, { log: (id, error) => logged.push([id, error]) }), era);
    const damaged = await called(client, 'add_documents', { index: 'notes', documents });
    expect(damaged).toMatch(/^E_INDEX_DAMAGED: the index cannot be read.*under ([0-9a-f]{8})\.$/);
    const bug = await called(client, 'rerank', { query: 'bats', documents: ['a'] });
    expect(bug).toMatch(/^E_BUG: /);
    expect(`${damaged}${bug}`).not.toMatch(/srv|home|secret/);
    expect(logged).toEqual([
      [expect.any(String), expect.objectContaining({ code: 'E_INDEX_DAMAGED' })],
      [expect.any(String), expect.objectContaining({ message: expect.stringContaining('secret.key') })],
    ]);
  });

  it('reranks to the last digit where it is told to, and says within what scores hold else', async () => {
    const reranker = countedReranker({ tolerance: 1e-4 });
    const models = { reranker: async () => ({ reranker }) as unknown as ServedReranker };
    const client = await connect(apiOver(slow({ began: 0, aborted: 0 }), { models }), era);
    const told = [];
    for (const exact of [undefined, true]) {
      const { structuredContent } = await client.callTool({ name: 'rerank', arguments: { query: 'bats', documents: ['a'], exact } });
      told.push((structuredContent as { tolerance?: number }).tolerance);
    }
    expect([reranker.calls.map(({ exact }) => exact), told]).toEqual([
      [undefined, true],
      [1e-4, undefined],
    ]);
    expect(await called(client, 'rerank', { query: 'bats', documents: ['a'], exact: 'yes' })).toMatch(/^E_USAGE: exact: /);
  });

  it('refuses what it does not know with the nearest name', async () => {
    const client = await connect(apiOver(slow({ began: 0, aborted: 0 })), era);
    expect(await called(client, 'search', { query: 'bats', index: 'film' })).toBe(
      'E_INDEX_MISSING: there is no index "film", did you mean "films"; there are notes, films.',
    );
    expect(await called(client, 'search', { query: 'bats' })).toBe('E_USAGE: name one of the indexes: notes, films.');
    expect(await called(client, 'search', { query: 'bats', tops: 3 })).toMatch(
      /^E_USAGE: search has no argument "tops", did you mean "top"; it takes query/,
    );
    expect(await called(client, 'list_indexes', { all: true })).toBe('E_USAGE: list_indexes has no argument "all"; it takes none.');
    expect(await called(client, 'search', { index: 'films' })).toBe('E_USAGE: query: a text; got nothing.');
    expect(await called(client, 'rerank', { query: 'bats', documents: [] })).toBe(
      'E_USAGE: documents: a list of at least 1 items; got an empty list.',
    );
    expect(await called(client, 'rerank', { query: 'bats', documents: ['x'.repeat(4_000_001)] })).toMatch(/^E_TOO_LARGE: /);
    expect(await called(client, 'search', { query: 'bats', index: 'films', cursor: 'none' })).toMatch(/^E_CURSOR: /);
    await expect(called(client, 'serach', {})).rejects.toThrow('there is no tool "serach", did you mean "search"');
  });

  it(`has no tool that writes unless it was asked for`, async () => {
    const client = await connect(apiOver(slow({ began: 0, aborted: 0 }), { writable: false }), era);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['search', 'get', 'list_indexes', 'explain', 'rerank']);
    await expect(called(client, 'add_documents', { documents })).rejects.toThrow('there is no tool "add_documents"');
  });
});

it.each(eras)('over HTTP, %s, gives a call up when its socket is closed', async (era) => {
  const seen = { began: 0, aborted: 0 };
  const client = await overHttp(apiOver(slow(seen)), era);
  const call = client.callTool({ name: 'add_documents', arguments: { index: 'notes', documents } }).catch(() => 'gone');
  await vi.waitFor(() => expect(seen.began).toBe(1), { timeout: 10_000 });
  await client.close();
  expect(await call).toBe('gone');
  await vi.waitFor(() => expect(seen.aborted).toBe(1), { timeout: 10_000 });
});
