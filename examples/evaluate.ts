/** Does a reranker of your own help on your data? Two pipelines over one index, with intervals, a test and a verdict. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reranker } from 'finetooth';
import { toMarkdown } from 'finetooth/eval';
import { defaultPipeline } from 'finetooth/plan';
import { evaluate } from 'finetooth/tasks';

const animals = ['bat', 'whale', 'spider', 'wolf', 'horse', 'snake', 'eagle', 'shark', 'beaver', 'camel'];
const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
mkdirSync('animals', { recursive: true });
writeFileSync(
  'animals/corpus.jsonl',
  lines(
    animals.flatMap((name) => [
      { _id: `${name}-1`, text: `A ${name}.` },
      { _id: `${name}-2`, text: `No ${name}.` },
    ]),
  ),
);
writeFileSync('animals/queries.jsonl', lines(animals.map((name) => ({ _id: name, text: `not a ${name}` }))));
writeFileSync('animals/qrels.tsv', `query-id\tcorpus-id\tscore\n${animals.map((name) => `${name}\t${name}-2\t1\n`).join('')}`);

const negations: Reranker = {
  fingerprint: 'negations@1',
  score: async (query, candidates) => ({
    scores: Float32Array.from(candidates, ({ text }) => Number(text.startsWith('No ') === query.startsWith('not '))),
  }),
};

const report = await evaluate({
  data: './animals',
  pipelines: [
    { ...defaultPipeline, name: 'words', firstStage: 'bm25', reranker: null },
    { ...defaultPipeline, name: 'negations', firstStage: 'bm25', reranker: ['negations'] },
  ],
  rerankers: { negations },
  measures: 'RR@10,nDCG@10',
  workFolder: './evaluation',
});
console.log(report.comparisons[0]?.verdict);
console.log(toMarkdown(report));
