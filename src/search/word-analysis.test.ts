import { describe, expect, it } from 'vitest';
import { hashEmbedder } from '../../test/hash-embedder.ts';
import { openIndex } from '../assemble/open-index.ts';
import { memoryStore } from '../store/memory.ts';
import type { Document } from '../types.ts';
import type { CreateOptions } from './create-options.ts';
import { highlightFor } from './highlight.ts';
import { languageCodes, openStemmer } from './languages.ts';
import { search } from './search.ts';
import { analysisOf } from './word-analysis.ts';

const embedder = hashEmbedder();
const errorOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error) => `${error.code}: ${error.message}`,
  );
const open = async (create: CreateOptions, documents: readonly Document[]) => {
  const index = await openIndex(memoryStore(), { create, embedder });
  return { index, report: await index.add(documents) };
};

const german: readonly Document[] = [
  { id: 'haus', text: 'Die Häuser der Straße wurden im vergangenen Jahr gebaut und sind sehr schön.' },
  { id: 'katze', text: 'Die Katze schläft den ganzen Tag auf dem warmen Ofen in der Küche.' },
];
const french: readonly Document[] = [
  { id: 'cheval', text: 'Les chevaux mangent de l’herbe dans la prairie derrière la maison.' },
  { id: 'reservation', text: 'Vos réservations ont été confirmées par notre service hier soir.' },
];

describe('languages', () => {
  it('stems each language that it names', async () => {
    for (const language of languageCodes) expect(typeof (await openStemmer(language))('word')).toBe('string');
    const { query } = await analysisOf({ analyzer: 'words-2', languages: ['de'] });
    expect(query('Häuser Haus STRASSEN Straße Donau\u00adschiffe iPhone15')).toEqual([
      'haus',
      'haus',
      'strass',
      'strass',
      'donauschiff',
      'iphone15',
      'iphon',
      '15',
    ]);
  });

  it('stems the words of an index in its language, and says so', async () => {
    const { index } = await open({ languages: ['de'] }, german);
    expect(index.manifest()?.languages).toEqual(['de']);
    const found = async (query: string) => (await search(index, query, { firstStage: 'bm25', reranker: null })).results.map(({ id }) => id);
    expect([await found('Haus'), await found('Katzen'), await found('strassen')]).toEqual([['haus'], ['katze'], ['haus']]);
    const english = await open({}, german);
    expect((await search(english.index, 'Haus', { firstStage: 'bm25', reranker: null })).results).toEqual([]);
    expect(english.index.manifest()?.languages).toBe(undefined);
  });

  it('marks the sentence by the words of the language', async () => {
    const text = 'Im Garten stehen drei Bäume. Die Häuser sind alt. Am Abend wird es kalt.';
    const analysis = await analysisOf({ analyzer: 'words-2', languages: ['de'] });
    const words = { text: analysis.of({}, text).words, query: analysis.query };
    expect(highlightFor('Haus', { text, span: [0, text.length] }, words).text.trim()).toBe('Die Häuser sind alt.');
  });

  it('takes the language of each document from a field, and asks in all of them', async () => {
    const documents = [
      ...german.map((one) => ({ ...one, lang: 'de-AT' })),
      ...french.map((one) => ({ ...one, lang: 'French' })),
      { id: 'klingon', text: 'Häuser tlhIngan', lang: 'tlh' },
    ];
    const { index, report } = await open({ languageField: 'lang', fields: ['text'] }, documents);
    expect(index.manifest()).toMatchObject({ languages: ['de', 'fr'], languageField: 'lang' });
    expect(report.notes).toEqual([
      '1 document is by the field `lang` in none of the languages of this index (de, fr): its words are not stemmed, and BM25 finds them as they are written',
    ]);
    const found = async (query: string) => (await search(index, query, { firstStage: 'bm25', reranker: null })).results.map(({ id }) => id);
    expect([await found('Haus'), await found('réservation'), await found('reservation')]).toEqual([
      ['haus'],
      ['reservation'],
      ['reservation'],
    ]);
    expect(await found('Häuser')).toEqual(['klingon', 'haus']);
    // The same text in another language has other words.
    expect((await index.add([{ ...french[0], lang: 'de' } as Document])).changed).toBe(1);
    expect(await found('mangent')).toEqual(['cheval']);
    expect([await found('manger'), await found('cheval')]).toEqual([[], []]);
  });

  it('tells the language of each document by its words, of those that are named or of the first documents', async () => {
    for (const languages of [['de', 'fr'], ['detect']]) {
      const { index } = await open({ languages }, [...german, ...french]);
      expect(index.manifest()?.languages).toEqual(['de', 'fr']);
      const found = async (query: string) =>
        (await search(index, query, { firstStage: 'bm25', reranker: null })).results.map(({ id }) => id);
      expect([await found('Haus'), await found('cheval'), await found('réservation')]).toEqual([['haus'], ['cheval'], ['reservation']]);
    }
  });

  it('stems nothing where none is named', async () => {
    const { index } = await open({ languages: ['none'] }, [{ id: 'a', text: 'running dogs' }]);
    expect(index.manifest()?.languages).toEqual([]);
    expect((await search(index, 'run dog', { firstStage: 'bm25', reranker: null })).results).toEqual([]);
    expect((await search(index, 'dogs', { firstStage: 'bm25', reranker: null })).results).toHaveLength(1);
  });

  it('refuses languages that it cannot stem, and others than those of the index', async () => {
    expect(await errorOf(open({ languages: ['ger'] }, german))).toMatch(/^E_USAGE: there is no stemmer for the language "ger"/);
    expect(await errorOf(open({ languages: ['detect', 'de'] }, german))).toBe('E_USAGE: languages takes "detect" alone; got detect,de.');
    expect(await errorOf(open({ languageField: 'lang' }, german))).toMatch(
      /^E_FIELD: none of the first documents names a language in the field "lang"/,
    );
    const store = memoryStore();
    await (await openIndex(store, { create: { languages: ['de'] }, embedder })).add(german);
    expect(await errorOf(openIndex(store, { create: { languages: ['fr'] }, embedder }))).toMatch(
      /^E_RECIPE: the store stems words of de; got fr\./,
    );
    expect((await openIndex(store, { create: { languages: ['de'] }, embedder })).manifest()?.languages).toEqual(['de']);
  });
});

describe('what a search by words cannot find', () => {
  it('says that a query has no word', async () => {
    const { index } = await open({}, [{ id: 'a', text: 'fox ?' }]);
    const notes = async (query: string, firstStage: 'bm25' | 'dense' | 'hybrid') =>
      (await search(index, query, { firstStage, reranker: null })).notes;
    const said = ['the query has no word that BM25 could look for, only signs and spaces: it finds nothing by words; vectors may'];
    expect([await notes('?! …', 'bm25'), await notes('--', 'hybrid'), await notes('?!', 'dense'), await notes('🔥', 'bm25')]).toEqual([
      said,
      said,
      undefined,
      undefined,
    ]);
  });

  it('says where an index of an earlier analysis would be asked for other words', async () => {
    const store = memoryStore();
    const made = await openIndex(store, { create: true, embedder });
    await made.add([{ id: 'a', text: 'first' }]);
    const earlier = { ...store, open: async () => ({ ...(await store.open()), analyzer: 'words-1' }) as never };
    await using index = await openIndex(earlier, { embedder });
    await index.add([{ id: 'b', text: '检索 C++' }]);
    const answer = async (query: string) => search(index, query, { firstStage: 'bm25', reranker: null });
    expect((await answer('first')).notes).toBe(undefined);
    const { results, notes } = await answer('C++ 检');
    expect(results.map(({ id }) => id)).toEqual(['b']);
    expect(notes?.[0]).toMatch(
      /^this index has its words by the earlier analysis "words-1", which may find less for this query than "words-2": rebuild it/,
    );
    expect(
      await errorOf(openIndex({ ...store, open: async () => ({ ...(await store.open()), analyzer: 'words-9' }) as never }, { embedder })),
    ).toMatch(/^E_INDEX_DAMAGED: the store was made with the word analysis "words-9"; this version has "words-2"\. Rebuild it/);
  });
});
