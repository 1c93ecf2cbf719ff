/** Ten measures over a large run, from memory and from files, against ranx; intervals and tests against scipy. One thread each. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapIntervals } from '../../src/eval/significance/bootstrap.ts';
import { randomisationTest } from '../../src/eval/significance/randomisation.ts';
import { startChild } from '../child.ts';
import { runPython } from '../python-peer.ts';
import { type Bar, fixed, median, type Table, times, type Workload } from '../report.ts';
import { normalFrom, randomFrom } from '../texts.ts';

const QUERIES = 10_000;
const DOCUMENTS = 1_000;
const JUDGED = 25;
const ROUNDS = 5;
const RESAMPLES = 10_000;
const PIPELINES = 5;
const PAIRED = 1_000;

/** Our names and ranx's, in the order in which both measure. */
const measures = [
  ['nDCG@10', 'ndcg@10'],
  ['nDCG@100', 'ndcg@100'],
  ["nDCG(dcg='exp-log2')@10", 'ndcg_burges@10'],
  ['AP@100', 'map@100'],
  ['AP', 'map'],
  ['RR', 'mrr'],
  ['P@10', 'precision@10'],
  ['R@100', 'recall@100'],
  ['R@1000', 'recall@1000'],
  ['Success@10', 'hit_rate@10'],
] as const;

/** A run of documents drawn from a million, a fifth of the judged ones not in it, written as columns and as TREC's text. */
const writeData = async (folder: string, say: (line: string) => void): Promise<void> => {
  const random = randomFrom(11);
  const runIds = new Int32Array(QUERIES * DOCUMENTS);
  const runValues = new Float64Array(QUERIES * DOCUMENTS);
  const judgedIds = new Int32Array(QUERIES * JUDGED);
  const judgedValues = new Float64Array(QUERIES * JUDGED);
  const run = createWriteStream(join(folder, 'run.trec'));
  const judgments = createWriteStream(join(folder, 'judgments.trec'));
  for (let query = 0; query < QUERIES; query++) {
    const drawn = new Set<number>();
    while (drawn.size < DOCUMENTS) drawn.add(Math.floor(random() * 1_000_000));
    const ids = [...drawn];
    // Distinct as 32-bit numbers, so that no tool has a tie to decide.
    const scores = ids.map((_, rank) => 20 - rank / 64 - Math.floor(random() * 4) / 512);
    runIds.set(ids, query * DOCUMENTS);
    runValues.set(scores, query * DOCUMENTS);
    const judged = new Set<number>();
    while (judged.size < JUDGED - 5) judged.add(ids[Math.floor(random() ** 2 * DOCUMENTS)] as number);
    for (let absent = 0; absent < 5; absent++) judged.add(1_000_000 + absent);
    judgedIds.set([...judged], query * JUDGED);
    const grades = [...judged].map(() => Math.floor(random() * 4));
    judgedValues.set(grades, query * JUDGED);
    const lines = ids.map((id, rank) => `q${query} Q0 d${id} ${rank + 1} ${scores[rank]} bench\n`).join('');
    if (!run.write(lines)) await once(run, 'drain');
    judgments.write([...judged].map((id, at) => `q${query} 0 d${id} ${grades[at]}\n`).join(''));
    if (query % 500 === 0) say(`writing query ${query} of ${QUERIES}`);
  }
  await Promise.all([once(run.end(), 'close'), once(judgments.end(), 'close')]);
  await writeFile(join(folder, 'run-ids.i32'), runIds);
  await writeFile(join(folder, 'run-values.f64'), runValues);
  await writeFile(join(folder, 'judgments-ids.i32'), judgedIds);
  await writeFile(join(folder, 'judgments-values.f64'), judgedValues);
};

interface Ours {
  readonly memory: readonly number[];
  readonly files: number;
  readonly means: readonly number[];
  readonly fileMeans: readonly number[];
}
interface Theirs {
  readonly memory: readonly number[];
  readonly files: number;
  readonly peakMegabytes: number;
  readonly means: Readonly<Record<string, number>>;
  readonly fileMeans: Readonly<Record<string, number>>;
}
interface Scipy {
  readonly bootstrap: readonly number[];
  readonly permutation: readonly number[];
  readonly intervals: readonly (readonly number[])[];
  readonly ps: readonly number[];
}

const clock = (work: () => void): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};

const measureFiles = async (folder: string, say: (line: string) => void) => {
  say('ranx');
  const theirs = await runPython<Theirs>('ranx_peer.py', [folder, QUERIES, DOCUMENTS, JUDGED, ROUNDS]);
  say('finetooth');
  const names = measures.map(([ours]) => ours).join(',');
  const fromMemory = startChild('contenders/evaluation.ts', [folder, names, String(QUERIES), String(ROUNDS)]);
  const memory = await fromMemory.ask<Pick<Ours, 'memory' | 'means'>>('memory');
  await fromMemory.close();
  const fromFiles = startChild('contenders/evaluation.ts', [folder, names, String(QUERIES), String(ROUNDS)]);
  const files = await fromFiles.ask<Pick<Ours, 'files' | 'fileMeans'>>('files');
  const { peakMegabytes } = await fromFiles.close();
  return { theirs, ours: { ...memory, ...files, peakMegabytes } };
};

const measureChance = async (folder: string) => {
  const random = randomFrom(12);
  const columns = Array.from({ length: PIPELINES }, (_, which) =>
    Float64Array.from({ length: PAIRED }, () => 0.005 * which + 0.2 * normalFrom(random)),
  );
  await writeFile(join(folder, 'differences.f64'), Buffer.concat(columns.map((one) => Buffer.from(one.buffer))));
  const theirs = await runPython<Scipy>('scipy_peer.py', [folder, PAIRED, PIPELINES, RESAMPLES, ROUNDS]);
  const chance = { seed: 20, resamples: RESAMPLES };
  let intervals: readonly { readonly low: number; readonly high: number }[] = [];
  let ps: readonly number[] = [];
  const bootstrap = Array.from({ length: ROUNDS }, () => clock(() => (intervals = bootstrapIntervals(columns, chance))));
  const permutation = Array.from({ length: ROUNDS }, () => clock(() => (ps = columns.map((one) => randomisationTest(one, chance)))));
  const apart = Math.max(
    ...intervals.flatMap(({ low, high }, at) => [
      Math.abs(low - (theirs.intervals[0]?.[at] as number)),
      Math.abs(high - (theirs.intervals[1]?.[at] as number)),
    ]),
  );
  const psApart = Math.max(...ps.map((p, at) => Math.abs(p - (theirs.ps[at] as number))));
  return { theirs, ours: { bootstrap, permutation, intervals, ps }, apart, psApart };
};

export const evaluation: Workload = {
  about: `${QUERIES} queries × ${DOCUMENTS} documents, ten measures, against ranx; ${RESAMPLES} resamples × ${PAIRED} queries × ${PIPELINES} pipelines against scipy; one thread each`,
  run: async ({ say }) => {
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
    try {
      await writeData(folder, say);
      const runs = await measureFiles(folder, say);
      say('scipy');
      const chance = await measureChance(folder);
      const worst = Math.max(
        ...measures.map(([, name], at) =>
          Math.max(
            Math.abs((runs.theirs.means[name] as number) - (runs.ours.means[at] as number)),
            Math.abs((runs.theirs.fileMeans[name] as number) - (runs.ours.fileMeans[at] as number)),
          ),
        ),
      );
      const rows = [
        ['measures, arrays in memory', median(runs.ours.memory), 'ranx', median(runs.theirs.memory)],
        ['measures, files to figures', runs.ours.files, 'ranx', runs.theirs.files],
        ['paired bootstrap, BCa', median(chance.ours.bootstrap), 'scipy', median(chance.theirs.bootstrap)],
        ['randomisation tests', median(chance.ours.permutation), 'scipy', median(chance.theirs.permutation)],
      ] as const;
      const table: Table = {
        title: 'milliseconds',
        columns: ['work', 'finetooth', 'peer', 'peer, ms', 'peer / finetooth'],
        rows: rows.map(([work, ours, peer, theirs]) => [work, fixed(ours, 0), peer, fixed(theirs, 0), times(theirs, ours)]),
      };
      const memory: Table = {
        title: 'peak memory, megabytes, from files to figures',
        columns: ['', 'MB'],
        rows: [
          ['finetooth', fixed(runs.ours.peakMegabytes, 0)],
          ['ranx', fixed(runs.theirs.peakMegabytes, 0)],
        ],
      };
      const bars: Bar[] = [
        ...rows.map(([work, ours, peer, theirs]) => ({
          claim: `${work}: at least as fast as ${peer}`,
          got: times(theirs, ours),
          holds: ours <= theirs,
        })),
        { claim: 'the same ten figures as ranx, to 1e-9', got: worst.toExponential(1), holds: worst < 1e-9 },
        { claim: 'the same intervals as scipy, to 0.001', got: chance.apart.toExponential(1), holds: chance.apart < 1e-3 },
        // Both are counts of 10,000 random draws, and scipy doubles the smaller tail: the difference has a standard error of .011 near 1/2.
        {
          claim: 'the same p as scipy, to four standard errors (0.045)',
          got: chance.psApart.toExponential(1),
          holds: chance.psApart < 0.045,
        },
      ];
      return { tables: [table, memory], bars, raw: { runs, chance } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
