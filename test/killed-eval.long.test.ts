import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EvalReport } from '../src/eval/report/report.ts';
import { randomFrom } from '../src/math/random.ts';
import { finetooth, workFolder } from './finetooth.ts';

it('an evaluation survives twelve kills at random moments and says what it would have said', async () => {
  const folder = workFolder();
  const set = join(folder, 'set');
  mkdirSync(set);
  const names = Array.from({ length: 120 }, (_, at) => `thing${at}`);
  const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  writeFileSync(
    join(set, 'corpus.jsonl'),
    lines(names.map((name, at) => ({ _id: name, text: `The ${name} is number ${at} of many things.` }))),
  );
  writeFileSync(join(set, 'queries.jsonl'), lines(names.slice(0, 60).map((name) => ({ _id: `q-${name}`, text: `where is ${name}` }))));
  writeFileSync(
    join(set, 'qrels.tsv'),
    `query-id\tcorpus-id\tscore\n${names
      .slice(0, 60)
      .map((name) => `q-${name}\t${name}\t1\n`)
      .join('')}`,
  );
  const words = (work: string) => ['eval', '--data', set, '--work', join(folder, work), '--resamples', '100', '--json'];
  const random = randomFrom(44);
  let killed = 0;
  for (let kill = 0; kill < 12; kill++) {
    const seconds = (800 + random.below(3000)) / 1000;
    const { status } = await finetooth(words('killed'), { shell: `"$@" & sleep ${seconds}; kill -9 $! && exit 137` });
    if (status === 137) killed++;
  }
  expect(killed).toBeGreaterThan(8);
  const [after, clean] = await Promise.all([finetooth(words('killed')), finetooth(words('clean'))]);
  expect(after.stderr).toBe('');
  const valuesOf = (text: string) =>
    (JSON.parse(text) as EvalReport).pipelines.map(({ name, perQuery, failures }) => [name, perQuery, failures]);
  expect(valuesOf(after.stdout)).toEqual(valuesOf(clean.stdout));
});
