import { join } from 'node:path';
import { expect, it } from 'vitest';
import { absence, collection, sha256 } from '../results/collections.ts';
import { readPublished, workloads } from '../results/run.ts';
import { evaluateFile, parseMeasures, readJudgments } from '../src/eval/index.ts';

it('every published figure names a workload and a file that is as it was', async () => {
  const published = await readPublished();
  expect([...new Set(published.map(({ workload }) => workload))].sort()).toEqual(Object.keys(workloads).sort());
});

it.for(['dl19', 'dl21'])('the supplied runs of %s score as published, to four digits', async (name, context) => {
  const supplied = (await readPublished()).filter(({ workload, system }) => workload === name && system === 'supplied');
  expect(supplied.length).toBeGreaterThan(2);
  const path = collection(`msmarco-${name}`);
  if (path === undefined) return context.skip(absence(`msmarco-${name}`));
  const judgments = await readJudgments(join(path, 'qrels.full.tsv'));
  for (const { value, expected, data } of supplied) {
    const { values } = await evaluateFile(collection(data) as string, judgments, parseMeasures('nDCG@10'));
    const [found] = values as [Float64Array];
    expect((found.reduce((sum, one) => sum + one, 0) / found.length).toFixed(4), value).toBe(expected.toFixed(4));
  }
});

it.for(['guide', 'sample'])('the figures of the %s are as published (all others in test:long)', async (name, context) => {
  const { needs, compute } = workloads[name] as (typeof workloads)[string];
  const path = needs === undefined ? '' : collection(needs);
  if (path === undefined) return context.skip(absence(needs as string));
  const published = (await readPublished()).filter(({ workload }) => workload === name);
  if (needs !== undefined) expect(sha256(path)).toBe(published[0]?.sha256);
  const { values } = await compute(path, () => {});
  for (const { value, expected, tolerance } of published)
    expect(Math.abs((values[value] as number) - expected), `${value}: published ${expected}, got ${values[value]}`).toBeLessThanOrEqual(
      tolerance,
    );
});
