import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTestSet } from './collection.ts';
import { type JudgmentChange, type JudgmentFile, readJudgmentFile, withJudgmentFile } from './judgment-file.ts';

const header = 'query-id\tcorpus-id\tscore\n';
const bats = { id: 'q1', text: 'bats' };
const heist = { id: 'q2', text: 'a heist' };

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'finetooth-judgments-'));
  folder = join(root, 'set');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const within = <T>(work: (file: JudgmentFile) => Promise<T>): Promise<T> => withJudgmentFile(folder, undefined, work, 200);
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const prepare = async (files: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
};

describe('a file of judgments', () => {
  it('is what eval reads, line by line from the first judgment on', async () => {
    await within(async (file) => {
      await file.add(bats, 'd1', 3);
      expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\n`);
      expect(await text('queries.jsonl')).toBe('{"_id":"q1","text":"bats"}\n');
      await file.add(bats, 'd 2', 0);
      await file.add(heist, 'd1', 1);
      expect(file.count()).toBe(3);
    });
    const set = await readTestSet(folder);
    expect([...set.queries]).toEqual([
      ['q1', 'bats'],
      ['q2', 'a heist'],
    ]);
    expect([...(set.judgments.get('q1') ?? [])]).toEqual([
      ['d1', 3],
      ['d 2', 0],
    ]);
    expect((await readdir(folder)).sort()).toEqual(['qrels.tsv', 'queries.jsonl']);
  });

  it('goes on where it was', async () => {
    await within((file) => file.add(bats, 'd1', 3));
    await within(async (file) => {
      expect([file.count(), file.has('q1', 'd1'), file.has('q1', 'd2'), file.has('q2', 'd1')]).toEqual([1, true, false, false]);
      expect([file.idOf('bats'), file.idOf('cats')]).toEqual(['q1', undefined]);
      expect(file.notes).toEqual([]);
      await file.add(bats, 'd2', 0);
    });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\nq1\td2\t0\n`);
    expect(await text('queries.jsonl')).toBe('{"_id":"q1","text":"bats"}\n');
  });

  it('takes back what was added since it was opened, and nothing before', async () => {
    await within((file) => file.add(bats, 'd1', 3));
    await within(async (file) => {
      await file.add(bats, 'd2', 2);
      await file.add(bats, 'd3', 1);
      await file.undo();
      expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\nq1\td2\t2\n`);
      expect(file.has('q1', 'd3')).toBe(false);
      await file.add(bats, 'd3', 0);
      for (let i = 0; i < 5; i++) await file.undo();
      expect(file.count()).toBe(1);
    });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\n`);
  });

  it('keeps its header when the very first judgment is taken back', async () => {
    await within(async (file) => {
      await file.add(bats, 'd1', 3);
      await file.undo();
      await file.add(bats, 'd1', 2);
    });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t2\n`);
    await within(async (file) => expect(file.count()).toBe(1));
  });

  it('leaves nothing behind when nothing was judged, except a folder that was there', async () => {
    await within(async () => undefined);
    expect(await readdir(root)).toEqual([]);
    await mkdir(folder);
    await within(async () => undefined);
    expect(await readdir(root)).toEqual(['set']);
  });

  it.each([
    ['an id without its grade', 'q1\td2', '"q1\\td2"'],
    ['an empty grade', 'q1\td2\t', '"q1\\td2\\t"'],
    ['zeros of a power cut', '\0\0\0', '"\\u0000\\u0000\\u0000"'],
  ])('drops a torn last line: %s', async (_, torn, said) => {
    await prepare({ 'qrels.tsv': `${header}q1\td1\t3\n${torn}`, 'queries.jsonl': '{"_id":"q1","text":"bats"}\n' });
    await within(async (file) => {
      expect(file.notes).toEqual([`${join(folder, 'qrels.tsv')}: the last line, ${said}, was cut off and is dropped.`]);
      expect(file.count()).toBe(1);
      await file.add(bats, 'd2', 1);
    });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\nq1\td2\t1\n`);
  });

  it('keeps a last line that lacks only its line end', async () => {
    await prepare({ 'qrels.tsv': `${header}q1\td1\t3`, 'queries.jsonl': '{"_id":"q1","text":"bats"}' });
    await within(async (file) => {
      expect(file.notes).toEqual([]);
      await file.add(heist, 'd1', 1);
    });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\nq2\td1\t1\n`);
    expect(await text('queries.jsonl')).toBe('{"_id":"q1","text":"bats"}\n{"_id":"q2","text":"a heist"}\n');
  });

  it('drops a torn query, which has no judgments yet', async () => {
    await prepare({ 'qrels.tsv': `${header}q1\td1\t3\n`, 'queries.jsonl': '{"_id":"q1","text":"bats"}\n{"_id":"q2","te' });
    await within(async (file) => {
      expect(file.notes[0]).toContain('queries.jsonl: the last line');
      await file.add(heist, 'd1', 1);
    });
    expect(await text('queries.jsonl')).toBe('{"_id":"q1","text":"bats"}\n{"_id":"q2","text":"a heist"}\n');
  });

  it.each(['', 'query-id\tcor', header.trimEnd(), header])('begins anew over %j', async (start) => {
    await prepare({ 'qrels.tsv': start });
    await within((file) => file.add(bats, 'd1', 3));
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\n`);
  });

  it.each([
    ["TREC's columns", 'q1 0 d1 1\nq1 0 d2'],
    ['another header', 'query\tdocument\tgrade\nq1\td1\t1\n'],
    ['a single word', 'qrels'],
  ])('refuses %s and changes nothing', async (_, other) => {
    await prepare({ 'qrels.tsv': other });
    await expect(within((file) => file.add(bats, 'd1', 3))).rejects.toMatchObject({
      code: 'E_INPUT_FORMAT',
      message: expect.stringMatching(/qrels\.tsv begins with .* another form/),
    });
    expect(await text('qrels.tsv')).toBe(other);
  });

  it('refuses damage in the middle', async () => {
    await prepare({ 'qrels.tsv': `${header}q1\td1\nq1\td2\t1\n` });
    await expect(within(async () => undefined)).rejects.toMatchObject({
      code: 'E_INPUT_FORMAT',
      message: expect.stringContaining('line 2'),
    });
  });

  it.each(['qrels.tsv.gz', 'queries.jsonl.gz', 'finetooth.json'])('refuses a folder with %s', async (name) => {
    await prepare({ [name]: '' });
    await expect(within(async () => undefined)).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('Name another folder as into.'),
    });
    expect(await readdir(folder)).toEqual([name]);
  });

  it('refuses a folder that is a file', async () => {
    await writeFile(folder, '');
    await expect(within(async () => undefined)).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('cannot be made'),
    });
  });

  it('does not mix the judgments of two queries with one id', async () => {
    await within((file) => file.add(bats, 'd1', 3));
    await within(async (file) => {
      await expect(file.add({ id: 'q1', text: 'cats' }, 'd1', 0)).rejects.toMatchObject({
        code: 'E_DUPLICATE_ID',
        message: expect.stringMatching(/"q1" is "cats", but in .*queries\.jsonl it is "bats"/),
      });
    });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\n`);
  });

  it.each(['a\tb', 'a\nb', ''])('refuses the id %j', async (id) => {
    await within(async (file) => {
      await expect(file.add(bats, id, 1)).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
      await expect(file.add({ id, text: 'x' }, 'd1', 1)).rejects.toMatchObject({ code: 'E_INPUT_FORMAT' });
    });
    expect(await readdir(root)).toEqual([]);
  });

  it('belongs to one person at a time', async () => {
    await within(async (file) => {
      await expect(within(async () => undefined)).rejects.toMatchObject({
        code: 'E_LOCKED',
        message: expect.stringContaining('qrels.tsv.lock'),
      });
      await file.add(bats, 'd1', 1);
    });
    expect(await within(async (file) => file.count())).toBe(1);
  });
});

describe('changes from several hands', () => {
  const merge = (...changes: JudgmentChange[]) => within((file) => file.merge(changes));

  it('are added, changed and taken back, and the file stays one that eval reads', async () => {
    await merge({ query: bats, id: 'd1', grade: 3 }, { query: bats, id: 'd2', grade: 0 });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t3\nq1\td2\t0\n`);
    await merge({ query: heist, id: 'd1', grade: 1 }, { query: bats, id: 'd1', grade: 2 }, { query: bats, id: 'd2', grade: null });
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t2\nq2\td1\t1\n`);
    expect(await text('queries.jsonl')).toBe('{"_id":"q1","text":"bats"}\n{"_id":"q2","text":"a heist"}\n');
    const set = await readTestSet(folder);
    expect(set.judgments.get('q1')).toEqual(new Map([['d1', 2]]));
    expect(await readJudgmentFile(folder)).toEqual({ queries: set.queries, judgments: set.judgments });
  });

  it('count as they came: the last of a pair, and nothing for what is so already', async () => {
    await merge({ query: bats, id: 'd1', grade: 3 }, { query: bats, id: 'd1', grade: 1 });
    const before = await text('qrels.tsv');
    expect(before).toBe(`${header}q1\td1\t1\n`);
    await merge({ query: bats, id: 'd1', grade: 1 }, { query: heist, id: 'd9', grade: null });
    expect([await text('qrels.tsv'), await text('queries.jsonl')]).toEqual([before, '{"_id":"q1","text":"bats"}\n']);
  });

  it('are all refused where one cannot be kept', async () => {
    const bad: JudgmentChange[][] = [
      [
        { query: bats, id: 'd1', grade: 1 },
        { query: heist, id: 'a\tb', grade: 1 },
      ],
      [
        { query: bats, id: 'd1', grade: 1 },
        { query: { ...bats, text: 'cats' }, id: 'd1', grade: 1 },
      ],
    ];
    for (const changes of bad)
      await expect(merge(...changes)).rejects.toMatchObject({ code: expect.stringMatching(/E_INPUT_FORMAT|E_DUPLICATE_ID/) });
    expect(await readJudgmentFile(folder)).toEqual({ queries: new Map(), judgments: new Map() });
  });

  it('are read without a lock while someone judges, but for a line that is being written', async () => {
    await within(async (file) => {
      await file.add(bats, 'd1', 3);
      await writeFile(join(folder, 'qrels.tsv'), `${header}q1\td1\t3\nq1\td`);
      expect((await readJudgmentFile(folder)).judgments).toEqual(new Map([['q1', new Map([['d1', 3]])]]));
    });
  });

  it('survive a part of a rewrite that a kill left', async () => {
    await merge({ query: bats, id: 'd1', grade: 3 });
    await writeFile(join(folder, 'qrels.tsv.part'), header.slice(0, 9));
    await merge({ query: bats, id: 'd1', grade: 2 });
    expect((await readdir(folder)).sort()).toEqual(['qrels.tsv', 'queries.jsonl']);
    expect(await text('qrels.tsv')).toBe(`${header}q1\td1\t2\n`);
  });
});
