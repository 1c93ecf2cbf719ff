import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ServeOptions, type Server, serve } from '../../src/server/listen.ts';
import { wrongFilters } from '../wrong-filters.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-serve-'));
const KEY = 'ft_a-key-that-nobody-else-has';
writeFileSync(join(folder, 'keys'), `# laptops\n${KEY} laptop\n`);

const started: Server[] = [];
const start = async (options: Partial<ServeOptions> = {}): Promise<Server> => {
  const server = await serve({ port: 0, version: '0.0.0', ...options });
  started.push(server);
  return server;
};
afterAll(async () => {
  await Promise.all(started.map((server) => server.close(1000)));
});

const films = readFileSync(join(import.meta.dirname, '../../samples/films/corpus.jsonl'), 'utf8')
  .trim()
  .split('\n');
const post = (server: Server, path: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(server.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init });

describe('the server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await start({ indexesFolder: join(folder, 'indexes'), mostDocuments: 2000 });
    for (let i = 0; i < 100 && (await fetch(`${server.url}/ready`)).status !== 200; i++) await sleep(50);
  });

  it('ranks by the default, and by name, and says which model ran', async () => {
    const query = 'how do bats find their way in the dark';
    const documents = ['The price of wheat rose.', 'Bats hunt by echo: they cry and listen.', 'A film about a man in a cape.'];
    for (const [model, ran] of [
      ['rerank-v3.5', 'bge-small-en-v1.5+ms-marco-minilm-l-12-v2'],
      ['Salesforce/Llama-Rank-V1', 'bge-small-en-v1.5+ms-marco-minilm-l-12-v2'],
      ['late-interaction', 'bge-small-en-v1.5'],
      ['cross-encoder/ms-marco-MiniLM-L-12-v2', 'ms-marco-minilm-l-12-v2'],
    ]) {
      const answer = (await (await post(server, '/v1/rerank', { model, query, documents })).json()) as {
        model: string;
        results: { index: number; relevance_score: number }[];
      };
      expect(answer.model).toBe(ran);
      expect(answer.results[0]?.index).toBe(1);
      const given = answer.results.map(({ relevance_score }) => relevance_score);
      expect(given).toEqual(given.toSorted((a, b) => b - a));
      expect(Math.min(...given)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...given)).toBeLessThanOrEqual(1);
    }
  });

  it('reads named fields of objects, in their order', async () => {
    const documents = [
      { title: 'Bats', body: 'The price of wheat.' },
      { title: 'Wheat', body: 'How bats find their way.' },
    ];
    const first = async (rank_fields: string[]): Promise<number | undefined> =>
      ((await (await post(server, '/v1/rerank', { query: 'bats', documents, rank_fields })).json()) as { results: { index: number }[] })
        .results[0]?.index;
    expect([await first(['title']), await first(['body'])]).toEqual([0, 1]);
    const missing = await post(server, '/v1/rerank', { query: 'bats', documents, rank_fields: ['colour'] });
    expect([missing.status, await missing.json()]).toMatchObject([400, { message: 'no document has the field "colour" of rank_fields' }]);
  });

  it('says what it cut, and refuses to cut where that was asked', async () => {
    const long = 'A sentence about bats. '.repeat(400);
    const cut = await post(server, '/v2/rerank', { model: 'default', query: 'bats', documents: [long, 'short'] });
    expect([cut.status, cut.headers.get('x-finetooth-cut')]).toEqual([200, '1']);
    expect(await cut.json()).toMatchObject({
      meta: { warnings: ["1 of 2 documents did not fit the model's window; their ends were not read"] },
    });
    const refused = await post(server, '/voyage/v1/rerank', {
      model: 'default',
      query: 'bats',
      documents: ['short', long],
      truncation: false,
    });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        detail: expect.stringMatching(
          /^the document at index 1 is \d+ tokens too long for the model beside this query, and cutting was not allowed$/,
        ) as string,
      },
    ]);
    const [few, many] = await Promise.all(
      [8, 400].map(async (max_tokens_per_doc) => {
        const answer = await post(server, '/v2/rerank', {
          model: 'ms-marco-minilm-l-12-v2',
          query: 'bats',
          documents: [`Wheat and rye and oats and barley. ${long}`],
          max_tokens_per_doc,
        });
        return ((await answer.json()) as { results: { relevance_score: number }[]; meta: { tokens: { input_tokens: number } } }).meta.tokens
          .input_tokens;
      }),
    );
    expect(few).toBeLessThan(30);
    expect(many).toBeGreaterThan(300);
  });

  it('answers in time with what it has, and says so', async () => {
    const answer = await post(
      server,
      '/v2/rerank',
      { model: 'default', query: 'a heist', documents: films },
      { headers: { 'x-deadline-ms': '300' } },
    );
    expect([answer.status, answer.headers.get('x-finetooth-complete')]).toEqual([200, 'false']);
    expect(((await answer.json()) as { results: unknown[] }).results).toHaveLength(films.length);
  });

  it('embeds as the library does, in base64 too', async () => {
    const read = async (encoding_format: string): Promise<{ data: { embedding: string | number[] }[]; model: string }> =>
      (await (await post(server, '/v1/embeddings', { model: 'text-embedding-3-small', input: ['bats'], encoding_format })).json()) as never;
    const [packed, plain] = [await read('base64'), await read('float')];
    const bytes = Buffer.from(packed.data[0]?.embedding as string, 'base64');
    expect(Array.from({ length: 384 }, (_, i) => bytes.readFloatLE(i * 4))).toEqual(plain.data[0]?.embedding);
    expect(plain.model).toBe('bge-small-en-v1.5');
    const other = await post(server, '/v1/embeddings', { model: 'text-embedding-3-small', input: 'bats', dimensions: 256 });
    expect([other.status, await other.json()]).toMatchObject([
      400,
      { error: { message: 'the vectors of bge-small-en-v1.5 have 384 numbers; 256 are not to be had' } },
    ]);
  });

  it('says what a field takes that may be one text or several', async () => {
    for (const [field, most] of [
      ['sort', 'at most 10 '],
      ['reranker', 'at most 8 '],
    ] as const) {
      const answer = await post(server, '/v1/search', { index: 'films', query: 'bats', [field]: 5 });
      expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
        400,
        expect.stringContaining(`${field}: must be a list of ${most}texts, or one text`),
      ]);
    }
  });

  it('makes an index, fills it from a stream, searches it with a filter, and deletes it', async () => {
    const odd = await post(server, '/v1/indexes', { name: 'films', types: { year: 'day' } });
    expect(odd.status).toBe(400);
    const made = await post(server, '/v1/indexes', { name: 'films', fields: ['title', 'overview'], types: { year: 'number' } });
    expect([made.status, await made.json()]).toMatchObject([201, { name: 'films', documents: 0 }]);
    const again = await post(server, '/v1/indexes', { name: 'films' });
    expect([again.status, await again.json()]).toMatchObject([
      400,
      { message: 'there is an index "films" already; delete it first, or choose another name' },
    ]);
    const stored = await post(server, '/v1/indexes/films/documents', films.join('\n'), { headers: { accept: 'application/x-ndjson' } });
    const lines = (await stored.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    // Whoever waits long hears meanwhile that nothing is stored yet.
    expect(lines.find((line) => (line as { acknowledged?: number }).acknowledged !== 0)).toEqual({ acknowledged: 256 });
    expect(lines.at(-1)).toMatchObject({ report: { added: films.length, unchanged: 0 } });

    const body = { index: 'films', query: 'a heist that goes wrong', top: 3, filter: { fields: { year: { lt: 2000 } } } };
    const found = (await (await post(server, '/v1/search', body)).json()) as {
      results: { document: { year: number } }[];
      complete: boolean;
    };
    expect(found.results).toHaveLength(3);
    for (const { document } of found.results) expect(document.year).toBeLessThan(2000);

    for (const [json, sentence] of wrongFilters) {
      const refused = await post(server, '/v1/search', `{"index": "films", "query": "a heist", "filter": ${json}}`);
      const { message } = (await refused.json()) as { message: string };
      // The bounds of any body are looked at first, and come to the same.
      const expected = refused.status === 413 ? 'the body holds an object of more than 1000 names' : sentence;
      expect([400, 413], json.slice(0, 80)).toContain(refused.status);
      expect(message).toContain(expected);
    }
    const proto = await post(server, '/v1/search', '{"index": "films", "query": "a heist", "filter": {"fields": {"__proto__": "x"}}}');
    expect(await proto.json()).toMatchObject({ results: [] });

    const streamed = await post(server, '/v1/search', { ...body, stream: true, documents: false });
    expect(streamed.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = (await streamed.text())
      .trim()
      .split('\n\n')
      .map((event) => event.split('\n')[0]);
    // The first stage, late interaction, and each slice of the cross-encoder.
    expect(events.slice(0, 2)).toEqual(['event: results', 'event: results']);
    expect(new Set(events.slice(2, -1))).not.toContain('event: answer');
    expect(events.at(-1)).toBe('event: answer');

    const torn = await post(server, '/v1/indexes/films/documents', `{"_id": "new", "title": "New", "overview": "x"}\n{"title": "To`);
    expect([torn.status, await torn.json()]).toMatchObject([
      422,
      { message: expect.stringMatching(/^line 2 is not JSON: .*; 0 documents before it are stored$/) as string },
    ]);
    const gone = await post(server, '/v1/indexes/films/delete', { ids: ['alien-1979', 'nobody'] });
    expect(await gone.json()).toEqual({ deleted: 1 });
    expect(await (await fetch(`${server.url}/v1/indexes/films`)).json()).toMatchObject({ documents: films.length - 1 });
    expect((await fetch(`${server.url}/v1/indexes/films`, { method: 'DELETE' })).status).toBe(200);
    expect((await post(server, '/v1/search', { index: 'films', query: 'x' })).status).toBe(404);
  });

  it('compares numbers and dates in texts by types, declared or inferred, and says what it cannot compare', async () => {
    const made = await post(server, '/v1/indexes', { name: 'shop', types: { year: 'number' } });
    expect([made.status, await made.json()]).toMatchObject([201, { name: 'shop' }]);
    const rows = [
      { id: '1', title: 'Old', text: 'bats at night', year: '1989', published: '1989-03-01', zip: '00123' },
      { id: '2', title: 'New', text: 'bats and whales', year: '2012', published: '2012-06-30T12:00:00Z', zip: '94110' },
      { id: '3', title: 'Odd', text: 'bats again', year: 'unknown', published: '2001-01-01', zip: '94110' },
    ];
    const stored = await post(server, '/v1/indexes/shop/documents', rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(await stored.json()).toMatchObject({ added: 3, unreadable: { year: 1 } });
    expect(await (await fetch(`${server.url}/v1/indexes/shop`)).json()).toMatchObject({
      types: { id: 'keyword', published: 'date', year: 'number', zip: 'keyword' },
      unreadable: { year: 1 },
    });
    const found = async (filter: unknown) =>
      (await (await post(server, '/v1/search', { index: 'shop', query: 'bats', filter, reranker: null })).json()) as {
        results: { id: string; document: { year: string } }[];
        notes?: string[];
      };
    const { results, notes } = await found({ year: { gte: 1990 }, published: '2012-06-30' });
    expect([results.map(({ id, document }) => [id, document.year]), notes]).toEqual([[['2', '2012']], undefined]);
    expect((await found('zip > 5 or yaer = 3')).notes).toEqual([
      expect.stringContaining('"zip" holds keywords in this index, and 5 compares with none'),
      'no document of this index has a field "yaer"; the nearest is "year"',
    ]);
    expect((await fetch(`${server.url}/v1/indexes/shop`, { method: 'DELETE' })).status).toBe(200);
  });

  it('stems the words of an index in its languages', async () => {
    const wrong = await post(server, '/v1/indexes', { name: 'artikel', languages: ['xx'] });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('there is no stemmer for the language')]);
    expect((await post(server, '/v1/indexes', { name: 'artikel', languages: ['de', 'fr'], language_field: 'lang' })).status).toBe(201);
    await post(server, '/v1/indexes/artikel/documents', '{"id":"a","text":"Die Häuser sind alt","lang":"de"}');
    expect(await (await fetch(`${server.url}/v1/indexes/artikel`)).json()).toMatchObject({
      words: 'words-2',
      languages: ['de', 'fr'],
      language_field: 'lang',
    });
    const found = await post(server, '/v1/search', { index: 'artikel', query: 'Haus', first_stage: 'bm25', reranker: null });
    expect(((await found.json()) as { results: { id: string }[] }).results.map(({ id }) => id)).toEqual(['a']);
    const none = await post(server, '/v1/search', { index: 'artikel', query: '?!', first_stage: 'bm25', reranker: null });
    expect(((await none.json()) as { notes?: string[] }).notes).toEqual([expect.stringContaining('the query has no word')]);
    expect((await fetch(`${server.url}/v1/indexes/artikel`, { method: 'DELETE' })).status).toBe(200);
  });

  it('splits long texts into passages, unless an index is made without', async () => {
    const filler = Array.from({ length: 120 }, (_, i) => `The office published memo number ${i} about parking and lunch menus.`).join(' ');
    const manual = { id: 'manual', title: 'Manual', text: `${filler}\n\n## Kitchen\n\nTo reset the espresso machine press both buttons.` };
    const notes = Array.from({ length: 30 }, (_, i) => ({ id: `n${i}`, title: `Note ${i}`, text: 'Beans, cups, sugar, milk frother.' }));
    const wrong = await post(server, '/v1/indexes', { name: 'long', passages: 'on' });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('passages')]);
    for (const [name, passages] of [
      ['split', 'auto'],
      ['whole', 'off'],
    ] as const) {
      expect((await post(server, '/v1/indexes', { name, fields: ['title', 'text'], passages })).status).toBe(201);
      await post(server, `/v1/indexes/${name}/documents`, [manual, ...notes].map((one) => JSON.stringify(one)).join('\n'));
      const status = (await (await fetch(`${server.url}/v1/indexes/${name}`)).json()) as { documents: number; passages?: number };
      expect([status.documents, (status.passages ?? 0) > 31]).toEqual([31, name === 'split']);
      const asked = { index: name, query: 'how do I reset the espresso machine', top: 1, candidates: 31 };
      const { results } = (await (await post(server, '/v1/search', asked)).json()) as { results: unknown[] };
      const highlight = { text: 'To reset the espresso machine press both buttons.', start: expect.any(Number) as number };
      if (name === 'split') expect(results).toMatchObject([{ id: 'manual', highlight }]);
      else expect(results).not.toMatchObject([{ id: 'manual', highlight }]);
      expect(await (await post(server, `/v1/indexes/${name}/delete`, { ids: ['manual'] })).json()).toEqual({ deleted: 1 });
      expect((await fetch(`${server.url}/v1/indexes/${name}`, { method: 'DELETE' })).status).toBe(200);
    }
  });

  it.each([
    '..',
    '../keys',
    '%2e%2e%2fkeys',
    '/etc/passwd',
    'a/../../keys',
    '.gone',
    'FILMS',
    'x'.repeat(65),
  ])('knows no index %s', async (name) => {
    const answer = await fetch(`${server.url}/v1/indexes/${encodeURIComponent(name)}`);
    expect([400, 404]).toContain(answer.status);
    const made = await post(server, '/v1/indexes', { name });
    expect(made.status).toBe(400);
  });

  it('refuses more documents, a longer query and a larger body than it takes, with the limit in the sentence', async () => {
    const many = await post(server, '/v2/rerank', { model: 'default', query: 'q', documents: Array.from({ length: 2001 }, () => 'x') });
    expect([many.status, await many.json()]).toMatchObject([413, { message: 'documents may hold 2000; got 2001' }]);
    const query = await post(server, '/v2/rerank', { model: 'default', query: 'x'.repeat(100_001), documents: ['x'] });
    expect([query.status, await query.json()]).toMatchObject([413, { message: 'a query may have 100000 characters; got 100001' }]);
    const small = await start({ bodyBytes: 1000 });
    const large = await post(small, '/v2/rerank', { model: 'default', query: 'q', documents: ['x'.repeat(2000)] });
    expect([large.status, await large.json()]).toMatchObject([413, { message: 'the body is larger than 1000 bytes' }]);
  });

  it('shows what it can be asked', async () => {
    await post(server, '/v2/rerank', { model: 'default', query: 'bats', documents: ['x'] });
    const page = await (await fetch(`${server.url}/docs`)).text();
    expect(page).toContain('<code>/v1/rerank</code>');
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/rerank', '/v1/rerank', '/v2/rerank', '/v1/search', '/v1/indexes/{name}/documents']),
    );
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/te_request_success\{method="rerank"\} \d+/);
  });
});

describe('who may ask', () => {
  it('is who has a key, where there are keys', async () => {
    const logged: string[] = [];
    const server = await start({
      keyFile: join(folder, 'keys'),
      log: { level: 'info', stream: { write: (line) => void logged.push(line) } },
    });
    const body = { model: 'nope', query: 'q', documents: ['x'] };
    expect((await post(server, '/v2/rerank', body)).status).toBe(401);
    expect((await post(server, '/v2/rerank', body, { headers: { authorization: 'Bearer wrong-key-of-some-length' } })).status).toBe(401);
    expect((await post(server, '/v2/rerank', body, { headers: { authorization: `Bearer ${KEY}` } })).status).toBe(404);
    expect((await post(server, '/v2/rerank', body, { headers: { 'x-api-key': KEY } })).status).toBe(404);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    expect(logged.join('')).toContain('"key":"laptop"');
    for (const secret of [KEY, 'wrong-key-of-some-length']) expect(logged.join('')).not.toContain(secret);
  });

  it('is who has a key of the lines that were given, beside those of the file', async () => {
    const own = 'a-key-that-came-in-a-variable';
    const rerank = async (server: Server, key: string): Promise<number> =>
      (await post(server, '/v2/rerank', { model: 'nope', query: 'q', documents: ['x'] }, { headers: { authorization: `Bearer ${key}` } }))
        .status;
    const server = await start({ keys: `# from a variable\n${own} page` });
    expect([await rerank(server, own), await rerank(server, KEY)]).toEqual([404, 401]);
    const both = await start({ keys: own, keyFile: join(folder, 'keys') });
    expect([await rerank(both, own), await rerank(both, KEY), await rerank(both, `${KEY}x`)]).toEqual([404, 404, 401]);
    await expect(start({ keys: 'short' })).rejects.toThrow('line 1 of the given keys has a key of 5 characters');
    await expect(start({ keys: ' ' })).rejects.toThrow('there is no key in the given keys');
  });

  it('is nobody from elsewhere without a key, unless that is spelled out', async () => {
    await expect(serve({ host: '0.0.0.0', port: 0, version: '0' })).rejects.toThrow(
      '0.0.0.0 is reached by other machines: name a file of keys as keyFile ("finetooth key" makes one), or spell out noKeys.',
    );
    const open = await start({ host: '0.0.0.0', noKeys: true });
    expect((await fetch(`${open.url.replace('0.0.0.0', '127.0.0.1')}/health`)).status).toBe(200);
  });

  it('is no web page, under whichever name it comes', async () => {
    const server = await start({ origins: ['https://friend.example'] });
    const asked = async (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const { port } = new URL(server.url);
        const socket = connect(Number(port), '127.0.0.1');
        const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: 'close', ...headers }).map(
          ([name, value]) => `${name}: ${value}`,
        );
        socket.end(`GET /v1/models HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
        let text = '';
        socket.setEncoding('utf8').on('data', (part: string) => (text += part));
        socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
        socket.on('error', reject);
      });
    expect(await asked({})).toBe(200);
    expect(await asked({ host: 'localhost:1' })).toBe(200);
    expect(await asked({ host: 'evil.example' })).toBe(403);
    expect(await asked({ origin: 'https://evil.example' })).toBe(403);
    expect(await asked({ origin: 'null' })).toBe(403);
    expect(await asked({ origin: 'https://friend.example' })).toBe(200);
  });
});

describe('under load', () => {
  const slow = { model: 'ms-marco-minilm-l-12-v2', query: 'bats', documents: films };

  it('tells at once who does not fit in, and when to come again', async () => {
    const server = await start({ mostRequests: 2 });
    const order: number[] = [];
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const answer = await post(server, '/v2/rerank', { ...slow, documents: films.slice(0, 60) });
        await answer.arrayBuffer();
        order.push(answer.status);
        return answer;
      }),
    );
    expect(order).toEqual([429, 429, 429, 429, 200, 200]);
    for (const { status, headers } of answers) if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('lets short questions pass long ones, and works no more for who is gone', async () => {
    const server = await start();
    await post(server, '/v2/rerank', { ...slow, documents: ['x'] });
    const stopper = new AbortController();
    const order: string[] = [];
    const long = post(server, '/v2/rerank', { ...slow, documents: [...films, ...films, ...films] }, { signal: stopper.signal }).then(
      () => order.push('long'),
      () => order.push('stopped'),
    );
    const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
    const waiting = (count: number) => vi.waitFor(async () => expect(await metrics()).toContain(`te_queue_size ${count}\n`), 60_000);
    await waiting(1);
    await (await post(server, '/v2/rerank', { ...slow, documents: films.slice(0, 3) })).arrayBuffer();
    order.push('short');
    expect(order).toEqual(['short']);
    stopper.abort();
    await long;
    await waiting(0);
    // Had the long one been read to its end, its tokens would be among them.
    expect(Number(/^finetooth_tokens\{method="rerank"\} (\d+)$/m.exec(await metrics())?.[1])).toBeLessThan(2000);
  });

  it('finishes what it accepted when it is closed', async () => {
    const server = await start();
    await post(server, '/v2/rerank', { ...slow, documents: ['x'] });
    const answer = post(server, '/v2/rerank', { ...slow, documents: films.slice(0, 60) });
    await sleep(100);
    const closing = server.close();
    expect((await (await answer).json()) as object).toMatchObject({ results: expect.any(Array) as unknown[] });
    await closing;
    await expect(post(server, '/v2/rerank', slow)).rejects.toThrow();
  });

  it.each([
    ['application/x-ndjson'],
    ['application/json'],
  ])('tells who goes on sending documents that it is being closed, as %s', async (accept) => {
    const server = await start({ indexesFolder: mkdtempSync(join(tmpdir(), 'finetooth-closing-')) });
    await post(server, '/v1/indexes', { name: 'notes', fields: ['text'] });
    let sent = 0;
    const upload = request(`${server.url}/v1/indexes/notes/documents`, { method: 'POST', headers: { accept } });
    upload.on('error', () => {});
    const answered = new Promise<{ status: number; after: string | undefined; text: string }>((resolve) => {
      upload.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', () => {});
        answer.on('close', () => resolve({ status: answer.statusCode ?? 0, after: answer.headers['retry-after'], text }));
      });
    });
    const sending = setInterval(() => upload.write(`{"id":"${sent}","text":"note ${sent++}"}\n`), 5);
    await sleep(400);
    // Longer than this test may take.
    await server.close(600_000);
    const { status, after, text } = await answered;
    clearInterval(sending);
    expect(text).toContain('this server is being closed; what was acknowledged is kept, send the rest again');
    if (accept.includes('ndjson'))
      expect(JSON.parse(text.trimEnd().split('\n').at(-1) as string)).toMatchObject({ error: { code: 'E_BUSY' } });
    else expect([status, after]).toEqual([429, '5']);
  });

  it('takes only so many bytes at the same time, however slowly they come', async () => {
    const server = await start({ bodyBytes: 1000, readingBytes: 1500 });
    const { port } = new URL(server.url);
    const sockets = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')];
    const answers = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let text = '';
          socket.setEncoding('utf8').on('data', (part: string) => {
            text += part;
            resolve(text);
          });
          socket.on('error', () => {});
          socket.on('close', () => resolve(text));
        }),
    );
    for (const socket of sockets) {
      socket.write(`POST /v2/rerank HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 900\r\n\r\n${' '.repeat(800)}`);
      await sleep(50);
    }
    expect(await answers[1]).toMatch(/^HTTP\/1\.1 429 [\s\S]*1500 bytes of requests are coming in already/);
    sockets[0]?.destroy();
    await sleep(50);
    expect((await post(server, '/v2/rerank', { model: 'default', query: 'q', documents: ['x'.repeat(500)] })).status).toBe(200);
    sockets[1]?.destroy();
  });

  it('cuts off who sends a body too slowly', async () => {
    const server = await start({ bodyMs: 300 });
    const { port } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`POST /v2/rerank HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 1000\r\n\r\n{`);
      const drip = setInterval(() => socket.write(' '), 100);
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(drip);
        resolve();
      });
    });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
