import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCrossEncoderReranker } from '../src/assemble/reranker.ts';
import { openIndex, type Reranker, readDocuments, rerank, type SearchIndex, search } from '../src/index.ts';
import { findEntry } from '../src/model/catalog/catalog.ts';
import { memoryStore } from '../src/stores.ts';
import { foreignLanguage } from '../src/text/latin-languages.ts';
import { multilingual } from '../src/wording/letter-notes.ts';
import { finetooth, workFolder } from './finetooth.ts';

const documents = [
  { id: 'katze', text: 'Die Katze schläft auf dem Sofa und träumt von Mäusen, die nicht davonlaufen.' },
  { id: 'zug', text: 'Der Zug nach Hamburg fährt heute wegen einer Störung nicht.' },
  { id: 'cat', text: 'The cat sleeps on the sofa.' },
  { id: 'chat', text: 'Le chat dort sur le canapé et il ne veut pas sortir.' },
];
const question = 'wo schläft die Katze';
const ofEmbedder =
  'in German, which the embedder "bge-small-en-v1.5" was not trained on (English only): its vectors tell less there, "multilingual-e5-small" reads many languages';

it('nothing is told of a thousand films and of names that are in other languages', async () => {
  const told: string[] = [];
  let count = 0;
  for await (const { document } of readDocuments(join(import.meta.dirname, '../samples/films/corpus.jsonl'))) {
    count++;
    const text = ['title', 'tagline', 'overview'].map((field) => document[field] ?? '').join(' ');
    if (foreignLanguage(text) !== undefined) told.push(text);
  }
  expect(count).toBeGreaterThan(90);
  expect(told).toEqual([]);
});

describe('a language that a model was not trained on is told', () => {
  let index: SearchIndex;
  let cross: Reranker;
  beforeAll(async () => {
    cross = await openCrossEncoderReranker();
    index = await openIndex(memoryStore(), { create: true, reranker: cross });
  });
  afterAll(async () => {
    await index.close();
    await cross.close?.();
  });

  it('of documents, with their share, by the index', async () => {
    const { notes } = await index.add(documents);
    expect(notes).toEqual([`3 of 4 documents (75 %) are ${ofEmbedder.replace('German', 'German and French')}`]);
    expect((await index.add([{ id: 'dog', text: 'The dog sleeps, too, and so does the bird.' }])).notes).toBeUndefined();
  });

  it('of a query and of candidates, by a search, and of none where words alone are compared', async () => {
    const { notes } = await search(index, question);
    expect(notes).toEqual([
      `the query is ${ofEmbedder}`,
      expect.stringMatching(
        /^the query and 3 of 5 texts are in German and French, which the reranker ".*ms-marco.*" was not trained on \(English only\)/,
      ),
    ]);
    expect((await search(index, question, { firstStage: 'bm25', reranker: null })).notes).toBeUndefined();
    expect((await search(index, 'where does the cat sleep', { reranker: null })).notes).toBeUndefined();
  });

  it('of a reranker alone, and of none that reads it or of which nothing is known', async () => {
    const asked = (languages: readonly string[] | undefined) =>
      rerank(question, documents.slice(0, 1), { model: { ...cross, languages } }).then(({ notes }) => notes);
    expect(await asked(['en', 'zh'])).toEqual([expect.stringContaining('was not trained on (English and Chinese only)')]);
    for (const known of [['de', 'en'], ['multilingual'], [], undefined]) expect(await asked(known)).toBeUndefined();
  });
});

describe('at the command line', () => {
  const [source, into] = [join(workFolder(), 'texte.jsonl'), join(workFolder(), 'mein Index')];
  writeFileSync(source, documents.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const command = `finetooth index '${into}' --into '${into}' --rebuild --embedder multilingual-e5-small, then search with --reranker mmarco-mminilmv2-l12-h384-v1`;

  it('one line names the command that changes to a pair for many languages, and the command works as it is printed', async () => {
    const { stderr } = await finetooth(['index', source, '--into', into]);
    expect(stderr.split('\n').filter((line) => line.startsWith('note: '))).toEqual([
      `note: 3 of 4 documents (75 %) are ${ofEmbedder.replace('German', 'German and French')}: ${command}.`,
    ]);
    const found = await finetooth(['search', question, '--in', into, '--json', '--reranker', 'first-stage']);
    const { notes } = JSON.parse(found.stdout);
    expect(notes).toEqual([`the query is ${ofEmbedder}: ${command}`]);
    // No weights of that model are here: a tiny one takes its place, and nothing else of the command.
    const tiny = join(import.meta.dirname, 'tiny-embedders', 'qwen3');
    const words = command
      .split(', then')[0]
      ?.match(/'[^']*'|\S+/g)
      ?.map((word) => word.replace(/^'(.*)'$/, '$1').replace(multilingual.embedder, tiny));
    const changed = await finetooth(words?.slice(1) ?? []);
    expect([changed.status, changed.stderr.includes('was not trained on')]).toEqual([0, false]);
    const { stdout } = await finetooth(['status', '--in', into, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ documents: 4, model: tiny });
  });

  it('a folder or a file that is searched names both models', async () => {
    const { stderr } = await finetooth(['search', question, source, '--reranker', 'first-stage']);
    expect(stderr).toContain(
      `finetooth search '${question}' ${source} --embedder multilingual-e5-small --reranker mmarco-mminilmv2-l12-h384-v1.`,
    );
  });
});

it('the pair is of the catalogue, free, and of eight bits', () => {
  for (const name of Object.values(multilingual))
    expect(findEntry(name)).toMatchObject({
      name,
      precision: 'int8',
      licence: expect.stringMatching(/^(Apache-2\.0|MIT)$/),
      languages: ['multilingual'],
      files: { model: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
});
