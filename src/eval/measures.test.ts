import { describe, expect, it } from 'vitest';
import { meanNdcg, ndcgOfQuery } from './measures.ts';

const ranking = (...ids: readonly string[]) => ids.map((id, i) => ({ id, score: -i }));

describe('nDCG', () => {
  it('takes the grade as gain and log2(rank + 1) as discount', () => {
    const grades = new Map([
      ['a', 3],
      ['b', 2],
      ['c', 0],
      ['d', 1],
    ]);
    const ideal = 3 + 2 / Math.log2(3) + 1 / 2;
    expect(ndcgOfQuery(ranking('c', 'b', 'x', 'a'), grades, 10)).toBeCloseTo((2 / Math.log2(3) + 3 / Math.log2(5)) / ideal, 12);
    expect(ndcgOfQuery(ranking('a', 'b', 'd'), grades, 10)).toBe(1);
    expect(ndcgOfQuery(ranking('c', 'a'), grades, 1)).toBe(0);
  });

  it('counts a judged query without a ranking or without a relevant document as 0', () => {
    const judgments = new Map([
      ['q1', new Map([['a', 1]])],
      ['q2', new Map([['a', 1]])],
      ['q3', new Map([['a', 0]])],
    ]);
    expect(
      meanNdcg(
        new Map([
          ['q1', ranking('a')],
          ['q3', ranking('a')],
          ['unjudged', ranking('a')],
        ]),
        judgments,
      ),
    ).toBeCloseTo(1 / 3, 12);
    expect(meanNdcg(new Map(), new Map())).toBe(0);
  });

  it('takes a negative grade as not relevant and orders ties by id, descending', () => {
    expect(
      ndcgOfQuery(
        ranking('a', 'b'),
        new Map([
          ['a', -1],
          ['b', 1],
        ]),
        10,
      ),
    ).toBeCloseTo(1 / Math.log2(3), 12);
    expect(
      ndcgOfQuery(
        [
          { id: 'a', score: 1 },
          { id: 'b', score: 1 },
        ],
        new Map([['a', 1]]),
        10,
      ),
    ).toBeCloseTo(1 / Math.log2(3), 12);
  });
});
