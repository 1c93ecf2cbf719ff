import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexFolders } from '../../src/assemble/index-folders.ts';
import { readTestSet } from '../../src/eval/index.ts';
import { queryIdOf } from '../../src/eval/label/queries.ts';
import { createIndexRegistry } from '../../src/server/indexes/registry.ts';
import { ownRoutes } from '../../src/server/indexes/routes.ts';
import { createLoadShedder } from '../../src/server/load-shedding.ts';
import { fakeApp, fakeModels } from './fake.ts';

const root = mkdtempSync(join(tmpdir(), 'finetooth-judging-'));
const folder = join(root, 'films-judgments');
beforeAll(async () => {
  // Planned indexes: what is judged in them is of no concern to who keeps the judgments.
  for (const name of ['films', 'books', 'odd', 'races']) await indexFolders(root).create(name, {});
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What any of these answers may hold. */
interface Told {
  readonly queries: readonly { readonly query: string; readonly grades: Readonly<Record<string, number>> }[];
  readonly judgments: number;
  readonly judged_queries: number;
  readonly passed_over?: readonly object[];
  readonly rbo: number;
  readonly error: { readonly code: string; readonly param: string };
}
const lines: string[] = [];
const server = (judgments?: string) => {
  const shedder = createLoadShedder();
  const indexes = createIndexRegistry({ given: [], folders: indexFolders(root), models: {}, judgments });
  const log = { level: 'info', stream: { write: (line: string) => void lines.push(line) } };
  return fakeApp({ routes: ownRoutes({ indexes, models: fakeModels, shedder, mostQueryCharacters: 200 }), log }, shedder);
};
const app = await server();
const ask = async (method: 'GET' | 'PATCH' | 'POST', url: string, payload?: unknown, on = app) => {
  const answer = await on.inject({
    method,
    url,
    headers: { host: '127.0.0.1' },
    payload: payload === undefined ? undefined : JSON.stringify(payload),
  });
  const json = String(answer.headers['content-type']).startsWith('application/json');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    body: json ? (JSON.parse(answer.body) as Told) : ({} as Told),
  };
};
const give = (name: string, ...judgments: { query: string; id: string; grade: number | null; was?: readonly (number | null)[] }[]) =>
  ask('PATCH', `/v1/indexes/${name}/judgments`, { judgments });

describe('judgments over HTTP', () => {
  it('are kept as finetooth label keeps them, changed, taken back, and told', async () => {
    expect((await ask('GET', '/v1/indexes/films/judgments')).body).toEqual({
      queries: [],
      judgments: 0,
      judged_queries: 0,
      grade_names: ['not', 'a little', 'mostly', 'exactly'],
    });
    await give('films', { query: ' a heist ', id: 'd1', grade: 3 }, { query: 'bats', id: 'd2', grade: 0 });
    const changed = await give('films', { query: 'a heist', id: 'd1', grade: 2 }, { query: 'a heist', id: 'd3', grade: 1 });
    const heist = { id: queryIdOf('a heist'), query: 'a heist', grades: { d1: 2, d3: 1 } };
    expect([changed.status, changed.body.queries, changed.body.judgments, changed.body.judged_queries]).toEqual([200, [heist], 3, 2]);
    const taken = await give('films', { query: 'bats', id: 'd2', grade: null });
    expect(taken.body).toMatchObject({ queries: [{ query: 'bats', grades: {} }], judgments: 2, judged_queries: 1 });
    expect((await ask('GET', '/v1/indexes/films/judgments')).body.queries).toEqual([heist]);
    const set = await readTestSet(folder);
    expect(set.judgments.get(heist.id)).toEqual(new Map(Object.entries(heist.grades)));
    expect(set.queries.get(heist.id)).toBe('a heist');
  });

  it('that come late leave a newer grade of someone else, and tell it', async () => {
    const query = 'late words';
    const late = (id: string, grade: number | null, was: readonly (number | null)[]) =>
      give('races', { query: ` ${query} `, id, grade, was });
    expect((await late('d1', 2, [null])).body).toMatchObject({ queries: [{ grades: { d1: 2 } }], passed_over: [] });
    // The same again, as after an answer that was lost; then a change of who gave it.
    expect((await late('d1', 2, [null])).body.passed_over).toEqual([]);
    expect((await late('d1', 3, [null, 2])).body).toMatchObject({ queries: [{ grades: { d1: 3 } }], passed_over: [] });
    await give('races', { query, id: 'd1', grade: 0 });
    expect((await late('d1', 3, [null, 2])).body).toMatchObject({
      queries: [{ grades: { d1: 0 } }],
      passed_over: [{ query, id: 'd1', there: 0 }],
    });
    await give('races', { query, id: 'd1', grade: null }, { query, id: 'd2', grade: 1 });
    // What may be done is done.
    const both = await give('races', { query, id: 'd1', grade: 1, was: [3] }, { query, id: 'd2', grade: 2, was: [1] });
    expect(both.body).toMatchObject({ queries: [{ grades: { d2: 2 } }], passed_over: [{ query, id: 'd1', there: null }] });
    const refused = await give('races', { query, id: 'd1', grade: 1, was: [7] });
    expect([refused.status, refused.body.error.param]).toEqual([400, 'judgments.0.was.0']);
    await give('races', { query, id: 'd2', grade: null });
  });

  it('are named by a tag, so that who looks often is sent only what is new', async () => {
    await give('races', { query: 'tagged', id: 'd1', grade: 2 });
    const look = (tag?: string) =>
      app.inject({
        method: 'GET',
        url: '/v1/indexes/races/judgments',
        headers: { host: '127.0.0.1', ...(tag && { 'if-none-match': tag }) },
      });
    const first = await look();
    const tag = String(first.headers.etag);
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    expect(await look(tag)).toMatchObject({ statusCode: 304, body: '', headers: { etag: tag } });
    expect((await look('"another", W/"more"')).statusCode).toBe(200);
    await give('races', { query: 'tagged', id: 'd1', grade: 1 });
    const changed = await look(tag);
    expect([changed.statusCode, changed.headers.etag === tag]).toEqual([200, false]);
    await give('races', { query: 'tagged', id: 'd1', grade: null });
  });

  it('leave as files that eval, trec_eval and BEIR read', async () => {
    const file = async (format: string) => ask('GET', `/v1/indexes/films/judgments?format=${format}`);
    const id = queryIdOf('a heist');
    expect((await file('trec')).text).toBe(`${id} 0 d1 2\n${id} 0 d3 1\n`);
    expect((await file('qrels')).text).toBe(`query-id\tcorpus-id\tscore\n${id}\td1\t2\n${id}\td3\t1\n`);
    expect((await file('queries')).text).toBe(`{"_id":"${id}","text":"a heist"}\n`);
    const list = await file('jsonl');
    expect(list.headers['content-disposition']).toBe('attachment; filename="judgments.jsonl"');
    writeFileSync(join(root, 'list.jsonl'), list.text);
    const set = await readTestSet(join(root, 'list.jsonl'));
    expect([set.queries.get(id), set.judgments.get(id)]).toEqual(['a heist', new Map(Object.entries({ d1: 2, d3: 1 }))]);
    expect(await file('xml')).toMatchObject({
      status: 400,
      body: { error: { param: 'format', message: expect.stringContaining('jsonl, trec') } },
    });
    await give('books', { query: 'x', id: 'a b', grade: 1 });
    expect(await ask('GET', '/v1/indexes/books/judgments?format=trec')).toMatchObject({
      status: 400,
      body: { error: { param: 'format' } },
    });
  });

  it.each([
    [{ judgments: [] }, 'judgments'],
    [{ judgments: [{ query: 'a', id: 'd', grade: 4 }] }, 'judgments.0.grade'],
    [{ judgments: [{ query: 'a', id: 'd', grade: 1.5 }] }, 'judgments.0.grade'],
    [{ judgments: [{ query: ' ', id: 'd', grade: 1 }] }, 'judgments.0.query'],
    [{ judgments: [{ query: 'a', id: 'd\te', grade: 1 }] }, 'judgments.0.id'],
    [
      {
        judgments: [
          { query: 'a', id: 'd', grade: 1 },
          { query: 'b', id: 'd' },
        ],
      },
      'judgments.1.grade',
    ],
    [{ judgments: [{ query: 'q'.repeat(201), id: 'd', grade: 1 }] }, 'judgments'],
  ])('%j is refused whole, and says where', async (body, param) => {
    const before = (await ask('GET', '/v1/indexes/films/judgments')).text;
    const { status, body: answer } = await ask('PATCH', '/v1/indexes/films/judgments', body);
    expect([status >= 400 && status < 500, answer.error.param]).toEqual([true, param]);
    expect((await ask('GET', '/v1/indexes/films/judgments')).text).toBe(before);
  });

  it('are of an index that there is', async () => {
    for (const method of ['GET', 'PATCH'] as const)
      expect(await ask(method, '/v1/indexes/none/judgments', { judgments: [{ query: 'a', id: 'd', grade: 1 }] })).toMatchObject({
        status: 404,
        body: { error: { code: 'E_INDEX_MISSING' } },
      });
    expect(readdirSync(root)).not.toContain('none-judgments');
  });

  it('go into the folder that the operator names, one in it an index', async () => {
    const own = await server(join(root, 'kept'));
    await ask('PATCH', '/v1/indexes/films/judgments', { judgments: [{ query: 'bats', id: 'd', grade: 1 }] }, own);
    expect(readdirSync(join(root, 'kept', 'films')).sort()).toEqual(['qrels.tsv', 'queries.jsonl']);
  });

  it('that the server cannot read are its own affair: no path is told, and the log has the reason', async () => {
    mkdirSync(join(root, 'odd-judgments'));
    writeFileSync(join(root, 'odd-judgments', 'qrels.tsv'), 'q 0 d 1\n');
    for (const answer of [await ask('GET', '/v1/indexes/odd/judgments'), await give('odd', { query: 'a', id: 'd', grade: 1 })]) {
      expect([answer.status, answer.body.error.code]).toEqual([500, 'E_JUDGMENTS_DAMAGED']);
      expect(answer.text).not.toContain(root);
    }
    expect(lines.some((line) => line.includes('begins with'))).toBe(true);
    expect(readFileSync(join(root, 'odd-judgments', 'qrels.tsv'), 'utf8')).toBe('q 0 d 1\n');
  });

  it('of two servers that are given at once are all kept, whatever their order', async () => {
    const servers = [await server(), await server()];
    const given = Array.from({ length: 24 }, (_, at) => ({ query: `query ${at % 5}`, id: `d${at}`, grade: at % 4 }));
    const answers = await Promise.all(
      given.map((one, at) => ask('PATCH', '/v1/indexes/races/judgments', { judgments: [one] }, servers[at % 2] as typeof app)),
    );
    expect(answers.map(({ status }) => status)).toEqual(given.map(() => 200));
    const { queries, judgments } = (await ask('GET', '/v1/indexes/races/judgments')).body;
    expect(judgments).toBe(given.length);
    for (const { query, id, grade } of given) expect(queries.find((one) => one.query === query)?.grades[id]).toBe(grade);
  });

  it('leave no words in log or numbers', async () => {
    expect(lines.join('')).not.toContain('heist');
    expect((await app.inject({ url: '/metrics', headers: { host: '127.0.0.1' } })).body).not.toContain('heist');
  });
});

describe('the overlap of two rankings', () => {
  it('is rank-biased, and says what each has alone', async () => {
    const { body } = await ask('POST', '/v1/overlap', { left: ['a', 'b', 'c'], right: ['b', 'a', 'd'] });
    expect(body).toEqual({ rbo: expect.any(Number), common: ['a', 'b'], only_left: ['c'], only_right: ['d'] });
    expect(body.rbo).toBeGreaterThan(0.4);
    expect((await ask('POST', '/v1/overlap', { left: ['a'], right: ['a'], p: 0.5 })).body.rbo).toBeCloseTo(1);
    expect((await ask('POST', '/v1/overlap', { left: [], right: [] })).body.rbo).toBe(1);
  });

  it.each([
    [{ left: ['a', 'a'], right: [] }, 'left'],
    [{ left: ['a'], right: ['b'], p: 1 }, 'p'],
    [{ left: ['a'] }, 'right'],
  ])('%j is refused', async (body, param) => {
    expect(await ask('POST', '/v1/overlap', body)).toMatchObject({ status: expect.any(Number), body: { error: { param } } });
  });
});
