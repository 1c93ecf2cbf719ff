import type { Comparison, Estimate, EvalReport, PipelineReport, QueryChange } from '../../src/eval/report/report.ts';

/** A made-up report as an evaluation would give it: for tests, and to look at. Every figure follows from the per-query values. */

const texts = [
  'vegetarian dinner for eight that can be made a day ahead',
  'why does my sourdough collapse after shaping',
  'substitute for buttermilk',
  'how long to rest a steak',
  'crispy potatoes without an oven',
  'which flour for fresh pasta',
  'soup for a cold',
  'knife care',
  'cake without eggs or milk for a birthday party of twenty children',
  'smoky aubergine dip',
  'what to do with leftover egg whites',
];

/** Park and Miller's generator, so that the report is the same every time. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const halfWidth = (values: readonly number[]): number => {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1);
  return 1.96 * Math.sqrt(variance / values.length);
};

const estimate = (values: readonly number[]): Estimate => {
  const [value, half] = [mean(values), halfWidth(values)];
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) };
};

const clamp = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;

const pipelineOf = (
  name: string,
  perQuery: Readonly<Record<string, readonly number[]>>,
  rest: Partial<PipelineReport>,
): PipelineReport => ({
  name,
  measures: Object.fromEntries(Object.entries(perQuery).map(([measure, values]) => [measure, estimate(values)])),
  headroom: Object.fromEntries(
    Object.entries(perQuery)
      .filter(([measure]) => measure === 'nDCG@10')
      .map(([measure, values]) => [measure, { best: (1 + mean(values)) / 2, gain: (1 - mean(values)) / 2 }]),
  ),
  latency: {},
  perQuery,
  unjudged: { depth: 10, share: 0.031 },
  cutOffs: [],
  recall: [],
  failures: [],
  ...rest,
});

const change = (ids: readonly string[], i: number, before: number, after: number): QueryChange => ({
  query: ids[i] as string,
  text: i % 5 === 4 ? undefined : (texts[i % texts.length] as string),
  before,
  after,
  moved: [
    { id: `recipes/${1200 + 37 * i}`, grade: 2, from: after > before ? 14 + i : 1, to: after > before ? 1 : 9 + (i % 7) },
    after > before ? { id: `recipes/${800 + 11 * i}`, grade: 1, to: 4 } : { id: `recipes/${800 + 11 * i}`, grade: 1, from: 3 },
    { id: `blog/${i}-weeknight`, from: 2, to: 31 },
  ],
});

const compare = (
  baseline: PipelineReport,
  pipeline: PipelineReport,
  measure: string,
  p: number,
  verdict: string,
  ids: readonly string[],
): Comparison => {
  const [before, after] = [baseline.perQuery[measure] ?? [], pipeline.perQuery[measure] ?? []];
  const differences = after.map((value, i) => value - (before[i] as number));
  const [difference, half] = [mean(differences), halfWidth(differences)];
  const figures = {
    baseline: baseline.name,
    pipeline: pipeline.name,
    measure,
    difference,
    low: difference - half,
    high: difference + half,
    p,
    adjustedP: Math.min(1, 2 * p),
    verdict,
  };
  if (measure !== 'nDCG@10') return figures;
  const order = differences.map((_, i) => i).sort((a, b) => (differences[b] as number) - (differences[a] as number));
  const changes = (places: readonly number[]): QueryChange[] =>
    places.slice(0, 10).map((i) => change(ids, i, before[i] as number, after[i] as number));
  return {
    ...figures,
    differences,
    helped: changes(order.filter((i) => (differences[i] as number) > 0)),
    hurt: changes(order.filter((i) => (differences[i] as number) < 0).reverse()),
  };
};

const milliseconds = (p50: number) => ({ p50, p95: p50 * 1.7, p99: p50 * 2.6 });
const depths = [1, 5, 10, 20, 50, 100, 200];

/** Three pipelines over `queries` queries: bm25, dense, and dense with a reranker. */
export const testReport = (queries = 43): EvalReport => {
  const random = randomFrom(7);
  const ids = Array.from({ length: queries }, (_, i) => `q${i + 1}`);
  const values = (middle: number, spread: number, near?: readonly number[]): number[] =>
    ids.map((_, i) => clamp((near?.[i] ?? 0) * 0.7 + middle + spread * (random() + random() - 1)));
  const bm25Values = values(0.52, 0.5);
  const denseValues = values(0.19, 0.42, bm25Values);
  const rerankedValues = values(0.31, 0.3, denseValues).map((value, i) => (i % 9 === 3 ? (denseValues[i] as number) : value));
  const bm25 = pipelineOf(
    'bm25',
    { 'nDCG@10': bm25Values, 'RR@10': values(0.58, 0.6), 'R@100': values(0.71, 0.4) },
    {
      pipeline: { retrieve: 'bm25', k1: 0.9, b: 0.4 },
      latency: { retrieve: milliseconds(2.1), total: milliseconds(2.3) },
      unjudged: { depth: 10, share: 0 },
      recall: depths.map((depth) => ({ depth, recall: 0.83 * (1 - Math.exp(-((depth / 14) ** 0.6))) })),
    },
  );
  const firstStage = depths.map((depth) => ({ depth, recall: 0.95 * (1 - Math.exp(-((depth / 11) ** 0.62))) }));
  const dense = pipelineOf(
    'dense',
    { 'nDCG@10': denseValues, 'RR@10': values(0.55, 0.6), 'R@100': values(0.83, 0.3) },
    {
      pipeline: { embedder: 'bge-small-en-v1.5@q8', retrieve: 'exact' },
      latency: { embed: milliseconds(5.2), retrieve: milliseconds(1.1), total: milliseconds(6.4) },
      tokens: 9.3,
      recall: firstStage,
    },
  );
  const reranked = pipelineOf(
    'dense + late interaction',
    { 'nDCG@10': rerankedValues, 'RR@10': values(0.72, 0.4), 'R@100': values(0.83, 0.3) },
    {
      pipeline: { embedder: 'bge-small-en-v1.5@q8', retrieve: 'exact', reranker: 'late-interaction@q8', candidates: 100 },
      latency: { embed: milliseconds(5.3), retrieve: milliseconds(1.1), rerank: milliseconds(118), total: milliseconds(125) },
      tokens: 7412,
      cost: 0.0312,
      recall: firstStage,
      cutOffs: [5, 10, 20, 50, 100].map((candidates) => {
        const kept = 1 - Math.exp(-candidates / 14);
        const gain = mean(rerankedValues) - mean(denseValues);
        return { candidates, value: mean(denseValues) + gain * kept, gainKept: kept / (1 - Math.exp(-100 / 14)) };
      }),
      reliability: {
        calibrationError: 0.0412,
        logLoss: 0.2207,
        bins: Array.from({ length: 10 }, (_, i) => ({ count: 430, stated: ((i + 0.5) / 10) ** 2, relevant: ((i + 0.5) / 10) ** 2.4 })),
      },
      failures: [{ query: 'q17', message: 'the reranker did not answer within 30 s; raise --timeout or send fewer candidates' }],
    },
  );
  const unknown = `cannot tell with ${queries} queries: about 180 would be needed`;
  return {
    queries,
    queryIds: ids,
    withoutRelevant: { count: 2, dropped: false },
    primary: 'nDCG@10',
    pipelines: [bm25, dense, reranked],
    comparisons: [
      compare(bm25, dense, 'nDCG@10', 0.0871, unknown, ids),
      compare(bm25, reranked, 'nDCG@10', 0.00002, 'helps', ids),
      compare(bm25, dense, 'RR@10', 0.4412, `cannot tell with ${queries} queries: about 510 would be needed`, ids),
      compare(bm25, reranked, 'RR@10', 0.0109, 'helps', ids),
      compare(bm25, dense, 'R@100', 0.0004, 'helps', ids),
      {
        ...compare(bm25, reranked, 'R@100', 0.0004, 'helps', ids),
        unsafe: '21 % of the first 100 results of dense + late interaction have no judgment, against 3 % of bm25',
      },
    ],
    overlaps: [
      { pipelines: ['bm25', 'dense'], rbo: 0.4127 },
      { pipelines: ['bm25', 'dense + late interaction'], rbo: 0.4416 },
      { pipelines: ['dense', 'dense + late interaction'], rbo: 0.6318 },
    ],
    gates: [
      {
        gate: 'nDCG@10 >= 0.55',
        pipeline: 'dense + late interaction',
        passed: true,
        found: `nDCG@10 is ${mean(rerankedValues).toFixed(4)}`,
      },
      { gate: 'p95 <= 150 ms', pipeline: 'dense + late interaction', passed: false, found: 'p95 is 213 ms' },
    ],
    warnings: [
      'The run of bm25 has 3 queries whose lines are not in the order of their scores; they were sorted.',
      'q8 and q31 are nearly the same query: their figures are not independent.',
    ],
    settings: { seed: 42, resamples: 10_000, confidence: 0.95, data: 'sha256:5f1c…e02a (43 queries, 12,480 documents)' },
    peakMemory: 412_000_000,
    version: '0.1.0',
    at: '2025-03-01T12:34:56.000Z',
  };
};
