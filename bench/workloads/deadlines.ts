/** A thousand random deadlines: how late answers are, and how good they are by then. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { meanOf } from '../../src/eval/index.ts';
import { timeAxis } from '../../src/eval/render/axes.ts';
import { openCanvas, standalone } from '../../src/eval/render/canvas.ts';
import type { Reranker } from '../../src/index.ts';
import { changeLeaves } from '../../src/rerank/wrappers/composed.ts';
import { rankCandidates } from '../../src/search/rank.ts';
import { threads } from '../contenders/contender.ts';
import { openRankedPassages } from '../ranked-passages.ts';
import { type Bar, fixed, quantile, type Table, type Workload } from '../report.ts';
import { randomFrom } from '../texts.ts';

const DEADLINES = 1000;
const CANDIDATES = 100;
const LONGEST_MS = 500;
/** What a slice is made for; `src/rerank/wrappers/slices.ts`. */
const SLICE_MS = 20;
const BUCKETS = [1, 2, 4, 7, 12, 20, 35, 60, 90, 120, 160, 250, 501];

interface Answered {
  readonly deadline: number;
  /** Milliseconds until the answer. */
  readonly took: number;
  readonly complete: boolean;
  readonly query: string;
  readonly ids: readonly string[];
}

interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly answers: number;
  readonly complete: number;
  /** nDCG@10 of these answers, less that of the same queries with all the time there is, plus the mean of all queries. */
  readonly quality: number;
  /** Of the quality: which queries were drawn is chance. */
  readonly standardError: number;
}

/** The same reranker; how long each of its calls takes is added to `slices`, milliseconds. Calls that a deadline stopped are not. */
const timed = (stage: Reranker, slices: number[]): Reranker => ({
  ...stage,
  score: async (query, candidates, options) => {
    const started = performance.now();
    const scores = await stage.score(query, candidates, options);
    slices.push(performance.now() - started);
    return scores;
  },
});

const INK = '#767676';

const drawing = async (buckets: readonly Bucket[]): Promise<string> => {
  const { plot, draw } = await openCanvas();
  const points = buckets.map(({ from, to, quality }) => ({ middle: Math.sqrt(from * to), quality }));
  const { domain, ticks } = timeAxis(points.map(({ middle }) => middle));
  const html = draw({
    name: 'deadlines',
    title: 'Quality by deadline',
    description: buckets.map(({ from, to, quality }) => `${from} to ${to - 1} ms: ${quality.toFixed(3)}.`).join(' '),
    options: {
      width: 720,
      height: 320,
      marginLeft: 56,
      marginBottom: 48,
      x: {
        type: 'log',
        domain: [...domain],
        ticks: [...ticks],
        tickFormat: (value: number) => `${value} ms`,
        label: 'deadline →',
        labelAnchor: 'center',
      },
      y: { grid: true, ticks: 5, label: '↑ nDCG@10', tickFormat: (value: number) => value.toFixed(2) },
      marks: [
        plot.line(points, { x: 'middle', y: 'quality', stroke: '#d1495b', strokeWidth: 2 }),
        plot.dot(points, { x: 'middle', y: 'quality', r: 4.5, fill: '#d1495b' }),
      ],
    },
  });
  return `${standalone(html, INK)}\n`;
};

export const deadlines: Workload = {
  about: `${DEADLINES} random deadlines of 1 to ${LONGEST_MS} ms, ${CANDIDATES} candidates of TREC DL 2019 each, the default cascade, ${threads} threads`,
  run: async ({ say }) => {
    const { about, index, lists, fields, judgments } = await openRankedPassages(CANDIDATES, threads);
    try {
      const slices: number[] = [];
      const chosen = await index.rerankerNamed(['default']);
      const reranker = changeLeaves(chosen, (stage) => timed(stage, slices));
      await reranker.load?.();
      const best = new Map<string, number>();
      for (const { id, query, candidates } of lists) {
        const { order } = await rankCandidates(reranker, query, candidates, fields);
        best.set(
          id,
          meanOf(new Map([[id, order.map((one, at) => ({ id: one.id, score: -at }))]]), new Map([[id, judgments.get(id) ?? new Map()]])),
        );
      }
      // Without a deadline a stage is one slice.
      slices.length = 0;
      const random = randomFrom(21);
      const answers: Answered[] = [];
      // One after the other, as a server with a queue would ask.
      for (let i = 0; i < DEADLINES; i++) {
        if (i % 50 === 0) say(`${i} of ${DEADLINES}`);
        const { id, query, candidates } = lists[Math.floor(random() * lists.length)] as (typeof lists)[number];
        // As many from 1 to 10 ms as from 10 to 100: above 150 ms nearly every answer is whole, and says nothing more.
        const deadline = Math.min(LONGEST_MS, Math.floor((LONGEST_MS + 1) ** random()));
        const started = performance.now();
        const { order, complete } = await rankCandidates(reranker, query, candidates, fields, { deadlineMs: deadline });
        answers.push({ deadline, took: performance.now() - started, complete, query: id, ids: order.map((one) => one.id) });
      }
      const late = answers.map(({ deadline, took }) => Math.max(0, took - deadline));
      const longest = Math.max(0, ...slices);
      const overall = [...best.values()].reduce((sum, value) => sum + value, 0) / best.size;
      const buckets = BUCKETS.slice(0, -1).flatMap((from, i): readonly Bucket[] => {
        const to = BUCKETS[i + 1] as number;
        const inside = answers.filter(({ deadline }) => deadline >= from && deadline < to);
        if (inside.length === 0) return [];
        const losses = inside.map(({ query, ids }) => {
          const run = new Map([[query, ids.map((id, at) => ({ id, score: -at }))]]);
          return (best.get(query) as number) - meanOf(run, new Map([[query, judgments.get(query) ?? new Map()]]));
        });
        const loss = losses.reduce((sum, value) => sum + value, 0) / inside.length;
        const variance = losses.reduce((sum, value) => sum + (value - loss) ** 2, 0) / Math.max(1, inside.length - 1);
        const quality = overall - loss;
        return [
          {
            from,
            to,
            answers: inside.length,
            complete: inside.filter(({ complete }) => complete).length,
            quality,
            standardError: Math.sqrt(variance / inside.length),
          },
        ];
      });
      await writeFile(join(import.meta.dirname, '..', '..', 'docs', 'deadlines.svg'), await drawing(buckets));
      const bars: Bar[] = [
        {
          claim: `never later than the deadline plus one slice of ${SLICE_MS} ms (p99 of the slices ${fixed(quantile(slices, 0.99))}, longest ${fixed(longest)})`,
          got: `p50 ${fixed(quantile(late, 0.5))}, p99 ${fixed(quantile(late, 0.99))}, most ${fixed(Math.max(...late))} ms late`,
          holds: Math.max(...late) <= SLICE_MS,
        },
        {
          claim: 'quality rises with time: no bucket is above a later one by more than two standard errors',
          got: `${fixed(buckets[0]?.quality ?? 0, 3)} to ${fixed(buckets.at(-1)?.quality ?? 0, 3)}`,
          holds: buckets.every(({ quality, standardError }, i) =>
            buckets.slice(0, i).every((before) => quality >= before.quality - 2 * Math.hypot(standardError, before.standardError)),
          ),
        },
      ];
      const table: Table = {
        title: `${about}, by deadline; drawn in docs/deadlines.svg`,
        columns: ['milliseconds', 'answers', 'complete', 'nDCG@10', '±'],
        rows: buckets.map(({ from, to, answers: count, complete, quality, standardError }) => [
          `${from} to ${to - 1}`,
          count,
          complete,
          fixed(quality, 4),
          fixed(standardError, 4),
        ]),
      };
      return { tables: [table], bars, raw: { about, buckets, late, slices, answers: answers.map(({ ids: _, ...one }) => one) } };
    } finally {
      await index.close();
    }
  },
};
