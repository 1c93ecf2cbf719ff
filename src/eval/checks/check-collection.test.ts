import { describe, expect, it } from 'vitest';
import { FinetoothError } from '../../errors.ts';
import { beginChecks, checkCollection } from './check-collection.ts';

type Table = Readonly<Record<string, Readonly<Record<string, number>>>>;

const collectionOf = (documents: Readonly<Record<string, string>>, queries: Readonly<Record<string, string>>, judgments: Table) => ({
  documents: Object.entries(documents).map(([id, text]) => ({ id, text })),
  queries: new Map(Object.entries(queries)),
  judgments: new Map(Object.entries(judgments).map(([query, grades]) => [query, new Map(Object.entries(grades))])),
});
const check = (...parts: Parameters<typeof collectionOf>) => checkCollection(collectionOf(...parts));

const story = 'a fox that lived by the river met a crow who had found a piece of cheese that morning';
const other = 'the committee decided on tuesday to build a second bridge over the railway north of town';

describe('checkCollection', () => {
  it('has nothing to say about a collection that is in order', async () => {
    const checks = await check(
      { d1: story, d2: other },
      { q1: 'animals and food', q2: 'where is the new bridge' },
      { q1: { d1: 1, d2: 0 }, q2: { d2: 2 } },
    );
    expect(checks).toEqual({
      documents: 2,
      queries: 2,
      duplicateQueries: { count: 0, shown: [] },
      leaks: { count: 0, shown: [], queries: 0, relevant: 0 },
      duplicateDocuments: { count: 0, shown: [], documents: 0, unfair: 0 },
      warnings: [],
    });
  });

  it('tells queries that are the same, and those that contradict each other first', async () => {
    const checks = await check(
      { d1: story },
      { q1: 'foxes', q2: 'Foxes?', q3: 'crow cheese', q4: 'crow, CHEESE', q5: 'bridge', unjudged: 'bridge' },
      { q1: { d1: 1, d9: 0 }, q2: { d1: 2 }, q3: { d1: 1, d2: 0 }, q4: { d1: -1, d2: 0 }, q5: { d1: 0 } },
    );
    expect(checks.queries).toBe(5);
    expect(checks.duplicateQueries).toEqual({
      count: 2,
      shown: [
        {
          queries: ['q3', 'q4'],
          size: 2,
          equal: true,
          contradictions: { count: 1, shown: [{ document: 'd1', relevantFor: 'q3', notFor: 'q4' }] },
        },
        { queries: ['q1', 'q2'], size: 2, equal: true, contradictions: { count: 0, shown: [] } },
      ],
    });
    expect(checks.warnings).toEqual([
      '2 groups of queries have the same or nearly the same words ("q3", "q4"): their values are not independent, so intervals are narrower than they should be. Keep one of those that mean the same.',
      'Queries with the same or nearly the same words are judged differently: document "d1" is relevant for query "q3" and not relevant for "q4". Judge them again.',
    ]);
  });

  it('tells queries that are nearly the same', async () => {
    const query = 'which birds eat cheese near the river in spring';
    const { duplicateQueries } = await check({}, { q1: query, q2: `${query} time` }, { q1: { d1: 1 }, q2: { d1: 1 } });
    expect(duplicateQueries.shown).toEqual([{ queries: ['q1', 'q2'], size: 2, equal: false, contradictions: { count: 0, shown: [] } }]);
  });

  it('tells queries that stand in a document, the relevant ones first', async () => {
    const checks = await check(
      { d1: `News: ${story}.`, d2: story, d3: other },
      { q1: 'A piece of cheese, that morning', q2: 'fox lived river', q3: 'The committee decided on Tuesday!' },
      { q1: { d2: 1 }, q2: { d1: 1 }, q3: { d3: 0 } },
    );
    expect(checks.leaks).toEqual({
      count: 3,
      shown: [
        { query: 'q1', document: 'd2', grade: 1 },
        { query: 'q1', document: 'd1' },
        { query: 'q3', document: 'd3', grade: 0 },
      ],
      queries: 2,
      relevant: 1,
    });
    expect(checks.warnings[0]).toBe(
      'Query "q1" stands word for word in document "d2", which is judged relevant: finding it measures copying, not meaning. 2 of 3 queries stand so in a document; of 3 such pairs 1 is judged relevant.',
    );
  });

  it.each([
    [{ d3: 1 }, 'which no one judged: any search by words finds it. 1 of 1 query stands so in a document; of 1 such pair 0 are'],
    [{ d1: 0 }, 'which is judged not relevant: any search by words is punished'],
  ])('says what a leak means when the document is not relevant: %j', async (grades, sentence) => {
    const { warnings } = await check({ d1: story }, { q1: 'a fox that lived by the river' }, { q1: grades });
    expect(warnings).toEqual([expect.stringContaining(sentence)]);
  });

  it('tells documents that are the same, and first those judged differently, then those judged in part', async () => {
    const checks = await check(
      { d1: 'Red.', d2: 'red', d3: story, d4: story.toUpperCase(), d5: other, d6: `${other}!`, d7: 'blue', d8: 'blue', d9: 'green' },
      { q1: 'foxes', q2: 'bridges', q3: 'colours' },
      { q1: { d4: 1 }, q2: { d5: 0, d6: 2 }, q3: { d7: 1, d8: 1, d9: 1 } },
    );
    const { count, shown, documents, unfair } = checks.duplicateDocuments;
    expect([count, documents, unfair]).toEqual([4, 8, 2]);
    const none = { count: 0, shown: [] };
    expect(shown).toEqual([
      {
        documents: ['d5', 'd6'],
        size: 2,
        equal: true,
        unfair: { count: 1, shown: [{ query: 'q2', relevant: 'd6', other: 'd5', grade: 0 }] },
      },
      { documents: ['d3', 'd4'], size: 2, equal: true, unfair: { count: 1, shown: [{ query: 'q1', relevant: 'd4', other: 'd3' }] } },
      { documents: ['d1', 'd2'], size: 2, equal: true, unfair: none },
      { documents: ['d7', 'd8'], size: 2, equal: true, unfair: none },
    ]);
    expect(checks.warnings).toEqual([
      '8 documents are the same or nearly the same as another one, in 4 groups ("d5", "d6"). In 2 cases one of them is judged relevant and its double is not: for query "q2" document "d6" is relevant and "d5" was judged not relevant, so a system that finds the other one is punished. Judge them alike.',
    ]);
  });

  it('says so when all doubles are judged alike', async () => {
    const { warnings } = await check({ d1: 'red', d2: 'red' }, { q1: 'colours' }, { q1: { d1: 1, d2: 2 } });
    expect(warnings).toEqual([
      '2 documents are the same or nearly the same as another one, in 1 group ("d1", "d2"); all that bear on a judged query are judged alike.',
    ]);
  });

  it('blames no document of a chain that is not itself near the relevant one', async () => {
    const words = Array.from({ length: 300 }, (_, i) => `w${i}`);
    // A step changes ten words, so 10 and then 14 of 296 shingles: similarities of 0.93 and 0.91 in one step, 0.87 in two, 0.82 in three.
    const step = (times: number): string => words.map((word, i) => (i < times * 10 ? `x${word}` : word)).join(' ');
    const { duplicateDocuments } = await check(
      { d0: step(0), d1: step(1), d2: step(2), d3: step(3) },
      { q1: 'numbers' },
      { q1: { d0: 1 } },
    );
    const [group] = duplicateDocuments.shown;
    expect([group?.documents, group?.equal]).toEqual([['d0', 'd1', 'd2', 'd3'], false]);
    // Two steps may pass for near by estimate, three do not.
    const blamed = group?.unfair.shown.map((one) => one.other);
    expect(blamed).toContain('d1');
    expect(blamed).not.toContain('d3');
  });

  it('shows twenty of a kind and counts all', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}`, `${story} `]));
    const checks = await check(many, { q1: 'a fox that lived by the river' }, { q1: { d30: 1 } });
    expect([checks.leaks.count, checks.leaks.shown.length, checks.leaks.shown[0]?.document]).toEqual([50, 20, 'd30']);
    const [group] = checks.duplicateDocuments.shown;
    expect([group?.size, group?.documents.length, group?.unfair.count, group?.unfair.shown.length]).toEqual([50, 20, 49, 20]);
  });

  it('reads a stream as it reads a list, and one document after the other', async () => {
    const collection = collectionOf({ d1: story, d2: story }, { q1: 'by the river met a crow' }, { q1: { d1: 1 } });
    const stream = async function* () {
      yield* collection.documents;
    };
    const whole = await checkCollection(collection);
    expect(whole.warnings).toHaveLength(2);
    expect(await checkCollection({ ...collection, documents: stream() })).toEqual(whole);
    const checks = beginChecks(collection.queries, collection.judgments);
    for (const { id, text } of collection.documents) checks.see(id, text);
    expect(checks.end()).toEqual(whole);
  });

  it('stops when it is told to', async () => {
    const collection = collectionOf({ d1: story }, {}, {});
    const error: unknown = await checkCollection(collection, { signal: AbortSignal.abort() }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FinetoothError);
    expect((error as FinetoothError).code).toBe('E_STOPPED');
  });
});
