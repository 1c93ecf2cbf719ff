/** Lists to scores with the bundled cross-encoder, against others with the same weights; and list to ranking with the default. Two threads each. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveModel } from '../../src/model/files.ts';
import { type Child, startChild } from '../child.ts';
import { threads } from '../contenders/contender.ts';
import type { ListAnswer } from '../contenders/list.ts';
import { installPeerReranker } from '../install-peer.ts';
import { type List, listsOfLength, passageLists } from '../lists.ts';
import { runPython, startPython } from '../python-peer.ts';
import { type Bar, fixed, median, quantile, type Table, times, type Workload } from '../report.ts';

const requirements = 'requirements-reranking';
const LENGTHS = [64, 128, 256] as const;
const SIZES = [25, 100] as const;
/** Lists of each kind after one to warm up; fewer of the long ones. */
const LISTS = { 25: 7, 100: 3 } as const;
const MIXED_LISTS = { 25: 21, 100: 7 } as const;

const OURS = 'finetooth';
const TRANSFORMERS = 'transformers.js int8';
const TORCH = 'sentence-transformers fp32';
const OPENVINO = 'OpenVINO int8';
const RUNTIME = 'onnxruntime int8, one batch';
const STORED = 'finetooth, default, stored vectors';
const FRESH = 'finetooth, default, fresh texts';
const CACHED = 'finetooth, default, asked again';

type Contenders = Readonly<Record<string, Child>>;
/** Milliseconds by contender, one for each list. */
type Times = Readonly<Record<string, readonly number[]>>;

/** Contenders take turns list by list, so that what else runs on the machine meets all alike. */
const measure = async (contenders: Contenders, lists: readonly List[], say: (at: string) => void): Promise<Times> => {
  const taken: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (const [at, list] of lists.entries()) {
    for (const [name, child] of Object.entries(contenders)) {
      say(`list ${at} of ${lists.length - 1}: ${name}`);
      const { milliseconds } = await child.ask<ListAnswer>(list);
      if (at > 0) taken[name]?.push(milliseconds);
    }
  }
  return taken;
};

/** Largest difference of scores from ours on one list: all have the same weights. */
const agreement = async (contenders: Contenders, list: List): Promise<Readonly<Record<string, number>>> => {
  const { scores: own } = await (contenders[OURS] as Child).ask<ListAnswer>(list);
  const apart: Record<string, number> = {};
  for (const [name, child] of Object.entries(contenders)) {
    const { scores } = await child.ask<ListAnswer>(list);
    apart[name] = Math.max(...scores.map((score, i) => Math.abs(score - (own[i] as number))));
  }
  return apart;
};

const startAll = async (folder: string): Promise<Contenders> => {
  const { modelPath, tokenizerPath } = await resolveModel('ms-marco-minilm-l-12-v2', { offline: true });
  await installPeerReranker({ modelPath, tokenizerPath, maxTokens: 512 });
  await runPython('float_weights.py', [dirname(modelPath), folder], requirements);
  await copyFile(modelPath, join(folder, 'int8.onnx'));
  const { lists } = await passageLists(12, 25);
  await writeFile(join(folder, 'calibration.jsonl'), lists.map((list) => `${JSON.stringify(list)}\n`).join(''));
  const peer = (kind: string) => startPython('rerank_peer.py', [kind, folder, threads], { requirements, threads });
  return {
    [OURS]: startChild('contenders/reranking.ts'),
    [TRANSFORMERS]: startChild('contenders/transformers-reranking.ts'),
    [RUNTIME]: await peer('onnxruntime'),
    [TORCH]: await peer('sentence-transformers'),
    [OPENVINO]: await peer('openvino'),
  };
};

const tableOf = (title: string, measured: readonly (readonly [string, Times])[]): Table => {
  const names = Object.keys(measured[0]?.[1] ?? {});
  return {
    title: `${title}: milliseconds a list, p50 / p95, and how many times ours`,
    columns: ['', ...measured.map(([kind]) => kind)],
    rows: names.map((name) => [
      name,
      ...measured.map(([, taken]) => {
        const own = median(taken[name] as number[]);
        return `${fixed(own, 0)} / ${fixed(quantile(taken[name] as number[], 0.95), 0)} (${times(own, median(Object.values(taken)[0] as number[]))})`;
      }),
    ]),
  };
};

/** Median over lists of how many times longer the peer took for the same list. */
const ratio = (taken: Times, peer: string, ours: string): number =>
  median((taken[peer] as readonly number[]).map((value, i) => value / (taken[ours]?.[i] as number)));

const atLeast = (claim: string, got: number, bar: number): Bar => ({ claim, got: `${got.toFixed(2)} x`, holds: got >= bar });

export const reranking: Workload = {
  about: `lists of 25 and 100 candidates through ms-marco-MiniLM-L-12-v2, ${threads} threads each`,
  run: async ({ say }) => {
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
    try {
      say('starting the contenders');
      const contenders = await startAll(folder);
      const rankers: Contenders = {
        [STORED]: startChild('contenders/ranking.ts', ['stored']),
        [FRESH]: startChild('contenders/ranking.ts', ['fresh']),
        [CACHED]: startChild('contenders/ranking.ts', ['cached']),
      };
      const single: [string, Times][] = [];
      const mixed: [string, Times][] = [];
      const apart = await agreement(contenders, (await passageLists(1, 25)).lists[0] as List);
      for (const size of SIZES) {
        for (const tokens of LENGTHS) {
          const lists = listsOfLength(LISTS[size] + 1, size, tokens, size + tokens);
          single.push([`${size} × ${tokens}`, await measure(contenders, lists, (at) => say(`${size} × ${tokens} tokens, ${at}`))]);
        }
      }
      let about = '';
      for (const size of SIZES) {
        const passages = await passageLists(MIXED_LISTS[size] + 1, size);
        about = passages.about;
        for (const child of Object.values(rankers)) await child.ask({ index: passages.lists.flatMap(({ texts }) => texts) });
        mixed.push([
          `${size} passages`,
          await measure({ ...contenders, ...rankers }, passages.lists, (at) => say(`${size} passages, ${at}`)),
        ]);
      }
      const peaks = await Promise.all(
        Object.entries({ ...contenders, ...rankers }).map(async ([name, child]) => [name, (await child.close()).peakMegabytes] as const),
      );
      const bars = [
        ...mixed.flatMap(([kind, taken]) => [
          atLeast(`${kind}: at least 1.5 times as fast as ${TRANSFORMERS}`, ratio(taken, TRANSFORMERS, OURS), 1.5),
          atLeast(`${kind}: at least 2 times as fast as ${TORCH}`, ratio(taken, TORCH, OURS), 2),
        ]),
        ...single.flatMap(([kind, taken]) => [
          atLeast(`${kind} tokens: not slower than ${TRANSFORMERS}`, ratio(taken, TRANSFORMERS, OURS), 1),
          atLeast(`${kind} tokens: within 1.6 times of ${OPENVINO}`, ratio(taken, OPENVINO, OURS), 1 / 1.6),
        ]),
        ...mixed.map(([kind, taken]) => {
          const peers = [TRANSFORMERS, RUNTIME, TORCH, OPENVINO];
          return atLeast(
            `${kind}, list in, ranking out: faster than all of them`,
            Math.min(...peers.map((peer) => ratio(taken, peer, STORED))),
            1,
          );
        }),
      ];
      const others: Table = {
        title: 'largest difference of a score from ours on one list of passages; peak memory, megabytes',
        columns: ['', 'apart', 'MB'],
        rows: peaks.map(([name, peak]) => [name, apart[name] === undefined ? '' : fixed(apart[name], 3), fixed(peak, 0)]),
      };
      return {
        tables: [
          tableOf('one length', single),
          tableOf(`${about} (the default: list in, ranking out; the others: list in, scores out)`, mixed),
          others,
        ],
        bars,
        raw: { about, single, mixed, apart, peaks },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
