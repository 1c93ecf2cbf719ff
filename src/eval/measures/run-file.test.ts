import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateRun } from './evaluation.ts';
import { checkJudgments, readJudgments } from './judgments.ts';
import { parseMeasures } from './measure.ts';
import { evaluateFile, readRun } from './run-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const file = (content: string | Uint8Array, name = `file${files++}`): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const failure = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error('did not fail'),
    (thrown: Error) => thrown,
  );
  return `${(error as { code?: string }).code}: ${error.message.replaceAll(`${folder}/`, '')}`;
};

const trecQrels = 'q1 0 a 2\nq1 0 b 0\nq2 0 c 1\n';
const trecRun = 'q1 Q0 b 1 0.9 tag\nq1 Q0 a 2 0.5 tag\nq2 Q0 x 1 3 tag\n';

describe('judgments', () => {
  const expected = new Map([
    [
      'q1',
      new Map([
        ['a', 2],
        ['b', 0],
      ]),
    ],
    ['q2', new Map([['c', 1]])],
  ]);

  it.each([
    ["TREC's columns", trecQrels],
    ['tabs between them', trecQrels.replaceAll(' ', '\t')],
    ['CR LF and a byte order mark', `\ufeff${trecQrels.replaceAll('\n', '\r\n')}`],
    ['no last line end, blank lines', `\n${trecQrels.trim()}`],
    ["BEIR's header", 'query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\nq2\tc\t1\n'],
    ['another order of columns', 'score\tcorpus-id\tquery-id\r\n2\ta\tq1\r\n0\tb\tq1\r\n1\tc\tq2\r\n'],
    ['gz', gzipSync(trecQrels)],
  ])('are read from %s', async (_, content) => {
    expect(await readJudgments(file(content))).toEqual(expected);
  });

  it('keep ids with spaces between tabs, and negative grades', async () => {
    const judgments = await readJudgments(file('query-id\tcorpus-id\tscore\nq 1\ta b.txt\t-1\n'));
    expect(judgments).toEqual(new Map([['q 1', new Map([['a b.txt', -1]])]]));
  });

  it.each([
    [
      'q1 0 a 1\nq1 0 a 2\n',
      'E_DUPLICATE_ID: f line 2 judges query "q1" and document "a" a second time (1 before, 2 now). Keep one of the lines.',
    ],
    [
      'q1 0 a 1\nq1 0 a 1\n',
      'E_DUPLICATE_ID: f line 2 judges query "q1" and document "a" a second time (both times 1). Keep one of the lines.',
    ],
    ['q1 0 a 0.5\n', 'E_INPUT_FORMAT: f line 1: the grade is "0.5"; a grade is a whole number, 0 for not relevant.'],
    ['query-id\tcorpus-id\tscore\nq1\ta\t\n', 'E_INPUT_FORMAT: f line 2: the grade is ""; a grade is a whole number, 0 for not relevant.'],
    [
      'q1 0 a b 1\n',
      'E_INPUT_FORMAT: f line 1 has 5 columns; an id with a space needs the form with tabs. Judgments have TREC\'s four columns (query 0 document grade), or tabs and a header "query-id corpus-id score".',
    ],
    [
      'q1 0 a 1\nq1 0 a b 1\n',
      "E_INPUT_FORMAT: f line 2 has 5 columns: the lines before have 4; an id with a space cannot be written in TREC's columns, only between tabs under a header.",
    ],
    ['q1 0 a 1\nq1 0', 'E_INPUT_FORMAT: f line 2 has 2 columns: it may be cut off; the lines before have 4.'],
    ['query-id\tcorpus-id\tscore\nq1\t\t1\n', /^E_INPUT_FORMAT: f line 2 has an empty id\./],
    [trecRun, /^E_INPUT_FORMAT: f line 1 has the 6 columns of a run, not of judgments\./],
    ['query-id\tcorpus-id\tscore\n', 'E_INPUT_EMPTY: f holds no judgments.'],
    ['query-id\tcorpus-id\tvalue\nq\td\t1\n', /^E_INPUT_FORMAT: f line 1: the header \(query-id, corpus-id, value\) names no grade\./],
    ['', 'E_INPUT_EMPTY: f is empty (0 bytes). Check the command that wrote it.'],
  ])('%j are refused', async (content, sentence) => {
    const said = await failure(readJudgments(file(content, 'f')));
    if (typeof sentence === 'string') expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });

  it('that say nothing is relevant are refused', async () => {
    const judgments = await readJudgments(file('q1 0 a 0\nq1 0 b -1\n'));
    expect(() => checkJudgments(judgments, 'f')).toThrow('f: none of its 2 judgments says relevant (a grade of 1 or more)');
  });
});

describe('a run', () => {
  const measures = parseMeasures('nDCG@10,RR,R@10');
  const judgments = new Map([
    [
      'q1',
      new Map([
        ['a', 2],
        ['b', 0],
      ]),
    ],
    ['q2', new Map([['c', 1]])],
  ]);
  const valuesOf = async (content: string | Uint8Array) =>
    (await evaluateFile(file(content), judgments, measures)).values.map((one) => [...one]);
  const expected = [
    [1 / Math.log2(3), 0],
    [0.5, 0],
    [1, 0],
  ];

  it.each([
    ["TREC's columns", trecRun],
    ['columns in steps', 'q1   Q0 b   1 0.9 tag\nq1\tQ0\ta\t2\t0.5\ttag  \nq2 Q0 x 1 3 tag'],
    ['CR LF and a byte order mark', `\ufeff${trecRun.replaceAll('\n', '\r\n')}`],
    ["BEIR's header", 'query-id\tcorpus-id\trank\tscore\nq1\tb\t1\t9e-1\nq1\ta\t2\t.5\nq2\tx\t1\t3\n'],
    ['lines out of order', 'q1 Q0 a 2 0.5 tag\nq2 Q0 x 1 3 tag\nq1 Q0 b 1 0.9 tag\n'],
    ['gz', gzipSync(trecRun)],
  ])('is read from %s', async (_, content) => {
    expect(await valuesOf(content)).toEqual(expected);
  });

  it('is ordered by its scores, whatever the ranks and lines say, and that is counted', async () => {
    const evaluation = await evaluateFile(file('q1 Q0 a 1 0.5 t\nq1 Q0 b 2 0.9 t\nq2 Q0 c 1 3 t\n'), judgments, measures);
    expect(evaluation.values[1]).toEqual(Float64Array.of(0.5, 1));
    expect(evaluation.unsorted).toBe(1);
  });

  it("decides between equal scores as trec_eval does, the higher id first, unless BEIR's form names ranks", async () => {
    expect((await valuesOf('q1 Q0 a 1 1 t\nq1 Q0 b 2 1 t\n'))[1]).toEqual([0.5, 0]);
    expect((await valuesOf('query-id\tcorpus-id\tscore\nq1\ta\t1\nq1\tb\t1\n'))[1]).toEqual([0.5, 0]);
    expect((await valuesOf('query-id\tcorpus-id\trank\tscore\nq1\tb\t2\t1\nq1\ta\t1\t1\n'))[1]).toEqual([1, 0]);
    // 1 and 1 + 1e-9 are one 32-bit number.
    expect((await valuesOf('q1 Q0 a 1 1.000000001 t\nq1 Q0 b 2 1 t\n'))[1]).toEqual([0.5, 0]);
  });

  it('gives the same figures in pieces, whole, and in memory', async () => {
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `q${Math.floor(i / 100)} Q0 d${(i * 7919) % 5000} ${i % 100} ${100 - (i % 100)} t`,
    );
    const many = new Map(
      Array.from({ length: 30 }, (_, q) => [
        `q${q}`,
        new Map(Array.from({ length: 9 }, (_, j) => [`d${((q * 100 + j * 11) * 7919) % 5000}`, j % 4])),
      ]),
    );
    const shuffled = lines
      .map((line, i) => [((i * 1103515245 + 12345) % 2147483648) / 2147483648, line] as const)
      .sort(([a], [b]) => a - b);
    const whole = file(shuffled.map(([, line]) => line).join('\n'));
    const pieces = file(lines.join('\n'));
    const fromPieces = await evaluateFile(pieces, many, measures);
    expect((await evaluateFile(whole, many, measures)).values).toEqual(fromPieces.values);
    expect(evaluateRun(await readRun(pieces), many, measures).values).toEqual(fromPieces.values);
    expect(fromPieces.values[1]?.every((reciprocal) => reciprocal === 1 / 12)).toBe(true);
  });

  it.each([
    ['q1 Q0 a 1 nan t\n', /^E_INPUT_FORMAT: f line 1: the score is "nan"; a run needs finite numbers\./],
    ['q1 Q0 a 1 1 t\nq1 Q0 b 2 -inf t\n', /^E_INPUT_FORMAT: f line 2: the score is "-inf"/],
    ['query-id\tcorpus-id\trank\tscore\nq1\ta\tfirst\t1\n', /^E_INPUT_FORMAT: f line 2: the rank is "first"/],
    [
      'q1 Q0 a 1 1 t\nq1 Q0 a 2 0.5 t\n',
      'E_DUPLICATE_ID: query "q1" has the document "a" twice in one ranking; each may stand there once.',
    ],
    [
      'q1 Q0 zz 1 1 t\nq2 Q0 a 1 1 t\nq1 Q0 zz 2 0.5 t\n',
      'E_DUPLICATE_ID: query "q1" has the document "zz" twice in one ranking; each may stand there once.',
    ],
    ['q1 Q0 my file.txt 1 1 t\n', /^E_INPUT_FORMAT: f line 1 has 7 columns; an id with a space needs the form with tabs\./],
    [trecQrels, /^E_INPUT_FORMAT: f line 1 has the 4 columns of judgments, not of a run\./],
    ['q1 a 1\n', /^E_INPUT_FORMAT: f line 1 has 3 columns\. A run has TREC's six columns/],
    [gzipSync(trecRun.repeat(50)).subarray(0, 60), /^E_INPUT_FORMAT: f is torn: its gzip data ends too early/],
    ['q1 Q0 a 1 1 t\nq1 Q0 b 2', 'E_INPUT_FORMAT: f line 2 has 4 columns: it may be cut off; the lines before have 6.'],
  ])('%j is refused', async (content, sentence) => {
    const said = await failure(evaluateFile(file(content, 'f'), judgments, measures));
    if (typeof sentence === 'string') expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });
});
