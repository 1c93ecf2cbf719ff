import { readdirSync } from 'node:fs';
import { evaluate } from '../../src/index.ts';

/** nDCG@10 of every supplied run as it is, and of late interaction over BM25's first 100, all judgments. */
export const measureOverRuns = async (folder: string, say: (line: string) => void): Promise<Readonly<Record<string, number>>> => {
  const report = await evaluate({
    data: folder,
    judgments: 'qrels.full.tsv',
    runs: readdirSync(`${folder}/runs`)
      .sort()
      .map((name) => `${folder}/runs/${name}`),
    firstStageRun: 'runs/BM25.top100.tsv.gz',
    measures: 'nDCG@10',
    cutOffs: [],
    checks: false,
    resamples: 100,
    onProgress: ({ what, done, total }) => say(`${what}: ${done} of ${total}`),
  });
  return Object.fromEntries(
    report.pipelines.map(({ name, measures }) => [name.replace('.top100', ''), measures['nDCG@10']?.value as number]),
  );
};
