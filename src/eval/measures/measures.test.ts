import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { evaluateRun, meanOf } from './evaluation.ts';
import { condensed, createJudge } from './judged-ranking.ts';
import { parseMeasure } from './measure.ts';
import { measureOf } from './measures.ts';

type Table = Readonly<Record<string, Readonly<Record<string, number>>>>;
interface Group {
  readonly name: string;
  readonly qrels: Table;
  readonly run: Table;
  /** Tool, measure, query. */
  readonly expected: Readonly<Record<string, Table>>;
}
const { groups, made } = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'measures.json.gz'))).toString(),
) as { readonly groups: readonly Group[]; readonly made: { readonly tools: Readonly<Record<string, string>> } };

const mapsOf = (table: Table) => new Map(Object.entries(table).map(([query, row]) => [query, new Map(Object.entries(row))]));

/** How far a tool's figures may be: gdeval prints five digits. */
const toleranceOf = (tool: string): number => (tool.endsWith('gdeval') ? 5.1e-6 : 1e-9);

describe.each(groups)('$name: equal to', ({ qrels, run, expected }) => {
  const judgments = mapsOf(qrels);
  const lists = new Map([...mapsOf(run)].map(([query, scores]) => [query, [...scores].map(([id, score]) => ({ id, score }))] as const));
  const cases = Object.entries(expected).flatMap(([tool, measures]) =>
    Object.entries(measures).map(([name, values]) => ({ tool, name, values })),
  );

  it.each(cases)('$tool in $name', ({ tool, name, values }) => {
    const evaluation = evaluateRun(lists, judgments, [parseMeasure(name)]);
    const ours = new Map(evaluation.queries.map((query, at) => [query, (evaluation.values[0] as Float64Array)[at] as number]));
    expect(Object.keys(values).length).toBeGreaterThan(0);
    for (const [query, value] of Object.entries(values)) {
      expect(Math.abs((ours.get(query) as number) - value), `${query}: ${tool} has ${value}, we ${ours.get(query)}`).toBeLessThan(
        toleranceOf(tool),
      );
    }
  });
});

describe('the goldens', () => {
  it('are of several tools, and hold what tools differ in', () => {
    expect(Object.keys(made.tools)).toEqual(expect.arrayContaining(['pytrec-eval-terrier', 'ir-measures', 'ranx', 'cwl-eval']));
    const scores = groups.flatMap(({ run }) => Object.values(run).map((row) => Object.values(row)));
    expect(scores.some((row) => new Set(row).size < row.length)).toBe(true);
    expect(scores.some((row) => new Set(row.map(Math.fround)).size < new Set(row).size)).toBe(true);
    expect(groups.some(({ qrels }) => Object.values(qrels).some((row) => Math.min(...Object.values(row)) < -1))).toBe(true);
    expect(groups.some(({ qrels, run }) => Object.keys(qrels).some((query) => run[query] === undefined))).toBe(true);
  });
});

describe('one denominator', () => {
  it('counts a judged query without a ranking or without a relevant document as 0', () => {
    const judgments = new Map([
      ['q1', new Map([['a', 1]])],
      ['q2', new Map([['a', 1]])],
      ['q3', new Map([['a', 0]])],
    ]);
    const run = new Map([
      ['q1', [{ id: 'a', score: 1 }]],
      ['q3', [{ id: 'a', score: 1 }]],
      ['no one judged', [{ id: 'a', score: 1 }]],
    ]);
    expect(meanOf(run, judgments)).toBeCloseTo(1 / 3, 12);
    expect(meanOf(run, judgments, 'Judged@10')).toBeCloseTo(2 / 3, 12);
    expect(meanOf(run, judgments, 'P@10', { dropEmpty: true })).toBeCloseTo(0.1 / 2, 12);
    expect(meanOf(new Map(), new Map())).toBe(0);
    expect(evaluateRun(run, judgments, [])).toMatchObject({ ranked: 2, unjudgedQueries: 1, withoutRelevant: 1 });
  });

  it('takes whole numbers as ids, in columns', () => {
    const judgments = new Map([
      [
        'q',
        new Map([
          [7, 2],
          [9, 1],
        ]),
      ],
    ]);
    const run = new Map([['q', { ids: Int32Array.of(5, 9, 7), scores: Float64Array.of(3, 2, 1) }]]);
    expect(meanOf(run, judgments, 'AP')).toBeCloseTo((1 / 2 + 2 / 3) / 2, 12);
    expect(() => meanOf(new Map([['q', { ids: [1, 2, 1], scores: [3, 2, 1] }]]), judgments)).toThrow('has the document "1" twice');
    expect(() => meanOf(new Map([['q', { ids: [1, 2], scores: [3] }]]), judgments)).toThrow('2 ids but 1 scores');
    const many = Array.from({ length: 5000 }, (_, i) => i * 65536);
    expect(
      meanOf(new Map([['q', { ids: many, scores: many.map((_, i) => -i) }]]), new Map([['q', new Map([[4999 * 65536, 1]])]]), 'RR'),
    ).toBe(1 / 5000);
  });
});

describe('condensed lists', () => {
  it('leave out what no one judged and what is graded below 0, as trec_eval -J does', () => {
    const grades = new Map([
      ['b', -1],
      ['a', 1],
      ['c', 0],
    ]);
    const ranking = createJudge()(
      'q',
      ['x', 'b', 'c', 'y', 'a'].map((id, at) => ({ id, score: -at })),
      grades,
    );
    expect(measureOf(ranking, parseMeasure('RR'))).toBe(1 / 5);
    expect(measureOf(condensed(ranking), parseMeasure('RR'))).toBe(1 / 2);
  });
});
