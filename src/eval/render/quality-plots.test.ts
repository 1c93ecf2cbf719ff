import { describe, expect, it } from 'vitest';
import { testReport } from '../../../test/support/eval-report.ts';
import type { PipelineReport } from '../report/report.ts';
import { paretoFront, recallCurves, timedOf } from './quality-plots.ts';

const timed = (name: string, p50: number, value: number) => ({ name, index: 0, p50, quality: { value, low: value, high: value } });
const front = (...points: readonly (readonly [string, number, number])[]): readonly string[] =>
  paretoFront(points.map(([name, p50, value]) => timed(name, p50, value))).map(({ name }) => name);

describe('the Pareto front', () => {
  it('leaves out what another beats in time or quality without losing the other', () => {
    expect(front(['slow', 100, 0.8], ['fast', 1, 0.5], ['beaten', 50, 0.4], ['middle', 20, 0.7])).toEqual(['fast', 'middle', 'slow']);
    expect(front(['a', 10, 0.5], ['same time, worse', 10, 0.4], ['same quality, slower', 11, 0.5])).toEqual(['a']);
  });

  it('keeps both of two that are equal', () => {
    expect(front(['a', 10, 0.5], ['b', 10, 0.5])).toEqual(['a', 'b']);
  });
});

describe('what is drawn', () => {
  const { pipelines } = testReport();

  it('is one curve for pipelines with the same first stage', () => {
    expect(recallCurves(pipelines).map(({ names, index }) => [names, index])).toEqual([
      [['bm25'], 0],
      [['dense', 'dense + late interaction'], 1],
    ]);
  });

  it('is a point for each pipeline that was timed and has the measure', () => {
    const [first, ...rest] = pipelines as readonly [PipelineReport, ...PipelineReport[]];
    const names = (all: readonly PipelineReport[], measure: string) => timedOf(all, measure).map(({ name, index }) => [name, index]);
    expect(names([{ ...first, latency: {} }, ...rest], 'nDCG@10')).toEqual([
      ['dense', 1],
      ['dense + late interaction', 2],
    ]);
    expect(names(pipelines, 'AP')).toEqual([]);
  });
});
