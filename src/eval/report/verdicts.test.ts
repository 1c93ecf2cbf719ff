import { expect, it } from 'vitest';
import { randomFrom } from '../../math/random.ts';
import { parseMeasures } from '../measures/measure.ts';
import { compareAll, type Side } from './compare.ts';

const measures = parseMeasures('nDCG@10');
const chance = { seed: 20, resamples: 200, confidence: 0.95 };

it('a verdict never contradicts the interval beside it, and where interval and test do not agree the report says why', () => {
  const random = randomFrom(11);
  const share = () => random.word() / 2 ** 32;
  const seen = { helps: 0, hurts: 0, onlyInterval: 0, onlyTest: 0, corrected: 0 };
  for (let round = 0; round < 600; round++) {
    const count = 2 + random.below(40);
    const sideOf = (name: string, shift: number): Side => {
      // Skewed to either side, with many zeros, as differences of measures are.
      const [part, other] = random.below(2) === 0 ? [0.5, -1 / 3] : [0.85, -3];
      const values = Array.from(
        { length: count },
        () => (share() < 0.3 ? 0 : share() < part ? shift : shift * other) + (share() - 0.5) / 8,
      );
      return { name, values: [values] };
    };
    const none: Side = { name: 'base', values: [new Float64Array(count)] };
    const others = Array.from({ length: 1 + random.below(3) }, (_, at) => sideOf(`p${at}`, (share() - 0.5) * 0.6));
    for (const { low, high, p, adjustedP, verdict, disagreement, difference } of compareAll(none, others, measures, chance)) {
      const isApart = low > 0 || high < 0;
      const isTested = adjustedP < 0.05;
      if (verdict === 'helps') expect([low > 0, difference > 0, isTested]).toEqual([true, true, true]);
      else if (verdict === 'hurts') expect([high < 0, difference < 0, isTested]).toEqual([true, true, true]);
      else expect(isApart && isTested).toBe(false);
      expect(disagreement !== undefined).toBe(isApart !== isTested);
      if (verdict === 'helps' || verdict === 'hurts') seen[verdict]++;
      if (disagreement?.startsWith('the test finds')) seen.onlyTest++;
      else if (disagreement?.includes('looked at together')) seen.corrected++;
      else if (disagreement !== undefined) seen.onlyInterval++;
      if (disagreement?.includes('looked at together')) expect([p < 0.05, others.length > 1]).toEqual([true, true]);
    }
  }
  // Each kind comes up, so that none is held in vain.
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
});
