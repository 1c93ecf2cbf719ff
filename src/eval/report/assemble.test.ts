import { describe, expect, it } from 'vitest';
import { evaluateRun } from '../measures/evaluation.ts';
import { parseMeasures } from '../measures/measure.ts';
import { type AssembleOptions, assembleReport, type Measured } from './assemble.ts';
import { parseGate } from './gate.ts';

const queries = Array.from({ length: 30 }, (_, at) => `q${at}`);
const judgments = new Map(
  queries.map((query) => [
    query,
    new Map([
      ['a', 2],
      ['b', 1],
      ['c', 0],
    ]),
  ]),
);
const measures = parseMeasures('nDCG@10,R@10');
const rank = (of: (query: string, at: number) => readonly string[]) =>
  evaluateRun(new Map(queries.map((query, at) => [query, of(query, at).map((id, place) => ({ id, score: -place }))])), judgments, measures);

const measured = (name: string, of: (query: string, at: number) => readonly string[], more: Partial<Measured> = {}): Measured => {
  const evaluation = rank(of);
  return { name, evaluation, firstStage: evaluation, cutOffs: new Map(), latency: {}, failures: [], ...more };
};
const report = (all: readonly Measured[], more: Partial<AssembleOptions> = {}) =>
  assembleReport({
    measured: all,
    judgments,
    textOf: (query) => `text of ${query}`,
    dropEmpty: false,
    chance: { seed: 1, resamples: 500, confidence: 0.95 },
    gates: [],
    warnings: [],
    peakMemory: 1,
    version: '0',
    ...more,
  });

const worse = measured('worse', () => ['c', 'b', 'a']);
const better = measured('better', () => ['a', 'b', 'c']);

describe('a report', () => {
  it('compares every entry with the first, by every measure, and shows what moved', () => {
    const { comparisons, queries: count } = report([worse, better, measured('same', () => ['c', 'b', 'a'])]);
    expect(count).toBe(30);
    expect(comparisons.map(({ pipeline, measure, verdict }) => [pipeline, measure, verdict])).toEqual([
      ['better', 'nDCG@10', 'helps'],
      ['better', 'R@10', 'makes no difference: all 30 queries score the same'],
      ['same', 'nDCG@10', 'makes no difference: all 30 queries score the same'],
      ['same', 'R@10', 'makes no difference: all 30 queries score the same'],
    ]);
    const [first] = comparisons;
    expect(first?.adjustedP).toBeCloseTo(2 * (first?.p as number), 12);
    expect(first?.helped).toHaveLength(10);
    expect(first?.hurt).toEqual([]);
    expect(first?.helped?.[0]).toMatchObject({
      query: 'q0',
      text: 'text of q0',
      after: 1,
      moved: [
        { id: 'a', grade: 2, from: 3, to: 1 },
        { id: 'c', grade: 0, from: 1, to: 3 },
      ],
    });
  });

  it('takes another baseline by name', () => {
    const { comparisons } = report([worse, better], { baseline: { pipeline: 'better' } });
    expect(comparisons[0]).toMatchObject({ baseline: 'better', pipeline: 'worse', verdict: 'hurts' });
  });

  it('says when unjudged results could turn the verdict', () => {
    // Better by what was judged, but pushed down by documents that no one looked at.
    const unseen = measured('unseen', () => ['x', 'y', 'z', 'a', 'b', 'c']);
    const [comparison] = report([worse, unseen]).comparisons;
    expect(comparison?.verdict).toBe('hurts');
    expect(comparison?.unsafe).toBe(
      'of the first 10 results 50 % of "unseen" and 0 % of "worse" have no judgment; among judged documents alone the verdict would be "helps". Judge more of them with "finetooth label".',
    );
    expect(report([worse, better]).comparisons[0]?.unsafe).toBeUndefined();
    const judgedAlike = measured('alike', () => ['x', 'c', 'b', 'a']);
    expect(report([better, judgedAlike]).comparisons[0]?.unsafe).toBeUndefined();
  });

  it('has percentiles, tokens and money where they are known', () => {
    const latency = { total: Array.from({ length: 100 }, (_, at) => 100 - at) };
    const [one, other] = report([measured('a', () => ['a'], { latency, tokens: 12.5, cost: 0.3 }), better]).pipelines;
    expect(one).toMatchObject({ latency: { total: { p50: 50, p95: 95, p99: 99 } }, tokens: 12.5, cost: 0.3 });
    expect(other?.cost).toBeUndefined();
    expect(report([measured('a', () => ['a'], { latency: { total: [7] } })]).pipelines[0]?.latency.total).toEqual({
      p50: 7,
      p95: 7,
      p99: 7,
    });
  });

  it('says how much of the gain is left with fewer candidates', () => {
    const half = rank((_, at) => (at < 15 ? ['a', 'b', 'c'] : ['c', 'b', 'a']));
    const cutOffs = new Map([
      [10, half],
      [25, better.evaluation],
    ]);
    const [one] = report([{ ...better, firstStage: worse.evaluation, cutOffs }]).pipelines;
    expect(one?.cutOffs.map(({ candidates, gainKept }) => [candidates, gainKept?.toFixed(6)])).toEqual([
      [10, '0.500000'],
      [25, '1.000000'],
    ]);
    // No gain: nothing of which a part could be kept.
    const lost = report([{ ...worse, firstStage: better.evaluation, cutOffs: new Map([[10, worse.evaluation]]) }]).pipelines[0];
    expect(lost?.cutOffs[0]).not.toHaveProperty('gainKept');
    expect(one?.recall).toEqual([
      { depth: 1, recall: 0 },
      { depth: 2, recall: 0.5 },
      { depth: 3, recall: 1 },
    ]);
  });

  it('holds gates, and any failure fails them', () => {
    const failures = [{ query: 'q3', message: 'no' }];
    const gates = [parseGate('nDCG@10 >= 0.5')];
    expect(report([{ ...better, failures }], { gates }).gates).toEqual([
      { gate: 'nDCG@10 >= 0.5', pipeline: 'better', passed: true, found: 'nDCG@10 is 1' },
      { gate: 'failures = 0', pipeline: 'better', passed: false, found: 'failures is 1' },
    ]);
    expect(report([{ ...better, failures }], { gates: [parseGate('failures <= 2')] }).gates).toHaveLength(1);
    expect(report([{ ...better, failures }]).gates).toEqual([]);
  });

  it('pairs with an earlier report by query, over the queries that both have', () => {
    const earlier = report([better]);
    const fewer = { ...earlier, queryIds: [...earlier.queryIds].reverse(), pipelines: earlier.pipelines };
    const now = report([measured('better', () => ['c', 'b', 'a'])], { baseline: { report: fewer, name: 'old.json' } });
    expect(now.comparisons[0]).toMatchObject({ baseline: 'better in old.json', pipeline: 'better', verdict: 'hurts' });
    expect(now.gates).toEqual([
      {
        gate: 'nDCG@10 does not hurt',
        pipeline: 'better',
        passed: false,
        found: expect.stringMatching(/^-0\.\d+ against better in old\.json: hurts$/),
      },
    ]);
    const foreign = { ...earlier, queryIds: earlier.queryIds.map((id) => `other ${id}`) };
    expect(() => report([better], { baseline: { report: foreign, name: 'old.json' } })).toThrow(
      'old.json has none of these 30 queries (such as "q0")',
    );
    const two = {
      ...earlier,
      pipelines: [...earlier.pipelines, { ...(earlier.pipelines[0] as (typeof earlier.pipelines)[0]), name: 'x' }],
    };
    expect(() => report([worse], { baseline: { report: two, name: 'old.json' } })).toThrow(
      'old.json has the pipelines "better", "x", none of which',
    );
    expect(report([worse, better], { baseline: { report: two, name: 'old.json' } }).warnings).toEqual([
      'old.json has no pipeline named "worse": nothing to compare with.',
    ]);
  });
});
