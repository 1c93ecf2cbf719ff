import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRerankerBuilder } from '../src/assemble/reranker.ts';
import { openModel } from '../src/embedders.ts';
import { fittedCalibration } from '../src/rerank/parts/fitted.ts';
import { lateInteraction } from '../src/rerankers.ts';

it('probabilities of the default are those of results/fits, each under the fingerprint that it has today', async () => {
  const { rows } = JSON.parse(readFileSync(join(import.meta.dirname, '../results/fits/calibration.json'), 'utf8')) as {
    readonly rows: Readonly<Record<string, { readonly slope: number; readonly intercept: number }>>;
  };
  const encoder = await openModel();
  const builder = createRerankerBuilder({ encoder: async () => encoder });
  const reranker = await builder.build('default');
  try {
    const found = await reranker.score('bats', [{ text: 'Bats fly at night.' }], {});
    const [first, second] = (found.stages ?? []).map(({ name }) => name);
    expect(first).toBe(lateInteraction(encoder).fingerprint);
    expect(fittedCalibration(first as string)).toEqual({ slope: rows.late?.slope, intercept: rows.late?.intercept });
    expect(fittedCalibration(second as string)).toEqual({ slope: rows.cascade?.slope, intercept: rows.cascade?.intercept });
    const alone = (second as string).replace(/ 1\.5 × .*$/, '');
    expect(fittedCalibration(alone)).toEqual({ slope: rows.logit?.slope, intercept: rows.logit?.intercept });
    expect(found.relevance?.[0]).toBeGreaterThan(0);
    expect(found.relevance?.[0]).toBeLessThan(1);
  } finally {
    await builder.close();
  }
});
