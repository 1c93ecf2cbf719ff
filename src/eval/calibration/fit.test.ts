import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probabilityOf } from '../../rerank/calibration.ts';
import { fitCalibration } from './fit.ts';
import { calibrationError, logLoss, reliabilityBins } from './reliability.ts';

interface Case {
  readonly scores: readonly number[];
  readonly relevant: readonly number[];
  readonly platt: { readonly slope: number; readonly intercept: number };
  readonly isotonic: readonly number[];
  readonly logLoss: number;
  readonly calibrationError: number;
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../../test/golden/calibration.json'), 'utf8')) as {
  readonly tool: string;
  readonly at: readonly number[];
  readonly cases: readonly Case[];
};

describe(`fits, as ${golden.tool} has them`, () => {
  it.each(golden.cases.map((one, at) => [at, one] as const))('case %i', (_, one) => {
    const examples = one.scores.map((score, i) => ({ score, relevant: one.relevant[i] === 1 }));
    const platt = fitCalibration(examples, 'platt') as Case['platt'];
    expect(platt.slope / one.platt.slope).toBeCloseTo(1, 3);
    expect(Math.abs(platt.intercept - one.platt.intercept)).toBeLessThan(1e-3 * Math.max(1, Math.abs(one.platt.slope)));
    const stated = examples.map(({ score, relevant }) => ({ probability: probabilityOf(score, platt), relevant }));
    expect(logLoss(stated)).toBeCloseTo(one.logLoss, 4);
    expect(calibrationError(stated)).toBeCloseTo(one.calibrationError, 4);
    const isotonic = fitCalibration(examples, 'isotonic');
    for (const [i, score] of golden.at.entries()) expect(probabilityOf(score, isotonic)).toBeCloseTo(one.isotonic[i] as number, 6);
  });

  it('are finite where a score tells relevant from not without error', () => {
    const examples = Array.from({ length: 40 }, (_, i) => ({ score: i, relevant: i >= 20 }));
    const { slope } = fitCalibration(examples, 'platt') as Case['platt'];
    expect(slope).toBeGreaterThan(0);
    expect(slope).toBeLessThan(100);
  });

  it('keep the order, whatever the method', () => {
    const { scores, relevant } = golden.cases[0] as Case;
    for (const method of ['platt', 'isotonic'] as const) {
      const fitted = fitCalibration(
        scores.map((score, i) => ({ score, relevant: relevant[i] === 1 })),
        method,
      );
      const found = scores.toSorted((a, b) => a - b).map((score) => probabilityOf(score, fitted));
      expect(found.every((value, i) => value >= 0 && value <= 1 && (i === 0 || value >= (found[i - 1] as number)))).toBe(true);
    }
  });

  it('are refused where there is too little, or the wrong way round', () => {
    const few = Array.from({ length: 30 }, (_, i) => ({ score: i, relevant: i < 5 }));
    expect(() => fitCalibration(few, 'platt')).toThrow('there are 5 and 25');
    const upsideDown = Array.from({ length: 60 }, (_, i) => ({ score: i, relevant: i < 20 }));
    expect(() => fitCalibration(upsideDown, 'platt')).toThrow('lower scores than the others');
  });
});

describe('reliabilityBins', () => {
  it('hold as many pairs each', () => {
    const stated = Array.from({ length: 25 }, (_, i) => ({ probability: i / 25, relevant: i % 2 === 0 }));
    expect(reliabilityBins(stated, 5).map(({ count }) => count)).toEqual([5, 5, 5, 5, 5]);
    expect(reliabilityBins(stated.slice(0, 3)).map(({ count }) => count)).toEqual([1, 1, 1]);
  });
});
