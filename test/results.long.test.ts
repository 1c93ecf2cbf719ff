import { describe, expect, it } from 'vitest';
import { absence, collection } from '../results/collections.ts';
import { readPublished, workloads } from '../results/run.ts';

/** Every published figure, computed anew. A figure whose collection is not on this machine is skipped. */
const published = await readPublished();

describe('published figures', () => {
  it.for(Object.entries(workloads))('%s', async ([name, { needs, compute }], context) => {
    const path = collection(needs ?? '.');
    if (needs !== undefined && path === undefined) return context.skip(absence(needs));
    const { values } = await compute(path ?? '', () => {});
    const known = published.filter(({ workload }) => workload === name);
    expect(known.length).toBeGreaterThan(0);
    for (const { value, expected, tolerance } of known)
      expect(Math.abs((values[value] as number) - expected), `${value}: published ${expected}, got ${values[value]}`).toBeLessThanOrEqual(
        tolerance,
      );
  });
});
