import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../src/cli/commands.ts';
import { openIndex } from '../src/index.ts';
import { type Decision, embedDocuments, indexDocuments, type Judge, label, rerankDocuments, type Shown } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';

const commands = await allCommands();

const folder = workFolder();
const films = join(folder, 'films');
const source = join(folder, 'films.json');
const documents = [
  { id: 'bats', title: 'Night Flight', overview: 'A masked hero who fears bats makes them his sign.' },
  { id: 'whale', title: 'The White Whale', overview: 'A captain hunts the whale that took his leg.' },
  { id: 'heist', title: 'Four Safes', overview: 'Thieves empty a bank in one night.' },
];

beforeAll(async () => {
  writeFileSync(source, JSON.stringify(documents));
  writeFileSync(join(folder, 'queries.txt'), 'a bank robbery\n');
  expect(await indexDocuments({ source, into: films, fields: ['title', 'overview'] })).toMatchObject({ added: 3 });
});

describe('the library can do what the command line can', () => {
  it('and docs/library.md names the function of every command', () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'library.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell as string).join(' ');
    const apart = ['demo'];
    const missing = commands.map(({ name }) => name).filter((name) => name.split(' ').some((word) => !rows.includes(word)));
    expect(missing).toEqual(apart);
  });

  it('makes an index again from scratch, and leaves the old one when it is stopped', async () => {
    await expect(
      indexDocuments({ source, into: films, rebuild: true, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toBeInstanceOf(Error);
    expect(await indexDocuments({ source, into: films, rebuild: true })).toMatchObject({ added: 3 });
    await using index = await openIndex(films, { embedder: null });
    expect(index.manifest()?.fields).toEqual(['title', 'overview']);
  });

  it('gives vectors one by one, with the ids of the documents', async () => {
    const ids: unknown[] = [];
    for await (const { index, id, vector } of embedDocuments({ source, fields: ['title'] })) {
      ids.push(id);
      expect([index, vector.length]).toEqual([ids.length - 1, 384]);
    }
    expect(ids).toEqual(['bats', 'whale', 'heist']);
  });

  it('ranks the documents of a file, and says by which fields', async () => {
    const { answer, ...read } = await rerankDocuments('thieves in a bank', { source, rankFields: ['overview'], top: 1 });
    expect(answer.results.map(({ id }) => id)).toEqual(['heist']);
    expect(read).toEqual({ documents: 3, fields: ['overview'], otherFields: [] });
    await expect(rerankDocuments('bats', { source, reranker: null })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

describe('label', () => {
  const judgments = join(folder, 'judged');
  const queries = join(folder, 'queries.txt');
  /** Decides as it is told, and keeps what it was shown. */
  const judging = async (...decisions: readonly Decision[]) => {
    const shown: Shown[] = [];
    const notes: string[] = [];
    const left = [...decisions];
    let closed = 0;
    const judge = (): Judge => ({
      decide: async (one) => {
        shown.push(one);
        return left.shift() ?? 'end';
      },
      pause: async () => 'end',
      query: async () => undefined,
      close: () => closed++,
    });
    const report = await label({ in: films, queries, judgments, judge, onNote: (note) => notes.push(note) }).finally(() =>
      expect(closed).toBe(1),
    );
    return { report, shown, notes };
  };

  it('lets a program judge, takes back, and goes on where it stopped', async () => {
    const first = await judging(3, 'undo', 1, 'skip');
    expect(first.shown.map(({ place, note }) => [place, note])).toEqual([
      [1, ''],
      [2, ''],
      [1, 'Taken back: a 3.'],
      [2, ''],
      [3, ''],
    ]);
    expect(first.report).toEqual({ queries: 1, judged: 1, skipped: 1, into: judgments, qrels: `${judgments}/qrels.tsv` });
    const second = await judging(0, 2);
    expect(second.shown[0]?.judged).toBe(1);
    expect(readFileSync(join(judgments, 'qrels.tsv'), 'utf8').trim().split('\n')).toHaveLength(4);
    expect((await judging()).notes).toContain('All judged already: "a bank robbery".');
  });

  it('refuses a grade that there is not', async () => {
    writeFileSync(queries, 'a hunt at sea\n');
    await expect(judging(7)).rejects.toMatchObject({ code: 'E_USAGE', message: 'a grade is a whole number from 0 to 3; got 7.' });
  });
});
