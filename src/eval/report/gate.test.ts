import { describe, expect, it } from 'vitest';
import { checkGates, parseGate } from './gate.ts';
import type { PipelineReport } from './report.ts';

const pipeline = (name: string, ndcg: number, p95: number): PipelineReport => ({
  name,
  measures: { 'nDCG@10': { value: ndcg, low: 0, high: 1 }, 'AP(rel=2)@100': { value: 0.3, low: 0, high: 1 } },
  latency: { total: { p50: p95 / 2, p95, p99: p95 * 2 }, rerank: { p50: 1, p95: 2, p99: 3 } },
  perQuery: {},
  unjudged: { depth: 10, share: 0.12 },
  cutOffs: [],
  recall: [],
  failures: [],
});
const pipelines = [pipeline('plain', 0.5, 40), pipeline('a: b', 0.62, 130)];
const check = (text: string) =>
  checkGates([parseGate(text)], {
    pipelines,
    peakMemory: 400e6,
    baselineOf: (name) => (name === 'plain' ? undefined : pipelines[0]),
  }).map(({ pipeline: of, passed, found }) => [of, passed, found]);

describe('gates', () => {
  it('hold for every pipeline unless they name one', () => {
    expect(check('nDCG@10 >= 0.62')).toEqual([
      ['plain', false, 'nDCG@10 is 0.5'],
      ['a: b', true, 'nDCG@10 is 0.62'],
    ]);
    expect(check('a: b: nDCG@10 >= 0.62')).toEqual([['a: b', true, 'nDCG@10 is 0.62']]);
  });

  it('read latencies, shares, memory and failures in their units', () => {
    expect(check('p95 <= 120ms').map(([, passed]) => passed)).toEqual([true, false]);
    expect(check('plain: p95(rerank) <= 0.002 s')).toEqual([['plain', true, 'p95(rerank) is 2.0 ms']]);
    expect(check('plain: unjudged <= 10%')).toEqual([['plain', false, 'unjudged is 0.12']]);
    expect(check('plain: memory < 0.5GB')).toEqual([['plain', true, 'memory is 400 MB']]);
    expect(check('plain: failures = 0')).toEqual([['plain', true, 'failures is 0']]);
    expect(check('plain: AP(rel=2)@100 > .29')).toEqual([['plain', true, 'AP(rel=2)@100 is 0.3']]);
    expect(check('plain: AP(rel=2)@100 ≥ 30%')[0]?.[1]).toBe(true);
  });

  it('count from the baseline, which is not held against itself', () => {
    expect(check('nDCG@10 >= baseline + 0.12')).toEqual([['a: b', true, "nDCG@10 is 0.62, the baseline's 0.5"]]);
    expect(check('nDCG@10 >= baseline + 0.13')[0]?.[1]).toBe(false);
    expect(check('p95 <= baseline + 50ms')[0]?.[1]).toBe(false);
  });

  it('do not pass for what was not measured', () => {
    expect(check('plain: p95(embed) <= 1s')).toEqual([['plain', false, 'p95(embed) was not measured']]);
    expect(check('plain: cost <= $1')).toEqual([['plain', false, 'cost was not measured']]);
    expect(check('plain: nDCG@10 >= baseline')).toEqual([['plain', false, 'nDCG@10 is 0.5, but there is no baseline']]);
  });

  it.each([
    ['nDCG@10', 'it has none of >=, <=, >, <, ='],
    ['nDGC@10 >= 1', '"nDGC@10" is no measure, no percentile'],
    ['nDCG@10 >= much', '"much" is no number that fits'],
    ['nDCG@10 >= 3ms', '"3ms" is no number that fits'],
    ['p95(think) <= 3ms', 'there is no stage "think"'],
    ['failures <= baseline', 'failures has no baseline'],
    ['nDCG@10 >= baseline times 2', '"baseline times 2" is no bound'],
  ])('refuse %s', (text, sentence) => {
    expect(() => parseGate(text)).toThrow(sentence);
  });

  it('refuse a pipeline that is not there', () => {
    expect(() => check('planed: nDCG@10 >= 0.5')).toThrow('there is no pipeline "planed", only "plain", "a: b"');
  });
});
