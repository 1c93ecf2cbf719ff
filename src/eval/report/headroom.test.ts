import { describe, expect, it } from 'vitest';
import { evaluateRun } from '../measures/evaluation.ts';
import type { RankedRun } from '../measures/judged-ranking.ts';
import { parseMeasure } from '../measures/measure.ts';
import { headroomOf, overlapsOf } from './headroom.ts';

const judgments = new Map([
  [
    'q1',
    new Map([
      ['a', 2],
      ['b', 1],
      ['c', 0],
      ['gone', 2],
    ]),
  ],
  [
    'q2',
    new Map([
      ['a', 1],
      ['minus', -1],
    ]),
  ],
  ['q3', new Map([['a', 1]])],
]);
const listed = (ids: string) => [...ids].map((id, at) => ({ id, score: -at }));
const run: RankedRun = new Map([
  ['q1', listed('xcba')],
  [
    'q2',
    [
      { id: 'minus', score: 2 },
      { id: 'a', score: 1 },
    ],
  ],
]);

describe('headroom', () => {
  it('is what the best order of the same results has over the one that was given', () => {
    const evaluation = evaluateRun(run, judgments, [parseMeasure('RR@10')]);
    const { 'nDCG@10': ndcg, 'RR@10': rr } = headroomOf(evaluation);
    const log = Math.log2;
    const ideal = 2 + 2 / log(3) + 1 / log(4);
    // "gone" is in no list, so that no order brings it back; a query without results has nothing to gain.
    const best = [(2 + 1 / log(3)) / ideal, 1, 0];
    const now = [(1 / log(4) + 2 / log(5)) / ideal, 1 / log(3), 0];
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / 3;
    expect(ndcg?.best).toBeCloseTo(mean(best), 12);
    expect(ndcg?.gain).toBeCloseTo(mean(best) - mean(now), 12);
    expect(rr?.best).toBeCloseTo(2 / 3, 12);
    expect(rr?.gain).toBeCloseTo(2 / 3 - (1 / 3 + 1 / 2) / 3, 12);
  });

  it('is one figure where nDCG@10 is the primary measure, and none is left where the order is the best', () => {
    const best: RankedRun = new Map([
      ['q1', listed('abcx')],
      ['q2', listed('a')],
    ]);
    const found = headroomOf(evaluateRun(best, judgments, [parseMeasure('nDCG@10'), parseMeasure('P@1')]));
    expect([Object.keys(found), found['nDCG@10']?.gain]).toEqual([['nDCG@10'], 0]);
  });
});

describe('overlaps', () => {
  it('are of each pair, by the order in which a run is measured, over every judged query', () => {
    const measures = [parseMeasure('nDCG@10')];
    const measuredOf = (name: string, of: RankedRun) => ({ name, evaluation: evaluateRun(of, judgments, measures, { heads: 50 }) });
    // The lines are not in the order of their scores; two have the same score, and the higher id stands first.
    const same: RankedRun = new Map([
      [
        'q1',
        [
          { id: 'a', score: 0 },
          { id: 'c', score: 5 },
          { id: 'b', score: 3 },
          { id: 'x', score: 5 },
        ],
      ],
      [
        'q2',
        [
          { id: 'a', score: 1 },
          { id: 'minus', score: 2 },
        ],
      ],
    ]);
    const other: RankedRun = new Map([
      ['q1', listed('klmn')],
      ['q3', listed('a')],
    ]);
    const overlaps = overlapsOf([measuredOf('one', run), measuredOf('same', same), measuredOf('other', other)]);
    expect(overlaps.map(({ pipelines }) => pipelines)).toEqual([
      ['one', 'same'],
      ['one', 'other'],
      ['same', 'other'],
    ]);
    expect(overlaps[0]?.rbo).toBeCloseTo(1, 12);
    expect(overlaps.slice(1).map(({ rbo }) => rbo)).toEqual([0, 0]);
  });
});
