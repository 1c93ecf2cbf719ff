import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Document, openIndex, type Reranker, readDocuments, rerank, search } from '../src/index.ts';
import { memoryStore } from '../src/stores.ts';
import { evaluate } from '../src/tasks/evaluate.ts';
import { finetooth, workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Scores that tell every text from every other. */
const textScores: Reranker = {
  fingerprint: 'texts@1',
  score: async (_, candidates) => ({
    scores: Float32Array.from(candidates, ({ text }) =>
      [...text].reduce((sum, sign, at) => sum + sign.charCodeAt(0) * Math.sin(at + 1), 0),
    ),
  }),
};

const words = fc.constantFrom('whale', 'white bat', 'wheat rose', 'echo in the dark', '', ' ');
const value = fc.oneof({ weight: 6, arbitrary: words }, fc.constantFrom(null, 7, true), fc.array(words, { maxLength: 2 }));
const oddDocuments: fc.Arbitrary<readonly Document[]> = fc
  .array(
    fc.record(
      { title: value, text: value, description: value, name: value, note: value, lang: value, url: words },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Document>,
    { minLength: 2, maxLength: 12 },
  )
  .map((documents) => documents.map((document, at) => ({ ...document, id: `d${at}`, label: `made ${at}` })));
const permuted = oddDocuments.chain((documents) =>
  fc.tuple(fc.constant(documents), fc.shuffledSubarray([...documents], { minLength: documents.length })),
);

const indexOf = async (documents: readonly Document[]) => {
  const index = await openIndex(memoryStore(), { create: true, embedder: hashEmbedder(), reranker: textScores });
  return { index, report: await index.add(documents) };
};

describe('the order of the input changes no score', () => {
  it('of rerank, nor does what else is in the list', async () => {
    const scoresOf = async (documents: readonly Document[]): Promise<ReadonlyMap<string, number>> => {
      const list = documents.map((document) => ({ id: String(document.id), document }));
      const { results } = await rerank('q', list, { model: textScores, stages: true });
      return new Map(results.map(({ id, stages }) => [id, stages?.[0] as number]));
    };
    await fc.assert(
      fc.asyncProperty(permuted, async ([documents, shuffled]) => {
        const first = await scoresOf(documents);
        expect(await scoresOf(shuffled)).toEqual(first);
        for (const document of documents) expect([...(await scoresOf([document])).values()]).toEqual([first.get(String(document.id))]);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it.each(['dense', 'bm25'] as const)('of an index and a search by %s', async (firstStage) => {
    await fc.assert(
      fc.asyncProperty(permuted, async ([documents, shuffled]) => {
        const answers = await Promise.all(
          [documents, shuffled].map(async (list) => {
            const { index, report } = await indexOf(list);
            const { results, candidates } = await search(index, 'white whale in the dark', { firstStage, top: 20, stages: true });
            const { took: _, ...counts } = report;
            return { fields: index.manifest()?.fields, counts, results, candidates };
          }),
        );
        expect(answers[1]).toEqual(answers[0]);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('of an evaluation', async () => {
    await fc.assert(
      fc.asyncProperty(permuted, async ([documents, shuffled]) => {
        const reports = await Promise.all(
          [documents, shuffled].map(async (list) => {
            const data = workFolder();
            mkdirSync(join(data, 'work'));
            writeFileSync(join(data, 'corpus.jsonl'), lines(list.map(({ id, ...rest }) => ({ _id: id as string, ...rest }))));
            writeFileSync(join(data, 'queries.jsonl'), lines([{ _id: 'q', text: 'white whale' }]));
            writeFileSync(join(data, 'qrels.tsv'), 'query-id\tcorpus-id\tscore\nq\td0\t1\n');
            writeFileSync(join(data, 'run.trec'), documents.map(({ id }, at) => `q Q0 ${String(id)} ${at + 1} ${50 - at} r\n`).join(''));
            const { pipelines } = await evaluate({
              data,
              firstStageRun: join(data, 'run.trec'),
              pipelines: [{ name: 'own', firstStage: 'dense', denseWeight: 0.5, candidates: 20, reranker: ['own'] }],
              rerankers: { own: textScores },
              resamples: 100,
              workFolder: join(data, 'work'),
            });
            return pipelines.map(({ perQuery, failures }) => [perQuery, failures]);
          }),
        );
        expect(reports[1]).toEqual(reports[0]);
      }),
      { seed: 5, numRuns: 25 },
    );
  }, 60_000);
});

describe('fields that nobody named', () => {
  const whale = { id: '4', title: 'Whales', text: 'Captain Ahab hunts the white whale across the sea.' };

  it('are those of the whole first batch', async () => {
    const { index, report } = await indexOf([{ id: '1', title: 'Placeholder', text: null }, whale]);
    expect(index.manifest()).toMatchObject({ fields: ['title', 'text'], idField: 'id' });
    const { results } = await search(index, 'ahab', { firstStage: 'bm25', reranker: null });
    expect(results.map(({ id }) => id)).toEqual(['4']);
    expect([report.unreadFields, report.notes]).toEqual([undefined, undefined]);
  });

  it('are not changed by a few odd documents', async () => {
    const films = Array.from({ length: 200 }, (_, i) => ({ id: i, title: `Film ${i}`, overview: `Story ${i}`, tagline: `Tag ${i}` }));
    const odd = [
      { id: 'a', name: 'Odd', tagline: 'No story' },
      { id: 'b', tagline: 'Only this' },
    ];
    const { index, report } = await indexOf([...odd, ...films]);
    expect(index.manifest()?.fields).toEqual(['title', 'overview', 'name']);
    expect([report.added, report.withoutText]).toEqual([202, 1]);
  });

  it('that later documents have are counted, by name', async () => {
    const early = Array.from({ length: 256 }, (_, i) => ({ id: `e${i}`, title: `Title ${i}`, description: `About ${i}` }));
    const late = Array.from({ length: 1234 }, (_, i) => ({ id: `l${i}`, title: `Title ${i}`, text: `Words of ${i}` }));
    const { report } = await indexOf([...early, ...late]);
    expect(report.unreadFields).toEqual({ text: 1234 });
    expect(report.notes).toEqual([
      '1,234 documents have a field `text` that is not read: name it among the fields, and rebuild an index that is there',
    ]);
    const index = await openIndex(memoryStore(), { create: { fields: ['title'] }, embedder: hashEmbedder(), reranker: null });
    expect(await index.add(late)).not.toHaveProperty('notes');
  });

  it('are refused where nothing holds words', async () => {
    await expect(indexOf([{ n: 1 }, { n: 2, url: 'x' }])).rejects.toMatchObject({
      code: 'E_FIELD',
      message:
        'the first 2 documents have no field that holds words (the fields are n, url); name the fields that make the text as fields.',
    });
    await expect(rerank('q', [{ id: '1', document: { n: 1 } }], { model: textScores })).rejects.toMatchObject({ code: 'E_FIELD' });
  });

  it('are told by the command line, in words and in JSON', async () => {
    const cwd = workFolder();
    const file = join(cwd, 'first.jsonl');
    writeFileSync(file, lines([{ id: '1', title: 'Placeholder', text: null }, { id: '2', title: 'Wheat', text: 'Wheat rose.' }, whale]));
    const first = await finetooth(['index', file, '--into', join(cwd, 'index'), '--json']);
    expect(JSON.parse(first.stdout)).not.toHaveProperty('notes');
    writeFileSync(file, lines([{ id: '5', title: 'Bats', description: 'They hunt by echo.' }]));
    const second = await finetooth(['index', file, '--into', join(cwd, 'index'), '--json']);
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 1, unreadFields: { description: 1 }, notes: [expect.any(String)] });
    expect(second.stderr).toContain('note: 1 document has a field `description` that is not read: name it among the fields');
    const status = await finetooth(['status', '--in', join(cwd, 'index')]);
    expect(status.stdout).toContain('text from    title, text');
  }, 60_000);
});

describe('ids that nobody named', () => {
  it('stay those of the user, whichever document comes first, and the others are said', async () => {
    const documents = [{ text: 'none' }, { id: 'a', text: 'mine' }, { _id: 'b', text: 'too' }, { id: 'c', text: 'third' }];
    for (const list of [documents, documents.toReversed()]) {
      const { index, report } = await indexOf(list);
      const stored = await Array.fromAsync(index.store.get('all', []));
      expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
      expect([stored.length, index.manifest()?.idField]).toEqual([4, 'id']);
      expect(report.notes).toEqual([
        `1 document has no id of its own (document ${list.findIndex(({ text }) => text === 'none') + 1}); the id comes from the content`,
      ]);
      expect((await index.add(list)).unchanged).toBe(4);
    }
  });

  it('are taken from documents that come after a batch without any', async () => {
    const { index } = await indexOf([...Array.from({ length: 300 }, (_, i) => ({ text: `text ${i}` })), { id: 'mine', text: 'late' }]);
    expect((await Array.fromAsync(index.store.get(['mine'], []))).length).toBe(1);
  });

  it('may be missing everywhere without a word', async () => {
    const { report } = await indexOf([{ text: 'a' }, { text: 'b' }]);
    expect(report).not.toHaveProperty('notes');
  });
});

describe('typed front matter', () => {
  it('can be filtered by, and what was wrong with it is said once', async () => {
    const cwd = workFolder();
    const notes = join(cwd, 'notes');
    mkdirSync(notes);
    writeFileSync(join(notes, 'old.md'), '---\ntitle: Old\nyear: 1989\ntags: [bat]\n---\nBats at night.');
    writeFileSync(join(notes, 'new.md'), '---\ntitle: New\nyear: 2015\ntags: [bat, whale]\ndate: 2015-06-01\n---\nBats and whales.');
    writeFileSync(join(notes, 'odd.md'), '---\ntitle: Fwd: Odd\nyear: 1999\n---\nBats again.');
    const index = await openIndex(memoryStore(), { create: true, embedder: hashEmbedder(), reranker: null });
    const report = await index.addRead(readDocuments(notes));
    expect(report.notes).toEqual([
      `front matter of 1 file was not valid YAML and was read line by line (${notes}/odd.md line 2: Nested mappings are not allowed in compact mappings)`,
    ]);
    const found = async (fields: Readonly<Record<string, object>>): Promise<readonly string[]> =>
      (await search(index, 'bats', { filter: { fields } })).results.map(({ id }) => id).sort();
    expect(await found({ year: { gte: 2015 } })).toEqual(['new.md']);
    expect(await found({ year: { lt: 2000 } })).toEqual(['odd.md', 'old.md']);
    expect(await found({ tags: { equals: 'whale' } })).toEqual(['new.md']);
    expect(await found({ date: { gte: '2015-01-01' } })).toEqual(['new.md']);
  });
});
