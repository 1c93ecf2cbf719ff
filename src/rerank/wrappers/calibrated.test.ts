import { describe, expect, it } from 'vitest';
import { stagesOf } from '../../../test/support/stages-of.ts';
import { probabilityOf } from '../calibration.ts';
import type { Reranker } from '../reranker.ts';
import { calibrated } from './calibrated.ts';
import { cascade } from './cascade.ts';
import { remembering } from './remembering.ts';

const fit = { slope: 2, intercept: -1 };
const numbers = (name: string): Reranker => ({
  fingerprint: name,
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => Number(text)) }),
});
const candidates = ['0.5', '0.25', '1', '0'].map((text, i) => ({ id: `d${i}`, text }));
const two = cascade([numbers('first'), numbers('second')], { keep: [10, 2] });

describe('a calibrated reranker', () => {
  it('says the probability of each score, and leaves the score as it is', async () => {
    const { scores, relevance } = await calibrated(numbers('one'), fit).score('q', candidates);
    expect([...scores]).toEqual([0.5, 0.25, 1, 0]);
    expect([...(relevance ?? [])]).toEqual(Array.from(scores, (score) => Math.fround(probabilityOf(score, fit))));
  });

  it('of a cascade reads the last stage, and promises nothing for the others', async () => {
    const given = await calibrated(two, fit).score('q', candidates);
    expect(stagesOf(given)).toEqual([1, 0, 1, 0]);
    expect([...(given.relevance ?? [])]).toEqual([0.5, 1, Math.fround(probabilityOf(1, fit)), 1]);
  });

  it('stays calibrated when its stages are changed, as an evaluation and a cache do', async () => {
    const { relevance } = await remembering(calibrated(two, fit)).score('q', candidates);
    expect(relevance?.[0]).toBe(0.5);
  });

  it('reads what is told on the way by the same fit', async () => {
    const told: (number | undefined)[] = [];
    await calibrated(two, fit).score('q', candidates, { onScores: ({ relevance }) => told.push(relevance?.[2]) });
    expect(told).toEqual([1]);
  });
});
