import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { absence, collection } from '../results/collections.ts';
import { readPublished, workloads } from '../results/run.ts';
import { evaluateFile, parseMeasures, readJudgments } from '../src/eval/index.ts';

it('every published figure names a workload and a file that is as it was', async () => {
  const published = await readPublished();
  expect([...new Set(published.map(({ workload }) => workload))].sort()).toEqual(Object.keys(workloads).sort());
});

it('the table of the README is rounded from published figures', async () => {
  const named = (await readPublished()).map(({ workload, value, expected }) => [`${workload}: ${value}`, expected] as const);
  const published = new Map(named);
  const rows = {
    dl19: 'TREC DL 2019',
    dl21: 'TREC DL 2021',
    vaswani: 'Vaswani',
    cranfield: 'Cranfield',
    cisi: 'CISI',
    'wikiqa-dev': 'WikiQA',
    'trecqa-dev': 'TrecQA',
    sample: 'the bundled films',
    scifact: 'SciFact',
    cosqa: 'CoSQA',
  };
  const columns = ['bm25', 'dense', 'hybrid', 'dense, late interaction', 'dense, cross-encoder', 'dense, reranked'];
  const overRun = ['BM25', '', '', 'late interaction', 'cross-encoder', 'reranked'];
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  for (const [workload, label] of Object.entries(rows)) {
    const cells = new RegExp(`^\\| ${label}.*`, 'm').exec(readme)?.[0].split('|').slice(2, -1) ?? [];
    expect(cells, label).toHaveLength(columns.length);
    for (const [at, name] of (workload.startsWith('dl') ? overRun : columns).entries()) {
      const cell = (cells[at] as string).trim();
      if (name === '') expect(cell, label).toBe('');
      else
        expect(Math.abs(Number(cell) - (published.get(`${workload}: ${name}`) ?? 0)), `${label}, ${name}: ${cell}`).toBeLessThan(0.00051);
    }
  }
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
