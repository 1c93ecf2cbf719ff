import { expect, it } from 'vitest';
import { absence, collection, sha256 } from '../results/collections.ts';
import { readPublished, workloads } from '../results/run.ts';

it('every published figure names a workload and a file that is as it was', async () => {
  const published = await readPublished();
  expect([...new Set(published.map(({ workload }) => workload))].sort()).toEqual(Object.keys(workloads).sort());
});

it.for(['guide', 'sample'])('the figures of the %s are as published (all others in test:long)', async (name, context) => {
  const { needs, compute } = workloads[name] as (typeof workloads)[string];
  const path = needs === undefined ? '' : collection(needs);
  if (path === undefined) return context.skip(absence(needs as string));
  const published = (await readPublished()).filter(({ workload }) => workload === name);
  if (needs !== undefined) expect(sha256(path)).toBe(published[0]?.sha256);
  const values = await compute(path, () => {});
  for (const { value, expected, tolerance } of published)
    expect(Math.abs((values[value] as number) - expected), `${value}: published ${expected}, got ${values[value]}`).toBeLessThanOrEqual(
      tolerance,
    );
});
