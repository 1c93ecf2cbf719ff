import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCrossEncoderReranker, openLateInteraction } from '../src/assemble/reranker.ts';
import { openModel } from '../src/embedders.ts';
import { openIndex, type Reranker, rerank, search } from '../src/index.ts';
import { catalog } from '../src/model/catalog/catalog.ts';
import { lazyReranker } from '../src/rerank/wrappers/lazy.ts';
import { cached, cascade, fallback } from '../src/rerankers.ts';
import { memoryStore } from '../src/stores.ts';
import { embedDocuments, evaluate } from '../src/tasks/index.ts';
import { multilingual } from '../src/wording/letter-notes.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const documents = [
  { id: 'bats', text: 'Bats are flying mammals.' },
  { id: 'bear', text: 'Бурый медведь спит зимой.' },
];
const query = 'медведь';
const ofReranker =
  /^the query and 1 of 2 texts are in Cyrillic letters, which the reranker "[^"]+" does not know \(English only\): its scores mean little/;
const ofEmbedder =
  'the query is in Cyrillic letters, which the embedder "bge-small-en-v1.5" does not know (English only): its vectors mean little';

it('names models that the catalog knows as multilingual', () => {
  for (const [kind, name] of Object.entries({ 'bi-encoder': multilingual.embedder, 'cross-encoder': multilingual.reranker }))
    expect(catalog.find((entry) => entry.name === name)).toMatchObject({ kind, languages: ['multilingual'] });
});

describe('letters that a model does not know are told', () => {
  let parts: { readonly cross: Reranker; readonly late: Reranker };
  beforeAll(async () => {
    const [cross, late] = await Promise.all([openCrossEncoderReranker(), openLateInteraction(await openModel())]);
    parts = { cross, late };
  });
  afterAll(async () => {
    await Promise.all(Object.values(parts).map((one) => one.close?.()));
  });
  const notesOf = async (reranker: Reranker, asked: string) => (await rerank(asked, documents, { model: reranker })).notes;

  it.each<[string, () => Reranker]>([
    ['a cross-encoder', () => parts.cross],
    ['late interaction', () => parts.late],
    ['a cascade', () => cascade([parts.late, parts.cross])],
    ['a cascade of which nothing is known of the first', () => cascade([{ ...parts.late, languages: undefined }, parts.cross])],
    ['a cascade of which one knows all', () => cascade([{ ...parts.late, languages: ['multilingual'] }, parts.cross])],
    ['a fallback', () => fallback([parts.late, parts.cross])],
    ['scores from a cache', () => cached(parts.cross)],
    ['one that is opened on first use', () => lazyReranker('lazy@1', async () => parts.cross)],
  ])('by %s', async (_, make) => {
    const reranker = make();
    for (const _again of [1, 2]) expect(await notesOf(reranker, query)).toEqual([expect.stringMatching(ofReranker)]);
    expect(await notesOf(reranker, '🔥')).toEqual([
      expect.stringMatching(/^the query and 1 of 2 texts are in Cyrillic letters, or emoji, which/),
    ]);
    expect((await rerank('bear', documents.slice(0, 1), { model: reranker })).notes).toBeUndefined();
  });

  it('by no reranker that knows them, or of which nothing is known', async () => {
    for (const languages of [['multilingual'], [], undefined]) expect(await notesOf({ ...parts.cross, languages }, query)).toBeUndefined();
  });

  it('by an index, a search, and an evaluation', async () => {
    await using index = await openIndex(memoryStore(), { create: true });
    expect((await index.add(documents)).notes).toEqual([
      expect.stringMatching(/^1 document is in Cyrillic letters, which the embedder "bge/),
    ]);
    expect((await search(index, query)).notes).toEqual([expect.stringContaining(ofEmbedder), expect.stringMatching(ofReranker)]);
    expect((await search(index, query, { reranker: null })).notes).toEqual([expect.stringContaining(ofEmbedder)]);
    expect((await search(index, query, { reranker: null, firstStage: 'bm25' })).notes).toBeUndefined();
    expect((await search(index, 'bats', { reranker: null })).notes).toBeUndefined();
    const folder = workFolder();
    mkdirSync(folder, { recursive: true });
    const data = join(folder, 'judged.json');
    writeFileSync(
      data,
      JSON.stringify([
        { query, relevant: ['bear'] },
        { query: 'bats', relevant: ['bats'] },
        { query: 'зима', relevant: ['bear'] },
      ]),
    );
    const pipeline = { name: 'dense', firstStage: 'dense', candidates: 2, reranker: null, denseWeight: 0.5 } as const;
    const asked = { data, in: index, resamples: 100, workFolder: workFolder() };
    const { warnings } = await evaluate({ ...asked, pipelines: [pipeline, { ...pipeline, name: 'default', reranker: ['default'] }] });
    expect(warnings.filter((one) => one.includes('Cyrillic'))).toEqual([
      expect.stringMatching(/^2 queries are in Cyrillic letters, which the embedder .* reads many languages\.$/),
      expect.stringMatching(/^2 queries are in Cyrillic letters, which the reranker .* reads many languages\.$/),
    ]);
    const words = await evaluate({ ...asked, pipelines: [{ ...pipeline, firstStage: 'bm25' }] });
    expect(words.warnings.join()).not.toMatch(/Cyrillic/);
  });

  it('by no index of an embedder of which nothing is known', async () => {
    await using index = await openIndex(memoryStore(), { create: true, embedder: hashEmbedder() });
    expect((await index.add(documents)).notes).toBeUndefined();
  });

  it('of texts that are embedded, and on the command line', async () => {
    const file = join(workFolder(), 'documents.jsonl');
    writeFileSync(file, documents.map((one) => JSON.stringify(one)).join('\n'));
    const told: string[] = [];
    for await (const _ of embedDocuments({ source: file, onNotes: (notes) => told.push(...notes) }));
    expect(told).toEqual([expect.stringMatching(/^1 text is in Cyrillic letters, which the embedder/)]);
    const { stderr } = await finetooth(['rerank', query, file]);
    expect(stderr).toMatch(/note: the query and 1 of 2 texts are in Cyrillic letters, which the reranker/);
  });
});
