import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Document, type Embedder, openIndex, type Reranker, readDocuments, search } from '../src/index.ts';
import { memoryStore } from '../src/store/memory.ts';
import { readIndex } from '../src/stores.ts';
import { exportIndex, indexDocuments } from '../src/tasks/index.ts';
import { hashEmbedder, SIZE } from './hash-embedder.ts';
import { randomFrom } from './support/reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-vectors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (name = 'index'): string => join(folder, `${made++}-${name}`);

/** An embedder that counts the texts that it is given. */
const counting = (options: Parameters<typeof hashEmbedder>[1] = {}) => {
  const inner = hashEmbedder(0, options);
  const counts = { texts: 0 };
  const embedder: Embedder = {
    ...inner,
    embed: (texts, role, call) => {
      if (role === 'document') counts.texts += texts.length;
      return inner.embed(texts, role, call);
    },
  };
  return { embedder, counts };
};
const random = randomFrom(7);
const vector = (length = SIZE): number[] => Array.from({ length }, () => random() - 0.5);
const films: readonly Document[] = [
  { id: 'a', title: 'Bats', text: 'They hunt by echo at night.', year: 1979, tags: ['cave', 'night'] },
  { id: 'b', title: 'A shark', text: 'It eats swimmers near an island.', year: 1975.5, tags: ['sea'], seen: true },
  { id: 'c', title: 'Heat', text: 'A thief and a detective in the night.', year: 1995, tags: [], note: null },
  { id: 'd', title: 'Up', text: 'A house, balloons and the sea.', year: 2009, mixed: 5, nested: { a: [1, null] } },
  { id: 'e', title: 'Ark', text: '', year: 2010, mixed: 'five', vector: 'a field of that name' },
];
const given: readonly (Document & { readonly embedding: number[] })[] = films.map((film) => ({ ...film, embedding: vector() }));
const plain = { reranker: null, candidates: 25, top: 25, documents: true } as const;

describe('documents with vectors of their own', () => {
  it('are found by those, which are not kept as fields, and queries bring theirs', async () => {
    const where = fresh();
    await using index = await openIndex(where, { create: { vectorField: 'embedding' }, embedder: null });
    expect(await index.add(given)).toMatchObject({ added: 5, reused: 5, tokens: 0 });
    expect(index.manifest()).toMatchObject({ embedder: 'none', dimensions: SIZE, vectorField: 'embedding', fields: ['title', 'text'] });
    expect(Object.keys(index.manifest()?.filterable ?? {})).not.toContain('embedding');
    for (const { id, embedding, ...document } of given) {
      const { results } = await search(index, 'anything', { ...plain, vector: embedding.map((one) => one * 7) });
      expect(results[0]).toMatchObject({ id, document: { id, ...document } });
      expect(results[0]?.firstStageScore).toBeCloseTo(1, 6);
    }
    const words = await search(index, 'night', { ...plain, firstStage: 'bm25', filter: 'year < 1990' });
    expect(words.results.map(({ id }) => id)).toEqual(['a']);
    await expect(search(index, 'night', plain)).rejects.toMatchObject({ code: 'E_USAGE', message: expect.stringContaining('as vector') });
    await expect(search(index, 'night', { ...plain, vector: [1, 2] })).rejects.toThrow('has 2 numbers; those of the index have 16');
    expect(await index.add(given)).toMatchObject({ unchanged: 5, added: 0, changed: 0 });
    // The text stays and the vector does not.
    expect(await index.add([{ ...given[0], embedding: vector() }])).toMatchObject({ changed: 1, reused: 1 });
    await expect(index.add([{ id: 'f', text: 'Without.' }])).rejects.toThrow('document 1: its vector in the field "embedding" is missing');
    await using again = await openIndex(where, { reranker: null });
    expect((await search(again, 'night', { ...plain, vector: given[1]?.embedding })).results[0]?.id).toBe('b');
  });

  it('are reranked by their texts, as in an index that keeps no token vectors', async () => {
    await using index = await openIndex(memoryStore(), { create: { vectorField: 'embedding' }, embedder: null });
    await index.add(given);
    const read: string[] = [];
    const reranker: Reranker = {
      fingerprint: 'reads@1',
      score: async (_, candidates) => {
        for (const { text, tokens } of candidates) read.push(`${text} ${tokens}`);
        return { scores: Float32Array.from(candidates, ({ text }) => text.length) };
      },
    };
    const { results } = await search(index, 'the sea', { reranker, vector: given[0]?.embedding, top: 5 });
    expect(results[0]?.id).toBe('c');
    expect(read).toContain('Up A house, balloons and the sea. undefined');
  });

  it('are named a model, which makes the vectors of queries alone', async () => {
    const { embedder, counts } = counting();
    const own = await embedder.embed(
      films.map(({ text }) => String(text)),
      'query',
    );
    const documents = films.map((film, row) => ({ ...film, embedding: Array.from(own.data.subarray(row * SIZE, (row + 1) * SIZE)) }));
    await using index = await openIndex(fresh(), { create: { vectorField: 'embedding' }, embedder });
    await index.add(documents);
    expect(counts.texts).toBe(0);
    expect(index.manifest()).toMatchObject({ embedder: 'hash@1' });
    const { results } = await search(index, String(films[3]?.text), plain);
    expect(results[0]).toMatchObject({ id: 'd' });
    await expect(index.add([{ id: 'x', text: 'x', embedding: vector(5) }])).rejects.toThrow(
      'document 1: its vector in the field "embedding" has 5 numbers; the embedder "hash@1" has 16',
    );
    await expect(
      (async () => {
        await using other = await openIndex(fresh(), {
          create: { vectorField: 'embedding', tokens: { bits: 4 } },
          embedder: hashEmbedder(0, { tokens: true }),
        });
        await other.add(documents);
      })(),
    ).rejects.toMatchObject({ code: 'E_USAGE', message: expect.stringContaining('keeps no token vectors') });
  });

  it('may give base64 of 32-bit floats, or a Float32Array', async () => {
    const [one] = given;
    await using typed = await openIndex(memoryStore(), { create: { vectorField: 'embedding' }, embedder: null });
    await typed.add([{ ...one, embedding: Float32Array.from(one?.embedding as number[]) } as unknown as Document]);
    expect(typed.manifest()).toMatchObject({ dimensions: SIZE });
    const encoded = Buffer.from(Float32Array.from(one?.embedding as number[]).buffer).toString('base64');
    await using index = await openIndex(memoryStore(), { create: { vectorField: 'embedding' }, embedder: null });
    await index.add([{ ...one, embedding: encoded }]);
    const { results } = await search(index, 'x', { ...plain, vector: one?.embedding });
    expect(results[0]?.firstStageScore).toBeCloseTo(1, 6);
  });

  it.each([
    ['absent', undefined, 'is missing'],
    ['null', null, 'is missing'],
    ['a text', 'hello world', 'is the text "hello world", which is not base64 of 32-bit floats'],
    ['an object', { x: 1 }, 'is an object; it must be a list of numbers'],
    ['empty', [], 'has no numbers'],
    ['ragged', vector(SIZE - 1), `has ${SIZE - 1} numbers; that of document 1 has ${SIZE}`],
    ['too long', Array.from({ length: 65_537 }, () => 1), 'has 65537 numbers; at most 65536 are taken'],
    ['of texts', ['1', '2'], 'holds "1" as number 1 of 2; every number must be finite'],
    ['with null', [1, null, 2], 'holds null or NaN as number 2 of 3'],
    ['all zeros', Array.from({ length: SIZE }, () => 0), 'holds nothing but zeros'],
  ])('are refused when a vector is %s', async (_, embedding, reason) => {
    await using index = await openIndex(memoryStore(), { create: { vectorField: 'embedding' }, embedder: null });
    const adding = index.add([given[0] as Document, { id: 'wrong', text: 'x', embedding } as Document]);
    await expect(adding).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
    await expect(adding).rejects.toThrow(`document 2: its vector in the field "embedding" ${reason}`);
  });

  it('stay with their documents in a copy and in a file, whatever the text is', async () => {
    const [where, file, copy, last] = [fresh(), fresh('own.parquet'), fresh(), fresh()];
    await (await openIndex(where, { create: { vectorField: 'embedding', types: { year: 'number' } }, embedder: null })).add(given);
    await exportIndex({ in: where, to: file });
    expect(await indexDocuments({ source: file, into: copy, fields: ['text'] })).toMatchObject({ added: 5, reused: 5 });
    expect(await indexDocuments({ source: copy, into: last })).toMatchObject({ added: 5, reused: 5 });
    expect(await indexDocuments({ source: last, into: last, rebuild: true, types: { year: 'keyword' } })).toMatchObject({
      added: 5,
      reused: 5,
    });
    await using index = await openIndex(last, { reranker: null });
    expect(index.manifest()).toMatchObject({ embedder: 'none', vectorField: 'embedding', fields: ['text'] });
    const { results } = await search(index, 'anything', { ...plain, vector: given[2]?.embedding });
    expect(results[0]).toMatchObject({ id: 'c', document: films[2] });
    expect(await index.add(given)).toMatchObject({ unchanged: 5 });
    await expect(openIndex(last, { embedder: hashEmbedder() })).rejects.toMatchObject({ code: 'E_FINGERPRINT' });
  });

  it('are refused by an index that embeds', async () => {
    const where = fresh();
    await (await openIndex(where, { create: true, embedder: hashEmbedder() })).add(films);
    await expect(openIndex(where, { create: { vectorField: 'embedding' }, embedder: hashEmbedder() })).rejects.toMatchObject({
      code: 'E_RECIPE',
    });
  });
});

/** Ids and scores, to six digits, of some queries by vectors and words. */
const answersOf = async (where: string, embedder: Embedder, queries: readonly string[] = ['night', 'the sea', 'a house of bats']) => {
  await using index = await openIndex(where, { embedder });
  const all: unknown[] = [];
  for (const query of queries) {
    const { results } = await search(index, query, { ...plain, firstStage: 'hybrid', fusion: 'scores' });
    all.push(results.map(({ id, relevanceScore, document, highlight }) => [id, relevanceScore.toFixed(6), document, highlight]));
    const near = await search(index, query, plain);
    all.push(near.results.map(({ id, relevanceScore }) => [id, relevanceScore.toFixed(6)]));
  }
  return all;
};
const long = (words: number, of: string): string => Array.from({ length: words }, (_, at) => `${of}${at % 9 === 8 ? '.' : ''}`).join(' ');
const longFilms: readonly Document[] = [
  ...films,
  { id: 'long', title: 'Long', text: `${long(60, 'whale')} bats at the end. ${long(30, 'ship')}` },
];

describe.each([
  ['whole texts', {}],
  ['token vectors and passages', { tokens: true, window: 12 }],
] as const)('an index of %s', (_, form) => {
  const source = fresh('source');
  const file = fresh('films.parquet');
  const making = (async () => {
    await using index = await openIndex(source, { create: true, embedder: hashEmbedder(0, form) });
    await index.add(longFilms);
  })();

  it('is exported to Parquet and made of it again, without an embedder, and answers alike', async () => {
    await making;
    const report = await exportIndex({ in: source, to: file });
    expect(report).toMatchObject({ documents: longFilms.length });
    expect(report.rows > report.documents).toBe('window' in form);
    const copy = fresh();
    expect(await indexDocuments({ source: file, into: copy })).toMatchObject({ added: longFilms.length, reused: longFilms.length });
    expect(await answersOf(copy, hashEmbedder(0, form))).toEqual(await answersOf(source, hashEmbedder(0, form)));
    const { embedder, counts } = counting(form);
    expect(await indexDocuments({ source: file, into: copy, embedder })).toMatchObject({ unchanged: longFilms.length });
    await using index = await openIndex(copy, { embedder });
    // A run from where the documents came from embeds nothing either.
    expect(await index.add(longFilms)).toMatchObject({ unchanged: longFilms.length });
    expect(counts.texts).toBe(0);
  });

  it('is copied to another with other filterable fields and a filter, and keeps its vectors', async () => {
    await making;
    const copy = fresh();
    const { embedder, counts } = counting(form);
    const report = await indexDocuments({ source, into: copy, embedder, types: { year: 'number' }, filter: 'year >= 1990' });
    expect(report).toMatchObject({ added: 3, reused: 3 });
    expect(counts.texts).toBe(0);
    await using index = await openIndex(copy, { embedder: null });
    expect(index.manifest()).toMatchObject({ declared: { year: 'number' }, fields: ['title', 'text'] });
    const store = memoryStore();
    await using library = await openIndex(store, { create: true, embedder });
    expect(await library.addRead(readIndex(source))).toMatchObject({ added: longFilms.length, reused: longFilms.length });
    expect(counts.texts).toBe(0);
  });

  it('is rebuilt from its source with the vectors of the texts that stayed', async () => {
    const where = fresh();
    const from = fresh('films.json');
    writeFileSync(from, JSON.stringify(longFilms));
    await indexDocuments({ source: from, into: where, embedder: hashEmbedder(0, form) });
    const before = await answersOf(where, hashEmbedder(0, form));
    const { embedder, counts } = counting(form);
    const settings = { source: from, into: where, embedder, rebuild: true } as const;
    expect(await indexDocuments({ ...settings, types: { year: 'keyword' } })).toMatchObject({ reused: longFilms.length });
    expect(counts.texts).toBe(0);
    expect(await answersOf(where, hashEmbedder(0, form))).toEqual(before);
    writeFileSync(from, JSON.stringify(longFilms.map((film) => (film.id === 'a' ? { ...film, text: 'Other.' } : film))));
    await indexDocuments(settings);
    expect(counts.texts).toBe(1);
  });
});

describe('an export', () => {
  it('holds every document as it was', async () => {
    const [where, file] = [fresh(), fresh('all.parquet')];
    await (await openIndex(where, { create: true, embedder: hashEmbedder() })).add(films);
    await exportIndex({ in: where, to: file });
    const read = await Array.fromAsync(readDocuments(file));
    expect(read.map(({ document }) => document).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))).toEqual(films);
    expect(read.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    await expect(exportIndex({ in: where, to: file })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(exportIndex({ in: where, to: fresh('all.csv') })).rejects.toThrow('ends with .parquet or .jsonl');
  });

  it('leaves nothing behind when it is stopped', async () => {
    const [where, file] = [fresh(), fresh('stopped.parquet')];
    await (await openIndex(where, { create: true, embedder: hashEmbedder() })).add(films);
    const controller = new AbortController();
    const filter = { fields: { year: { gte: 0 } } };
    const exporting = exportIndex({ in: where, to: file, filter, signal: controller.signal });
    controller.abort();
    await expect(exporting).rejects.toMatchObject({ code: 'E_STOPPED' });
    expect(readdirSync(folder).filter((name) => name.includes('stopped'))).toEqual([]);
  });

  it('to JSONL is read back with the field of the vectors', async () => {
    const [where, file, copy] = [fresh(), fresh('all.jsonl'), fresh()];
    const { embedder, counts } = counting();
    await (await openIndex(where, { create: true, embedder: hashEmbedder() })).add(films.slice(0, 4));
    await exportIndex({ in: where, to: file });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(Object.keys(JSON.parse(lines[0] as string))).toEqual(expect.arrayContaining(['id', 'title', 'text', 'vector']));
    await indexDocuments({ source: file, into: copy, vectorField: 'vector', embedder });
    expect(counts.texts).toBe(0);
    const queries = ['night', 'the sea'];
    expect(JSON.stringify(await answersOf(copy, embedder, queries))).toEqual(JSON.stringify(await answersOf(where, embedder, queries)));
  });

  it('to JSONL with passages is refused where it is read, with what can be read back', async () => {
    const [where, file] = [fresh(), fresh('passages.jsonl')];
    const create = { fields: ['text'], idField: 'id' };
    await (await openIndex(where, { create, embedder: hashEmbedder(0, { window: 20 }) })).add([
      { id: 'short', text: 'bats at night', passage: 3 },
      { id: 'long', text: 'bats and the sea '.repeat(30), passage: 4 },
    ]);
    await exportIndex({ in: where, to: file });
    const refusal = { code: 'E_INPUT_FORMAT', message: expect.stringMatching(/line \d+ is passage 1 of a document.*\.parquet/) };
    await expect(indexDocuments({ source: file, into: fresh(), vectorField: 'vector', embedder: null })).rejects.toMatchObject(refusal);
    // A document that only looks a little like one is read.
    const near = fresh('near.jsonl');
    writeFileSync(near, `${JSON.stringify({ id: 'a', text: 'a text', passage: 2, begins: 0, ends: 6, vector: [1, 0] })}\n`);
    await expect(indexDocuments({ source: near, into: fresh(), vectorField: 'vector', embedder: null })).resolves.toMatchObject({
      added: 1,
    });
  });
});

describe('vectors of another model, text or form', () => {
  const source = fresh('other');
  const making = (async () => {
    await using index = await openIndex(source, { create: true, embedder: hashEmbedder(0, { tokens: true }) });
    await index.add(films);
  })();
  const other = (): Embedder => ({ ...hashEmbedder(), fingerprint: 'other@1' });

  it('are not taken over, and embedding again is asked for', async () => {
    await making;
    const into = fresh();
    await (await openIndex(into, { create: { fields: ['title', 'text'] }, embedder: other() })).add([
      { id: 'z', title: 'Z', text: 'Zoo.' },
    ]);
    await expect(indexDocuments({ source, into })).rejects.toMatchObject({
      code: 'E_FINGERPRINT',
      message: expect.stringMatching(/vectors of "hash@1" \(16 numbers\).*holds those of "other@1".*as embedder/),
    });
    const report = await indexDocuments({ source, into, embedder: other() });
    expect(report).toMatchObject({ added: 5, reused: undefined });
  });

  it('are not taken over for other fields', async () => {
    await making;
    await expect(indexDocuments({ source, into: fresh(), fields: ['title'] })).rejects.toMatchObject({
      code: 'E_RECIPE',
      message: expect.stringContaining('over title,text'),
    });
    const { embedder, counts } = counting({ tokens: true });
    expect(await indexDocuments({ source, into: fresh(), fields: ['title'], embedder })).toMatchObject({ added: 5 });
    // One has no text beside its title.
    expect(counts.texts).toBe(4);
  });

  it('keep fewer bits per number of token vectors, or none', async () => {
    await making;
    const [one, none] = [fresh(), fresh()];
    await indexDocuments({ source, into: one, tokens: { bits: 1 } });
    await indexDocuments({ source, into: none, tokens: null });
    const sizes = await Promise.all(
      [source, one, none].map(async (where) => {
        await using index = await openIndex(where, { embedder: null });
        for await (const { tokens } of index.store.get(['a'], ['tokens'])) return [index.manifest()?.tokens?.bits, tokens?.length];
        return [];
      }),
    );
    expect(sizes[0]?.[0]).toBe(4);
    expect(sizes[1]).toEqual([1, (sizes[0]?.[1] ?? 0) / 4]);
    expect(sizes[2]).toEqual([undefined, undefined]);
    await expect(indexDocuments({ source, into: fresh(), tokens: { bits: 8 } })).rejects.toMatchObject({ code: 'E_RECIPE' });
  });

  it('cannot be read into themselves', async () => {
    await making;
    await expect(indexDocuments({ source, into: source })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
