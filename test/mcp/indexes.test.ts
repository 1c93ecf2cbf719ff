import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelSessions } from '../../src/model/run/sessions.ts';
import { type Server, serve } from '../../src/server/listen.ts';
import { type McpConnection, serveMcp } from '../../src/server/mcp/index.ts';
import { indexDocuments } from '../../src/tasks/index.ts';
import { called, clientAt, clientOf, eras, wires } from './connected.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-mcp-'));
const notes = join(folder, 'notes');
const films = join(folder, 'films');
const sessions = createModelSessions();
const models = { sessions, threads: 1 };
const KEY = 'ft_a-key-that-nobody-else-has';

const texts = {
  'kitchen/moka pot.md':
    '# Moka pot\n\nFill the water to the valve.\n\nTo reset the espresso machine press both buttons for ten seconds.\n',
  'garden/bats.md': '# Bats\n\nBats hunt by echo: they cry and listen in the dark.\n',
  'money/tax.md': `# Tax\n\nThe price of wheat rose.\n${'It went on rising for a year, and nobody knew why it did so. '.repeat(60)}\n`,
};
const movies = [
  ...['Heat', 'Ronin', 'The Sting', 'Inside Man', 'Topkapi', 'Rififi', 'Sexy Beast'].map((title, i) => ({
    id: `m${i}`,
    title,
    year: 1990 + i,
    genre: i % 2 === 0 ? 'crime' : 'thriller',
    overview: `A crew plans a robbery of bank number ${i}, and one of them talks.`,
  })),
];

let server: Server;
let connection: McpConnection;
const open: Client[] = [];

beforeAll(async () => {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(join(folder, 'vault', path, '..'), { recursive: true });
    writeFileSync(join(folder, 'vault', path), text);
  }
  writeFileSync(join(folder, 'films.jsonl'), movies.map((one) => JSON.stringify(one)).join('\n'));
  await indexDocuments({ source: join(folder, 'vault'), into: notes, models });
  await indexDocuments({ source: join(folder, 'films.jsonl'), into: films, fields: ['title', 'overview'], models });
  server = await serve({ port: 0, api: 'mcp', indexes: [notes, films], keys: KEY, models, writable: true });
}, 120_000);
afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await connection?.close();
  await server?.close(1000);
});

async function overStdio(era: 'legacy' | 'modern'): Promise<Client> {
  await connection?.close();
  const line = wires();
  connection = await serveMcp({ indexes: [notes, films], ...line, models });
  return clientOf(line, era);
}

const ways = eras.flatMap((era) => [
  [`stdio, ${era}`, () => overStdio(era)] as const,
  [`http, ${era}`, () => clientAt(server.url, era, { authorization: `Bearer ${KEY}` })] as const,
]);

interface Found {
  readonly results: readonly { readonly id: string; readonly uri: string; readonly [name: string]: unknown }[];
  readonly next_cursor?: string;
}

describe.each(ways)('%s', (_, connect) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect();
    open.push(client);
    // From here on the client holds every answer against the schema of its tool.
    await client.listTools();
  });

  it('says which tools change what, and which indexes there are', async () => {
    expect(client.getInstructions()).toContain('Indexes: films, notes.');
    const { tools } = await client.listTools();
    for (const { name, annotations, inputSchema, outputSchema, description } of tools) {
      expect([name, annotations?.readOnlyHint, annotations?.openWorldHint]).toEqual([name, name !== 'add_documents', false]);
      expect([name, inputSchema.additionalProperties, outputSchema?.additionalProperties]).toEqual([name, false, {}]);
      expect(description?.length).toBeGreaterThan(80);
    }
    const { indexes } = (await called(client, 'list_indexes', {})) as { indexes: readonly Record<string, unknown>[] };
    expect(indexes).toMatchObject([
      { name: 'films', documents: 7, ranked_fields: ['title', 'overview'], types: { year: 'number', genre: 'keyword' } },
      { name: 'notes', documents: 3 },
    ]);
    expect(JSON.stringify(indexes)).not.toContain(folder);
  });

  it('finds a sentence, and where it stands', async () => {
    const { results } = (await called(client, 'search', { query: 'how do I reset the coffee machine', index: 'notes' })) as Found;
    expect(results[0]).toMatchObject({
      rank: 1,
      id: 'kitchen/moka pot.md',
      path: 'kitchen/moka pot.md',
      line: 5,
      level: expect.stringMatching(/high|likely/),
      probability: expect.any(Number),
      snippet: expect.stringContaining('press both buttons for ten seconds'),
      uri: 'finetooth://notes/kitchen%2Fmoka%20pot.md',
    });
    const { contents } = await client.readResource({ uri: results[0]?.uri as string });
    expect(contents).toMatchObject([{ mimeType: 'text/markdown', text: expect.stringContaining(texts['kitchen/moka pot.md'].trim()) }]);
  });

  it('goes on from page to page, and nothing comes twice', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 5; page++) {
      const asked = { query: 'a robbery', index: 'films', top: 2, filter: 'year >= 1991', cursor };
      const found = (await called(client, 'search', cursor === undefined ? asked : { query: 'a robbery', cursor })) as Found;
      seen.push(...found.results.map(({ id }) => id));
      cursor = found.next_cursor;
      if (cursor === undefined) break;
      expect(await called(client, 'search', { query: 'another', cursor })).toMatch(/^E_CURSOR: /);
    }
    expect(seen.toSorted()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  });

  it('counts, sorts, and gives the fields that were asked for', async () => {
    const found = await called(client, 'search', {
      ...{ query: 'a robbery', index: 'films', top: 3, facets: ['genre'], sort: '-year', fields: ['year', 'nothing'], min_score: 0 },
    });
    expect(found).toMatchObject({
      results: [{ fields: { year: 1996 } }, { fields: { year: 1995 } }, { fields: { year: 1994 } }],
      facets: [
        {
          field: 'genre',
          values: [
            { value: 'crime', count: 4 },
            { value: 'thriller', count: 3 },
          ],
        },
      ],
    });
    expect(await called(client, 'search', { query: 'a', index: 'films', filter: 'year >>> 1' })).toMatch(/^E_USAGE: filter: /);
    expect(await called(client, 'search', { query: ' ', index: 'films' })).toMatch(/^E_QUERY: /);
  });

  it('reads a long document piece by piece', async () => {
    const id = 'money/tax.md';
    const whole: string[] = [];
    let offset: number | undefined = 0;
    for (let piece = 0; piece < 10 && offset !== undefined; piece++) {
      const { documents } = (await called(client, 'get', { ids: [id], index: 'notes', field: 'text', offset, characters: 1000 })) as {
        documents: readonly { document: { text: string }; cut?: readonly { next_offset: number }[] }[];
      };
      whole.push(documents[0]?.document.text as string);
      expect(whole.at(-1)?.length).toBeLessThanOrEqual(1000);
      offset = documents[0]?.cut?.[0]?.next_offset;
    }
    const { contents } = await client.readResource({ uri: `finetooth://notes/${encodeURIComponent(id)}` });
    expect((contents[0] as { text: string }).text).toContain(whole.join(''));
    expect(whole.length).toBeGreaterThan(3);
    const several = await called(client, 'get', { ids: ['m0', 'nothing'], index: 'films' });
    expect(several).toMatchObject({ documents: [{ id: 'm0', document: { title: 'Heat' } }], missing: ['nothing'] });
    expect(await called(client, 'get', { ids: ['nothing'], index: 'films' })).toMatch(/^E_NOT_FOUND: there is no document "nothing"/);
  });

  it('says why a document stands where it stands', async () => {
    const explained = await called(client, 'explain', { query: 'bank robbery', index: 'films', id: 'm3' });
    expect(explained).toMatchObject({
      id: 'm3',
      rank: expect.any(Number),
      fields: [{ field: 'title' }, { field: 'overview' }],
      words: expect.arrayContaining([expect.objectContaining({ word: 'robbery', met: 'robbery' })]),
    });
    expect(await called(client, 'explain', { query: 'bank robbery', index: 'films', id: 'm33' })).toMatch(/^E_NOT_FOUND: /);
  });

  it('reranks texts that are at hand', async () => {
    const documents = ['The price of wheat rose.', { title: 'Bats', text: 'They hunt by echo.' }, 'Tax law'];
    const ranked = await called(client, 'rerank', { query: 'how do bats find their way', documents, top: 2 });
    expect(ranked).toMatchObject({ results: [{ rank: 1, index: 1, probability: expect.any(Number) }, { rank: 2 }], calibrated: true });
  });

  it('has documents as resources, and opens no file for one', async () => {
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(
      expect.arrayContaining(['finetooth://films', 'finetooth://films/m0', 'finetooth://notes/garden%2Fbats.md']),
    );
    const outside = [
      'finetooth://notes/..%2F..%2F..%2Fetc%2Fpasswd',
      'finetooth://../etc/passwd',
      'file:///etc/passwd',
      'finetooth://notes/%',
    ];
    for (const uri of outside) await expect(client.readResource({ uri }), uri).rejects.toMatchObject({ code: -32602 });
  });
});

describe('what changes meanwhile', () => {
  it('finds what was added, where that is allowed, and many calls at once', async () => {
    const client = await clientAt(server.url, 'modern', { authorization: `Bearer ${KEY}` });
    open.push(client);
    const documents = [{ id: 'm7', title: 'The Killing', year: 1956, genre: 'crime', overview: 'A racetrack is robbed.' }];
    expect(await called(client, 'add_documents', { index: 'films', documents })).toMatchObject({ added: 1, changed: 0 });
    expect(await called(client, 'add_documents', { index: 'films', documents })).toMatchObject({ added: 0, unchanged: 1 });
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) => called(client, 'search', { query: `racetrack robbed ${i}`, index: 'films', top: 1 })),
    );
    for (const one of many) expect((one as Found).results[0]?.id).toBe('m7');
  });

  it('answers from an index that was made again, and says when there is none', async () => {
    const client = await overStdio('modern');
    open.push(client);
    expect(await called(client, 'search', { query: 'bats', index: 'notes', top: 1 })).toMatchObject({
      results: [{ id: 'garden/bats.md' }],
    });
    rmSync(notes, { recursive: true });
    expect(await called(client, 'search', { query: 'bats', index: 'notes' })).toMatch(/^E_INDEX_MISSING: /);
    writeFileSync(join(folder, 'bats.jsonl'), JSON.stringify({ id: 'new', text: 'Bats hang from the beam.' }));
    await indexDocuments({ source: join(folder, 'bats.jsonl'), into: notes, models });
    expect(await called(client, 'search', { query: 'bats', index: 'notes' })).toMatchObject({ results: [{ id: 'new' }] });
  });

  it('lets no one in over HTTP without a key, nor a page that may not ask', async () => {
    const hello = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const post = (headers: Record<string, string>) =>
      fetch(`${server.url}/mcp`, {
        method: 'POST',
        body: JSON.stringify(hello),
        headers: { accept: 'application/json, text/event-stream', ...headers },
      });
    const refused = await post({});
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.json()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32000, message: 'no api key supplied', data: { code: 'E_UNAUTHORIZED' } },
    });
    expect((await post({ authorization: `Bearer ${KEY}`, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ authorization: `Bearer ${KEY}` })).status).toBe(200);
    expect(
      (await fetch(`${server.url}/v1/rerank`, { method: 'POST', body: '{}', headers: { authorization: `Bearer ${KEY}` } })).status,
    ).toBe(404);
  });
});
