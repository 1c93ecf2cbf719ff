import { FinetoothError } from '../../errors.ts';
import type { Calibration } from '../../rerank/calibration.ts';

/** A score and whether its document is relevant. */
export interface Example {
  readonly score: number;
  readonly relevant: boolean;
}

export type Method = 'platt' | 'isotonic';

/** With fewer on either side a fit says more of chance than of relevance. */
const LEAST = 10;
const STEPS = 100;

/** Throws E_JUDGMENTS for too few examples, and where a higher score means less relevance. */
export function fitCalibration(examples: readonly Example[], method: Method): Calibration {
  const relevant = examples.filter((one) => one.relevant).length;
  const others = examples.length - relevant;
  if (relevant < LEAST || others < LEAST) {
    throw new FinetoothError(
      'E_JUDGMENTS',
      `a fit needs at least ${LEAST} relevant candidates and ${LEAST} others; there are ${relevant} and ${others}. Judge more queries, or look at more candidates of each.`,
    );
  }
  if (method === 'isotonic') return fitIsotonic(examples);
  const fitted = fitPlatt(examples);
  if ('slope' in fitted && !(fitted.slope > 0)) {
    throw new FinetoothError(
      'E_JUDGMENTS',
      'relevant candidates have lower scores than the others, so no rising probability fits them: is this the right reranker for these judgments?',
    );
  }
  return fitted;
}

/** Isotonic regression by pooling adjacent violators (Barlow et al. 1972); the ends of each level run are its points. */
function fitIsotonic(examples: readonly Example[]): Calibration {
  const sorted = examples.toSorted((a, b) => a.score - b.score);
  const runs: { from: number; to: number; sum: number; count: number }[] = [];
  for (const { score, relevant } of sorted) {
    const before = runs.at(-1);
    const value = relevant ? 1 : 0;
    if (before !== undefined && before.to === score) {
      before.sum += value;
      before.count++;
    } else runs.push({ from: score, to: score, sum: value, count: 1 });
    for (;;) {
      const [left, right] = [runs.at(-2), runs.at(-1)];
      if (left === undefined || right === undefined || left.sum / left.count <= right.sum / right.count) break;
      runs.splice(-2, 2, { from: left.from, to: right.to, sum: left.sum + right.sum, count: left.count + right.count });
    }
  }
  return {
    points: runs.flatMap(({ from, to, sum, count }) => {
      const probability = sum / count;
      return from === to ? [[from, probability] as const] : [[from, probability] as const, [to, probability] as const];
    }),
  };
}

/**
 * Platt's scaling by Newton's method on centred scores. Targets are smoothed as in section 2.2 of the paper, so that separable examples have
 * a finite fit: (relevant + 1) / (relevant + 2) and 1 / (others + 2).
 */
function fitPlatt(examples: readonly Example[]): Calibration {
  const positive = examples.filter(({ relevant }) => relevant).length;
  const [high, low] = [(positive + 1) / (positive + 2), 1 / (examples.length - positive + 2)];
  const mean = examples.reduce((sum, { score }) => sum + score, 0) / examples.length;
  const spread = Math.sqrt(examples.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / examples.length) || 1;
  let [slope, intercept] = [0, Math.log((positive + 1) / (examples.length - positive + 1))];
  const lossAt = (a: number, b: number): number =>
    examples.reduce((sum, { score, relevant }) => {
      const z = a * ((score - mean) / spread) + b;
      return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (relevant ? high : low) * z;
    }, 0);
  let loss = lossAt(slope, intercept);
  for (let step = 0; step < STEPS; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-12, 0, 1e-12];
    for (const { score, relevant } of examples) {
      const x = (score - mean) / spread;
      const p = 1 / (1 + Math.exp(-(slope * x + intercept)));
      const off = p - (relevant ? high : low);
      const weight = p * (1 - p);
      ga += off * x;
      gb += off;
      haa += weight * x * x;
      hab += weight * x;
      hbb += weight;
    }
    const scale = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / scale, (haa * gb - hab * ga) / scale];
    // Halved until the loss falls: far from the best the step may leap over it.
    let share = 1;
    while (share > 1e-10 && lossAt(slope - share * da, intercept - share * db) > loss) share /= 2;
    slope -= share * da;
    intercept -= share * db;
    const next = lossAt(slope, intercept);
    if (loss - next < 1e-12 * Math.max(1, loss)) break;
    loss = next;
  }
  return { slope: slope / spread, intercept: intercept - (slope * mean) / spread };
}
