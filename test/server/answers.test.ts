import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageTypes } from '../../scripts/page-types.ts';
import { searchAnswer } from '../../src/server/indexes/forms.ts';
import { type Server, serve } from '../../src/server/listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-answers-'));
const filler = 'Wheat is sown in autumn and reaped in summer, and its price is told in the morning papers. '.repeat(25);
const long = `${filler}Bats find their way in the dark by echo. ${filler}`;
const documents = [
  { id: 'a/long#1', title: 'Nights', text: long },
  { id: 'ä b?', title: '', text: 'A film about a man in a cape.' },
  ...['rye', 'oats', 'barley'].map((crop) => ({ id: crop, title: crop, text: `The price of ${crop} rose.` })),
];

let server: Server;
beforeAll(async () => {
  server = await serve({ port: 0, version: '0', indexesFolder: folder });
  await ask('/v1/indexes', { name: 'notes', fields: ['title', 'text'] });
  await ask('/v1/indexes', { name: 'planned' });
  await ask('/v1/indexes/notes/documents', documents.map((one) => JSON.stringify(one)).join('\n'));
});
afterAll(() => server.close(1000));

async function ask(path: string, body?: unknown) {
  const init = body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await fetch(server.url + path, init);
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}
const documentOf = (id: string, index = 'notes') => ask(`/v1/indexes/${index}/documents/${encodeURIComponent(id)}`);

describe('a search answers what a page shows of it', () => {
  it('as the OpenAPI document says: every stage of each result and of the whole, tokens, shares, passages', async () => {
    const query = 'how do bats find their way in the dark';
    const asked = { index: 'notes', query, explain: true, stages: true, snippets: true, first_stage: 'hybrid', words_weight: 0.01 };
    const { status, body } = await ask('/v1/search', asked);
    expect(status).toBe(200);
    const answer = searchAnswer.parse(body);
    expect(Object.keys(searchAnswer.shape)).toEqual(
      expect.arrayContaining(Object.keys(body).filter((key) => !['cut', 'usage', 'read', 'spread'].includes(key))),
    );
    const [first] = answer.results;
    expect(first?.id).toBe('a/long#1');
    expect([answer.ranked_by, answer.fingerprint]).toEqual(['default', expect.stringMatching(/^cascade\(late-interaction/)]);
    expect(answer.rerank_stages?.map(({ name, fingerprint }) => [name, fingerprint])).toEqual([
      ['late-interaction', expect.stringMatching(/^late-interaction-/)],
      ['ms-marco-minilm-l-12-v2', expect.stringMatching(/^cross-encoder-/)],
    ]);
    const took = answer.rerank_stages?.reduce((sum, stage) => sum + stage.took, 0) as number;
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThanOrEqual(answer.timings?.rerank as number);
    expect(first?.stages).toHaveLength(answer.rerank_stages?.length as number);
    expect(answer.candidates?.map(({ bm25 }) => bm25)).toContainEqual(expect.any(Number));
    expect(first?.explanation?.fields.reduce((sum, { share }) => sum + (share as number), 0)).toBeCloseTo(1, 6);
    const { body: whole } = await documentOf('a/long#1');
    const { text, fields, document, passages } = whole as unknown as {
      text: string;
      fields: { field: string; start: number; end: number }[];
      document: unknown;
      passages: number;
    };
    expect([document, passages > 1]).toEqual([documents[0], true]);
    expect(fields.map(({ field, start, end }) => [field, text.slice(start, end)])).toEqual([
      ['title', 'Nights'],
      ['text', long],
    ]);
    const { start, end } = first?.passage as { start: number; end: number };
    expect(text.slice(start, end)).toContain('Bats find their way in the dark by echo.');
    expect(end - start).toBeLessThan(text.length / 2);
    expect(text.slice(first?.highlight?.start, first?.highlight?.end)).toBe('Bats find their way in the dark by echo.');
    // A short text is read whole.
    expect(answer.results.find(({ id }) => id === 'rye')?.passage).toBeUndefined();
  });

  it('explains the one result that is asked for, at its place, among the same candidates', async () => {
    const query = 'the price of grain';
    const all = searchAnswer.parse((await ask('/v1/search', { index: 'notes', query, candidates: 5, top: 5 })).body);
    const one = searchAnswer.parse(
      (await ask('/v1/search', { index: 'notes', query, candidates: 5, top: 1, offset: 2, explain: true })).body,
    );
    expect(one.results).toEqual([{ ...all.results[2], explanation: one.results[0]?.explanation }]);
  });
});

it('has types for the page, which are those of its OpenAPI document: npm run docs writes them', async () => {
  const document = (await ask('/openapi.json')).body as never as Parameters<typeof pageTypes>[0];
  expect(readFileSync(join(import.meta.dirname, '../../ui/api/generated.ts'), 'utf8')).toBe(pageTypes(document));
});

describe('a document by its id', () => {
  it('is found whatever is in its id, with the text that is ranked of it', async () => {
    expect(await documentOf('ä b?')).toEqual({
      status: 200,
      body: { id: 'ä b?', document: documents[1], text: documents[1]?.text, fields: [{ field: 'text', start: 0, end: 29 }], passages: 1 },
    });
    expect((await ask('/v1/indexes/notes/documents/a/long%231')).body).toMatchObject({ id: 'a/long#1' });
  });

  it.each([
    ['of no such id', 'nothing', 'notes', 'E_NOT_FOUND', 'there is no document "nothing" in the index "notes"'],
    ['of a long one', 'x'.repeat(5000), 'notes', 'E_NOT_FOUND', `there is no document "${'x'.repeat(100)}…" in the index "notes"`],
    ['of one that leads elsewhere', '../rye', 'notes', 'E_NOT_FOUND', 'there is no document "../rye" in the index "notes"'],
    ['in an index without documents', 'rye', 'planned', 'E_NOT_FOUND', 'there is no document "rye" in the index "planned"'],
    ['in no index', 'rye', 'nowhere', 'E_INDEX_MISSING', 'there is no index "nowhere"; GET /v1/indexes lists them'],
  ])('is refused where there is none: %s', async (_, id, index, code, message) => {
    expect(await documentOf(id, index)).toMatchObject({ status: 404, body: { error: { code, message } } });
  });
});
