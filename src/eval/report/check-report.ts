import { record, truth, type ValueCheck } from '../../wording/check-options.ts';
import { anyNumber, anyText, anyTexts, listOf, optional, recordOf, shape } from '../../wording/check-shapes.ts';
import { stages } from './report.ts';

const numbers = listOf('a list of numbers', anyNumber);
const estimate = shape('an object with value, low and high', { value: anyNumber, low: anyNumber, high: anyNumber });
const times = shape('an object with p50, p95 and p99', { p50: anyNumber, p95: anyNumber, p99: anyNumber });
const bin = shape('an object with count, stated and relevant', { count: anyNumber, stated: anyNumber, relevant: anyNumber });

const pipeline = shape('an object', {
  name: anyText,
  pipeline: optional(record),
  measures: recordOf('an object', estimate),
  headroom: optional(recordOf('an object', shape('an object with best and gain', { best: anyNumber, gain: anyNumber }))),
  latency: shape('an object', Object.fromEntries(stages.map((stage) => [stage, optional(times)]))),
  perQuery: recordOf('an object', numbers),
  unjudged: shape('an object with depth and share', { depth: anyNumber, share: anyNumber }),
  tokens: optional(anyNumber),
  cost: optional(anyNumber),
  reliability: optional(shape('an object', { calibrationError: anyNumber, logLoss: anyNumber, bins: listOf('a list of bins', bin) })),
  cutOffs: listOf(
    'a list of cut-offs',
    shape('an object with candidates and value', { candidates: anyNumber, value: anyNumber, gainKept: optional(anyNumber) }),
  ),
  recall: listOf('a list', shape('an object with depth and recall', { depth: anyNumber, recall: anyNumber })),
  failures: listOf('a list of failures', shape('an object with query and message', { query: anyText, message: anyText })),
  standIns: optional(shape('an object', { queries: anyNumber, rankedBy: anyText, why: anyText })),
});

const changes = optional(
  listOf(
    'a list of changes',
    shape('an object', {
      query: anyText,
      text: optional(anyText),
      before: anyNumber,
      after: anyNumber,
      moved: listOf(
        'a list of moves',
        shape('an object', { id: anyText, grade: optional(anyNumber), from: optional(anyNumber), to: optional(anyNumber) }),
      ),
    }),
  ),
);

const comparison = shape('an object', {
  baseline: anyText,
  pipeline: anyText,
  measure: anyText,
  difference: anyNumber,
  low: anyNumber,
  high: anyNumber,
  p: anyNumber,
  adjustedP: anyNumber,
  verdict: anyText,
  disagreement: optional(anyText),
  unsafe: optional(anyText),
  differences: optional(numbers),
  helped: changes,
  hurt: changes,
});

const gate = shape('an object', { gate: anyText, pipeline: anyText, passed: truth, found: anyText });
export const isPipelineReport: ValueCheck = pipeline;

/** Whether a value is a report of an evaluation, down to all that is drawn of it. */
export const isReport: ValueCheck = (value) => {
  const wrong = report(value);
  if (wrong !== undefined) return wrong;
  const { queryIds, pipelines } = value as { queryIds: readonly string[]; pipelines: readonly { perQuery: Record<string, number[]> }[] };
  const isPaired = pipelines.every(({ perQuery }) => Object.values(perQuery).every(({ length }) => length === queryIds.length));
  return isPaired ? undefined : 'a report of an evaluation (each perQuery must have one value for each of its queryIds)';
};

const report = shape('a report of an evaluation, as evaluate and readReport give it', {
  queries: anyNumber,
  queryIds: anyTexts,
  withoutRelevant: shape('an object with count and dropped', { count: anyNumber, dropped: truth }),
  primary: anyText,
  pipelines: listOf('a list of pipelines', pipeline),
  comparisons: listOf('a list of comparisons', comparison),
  overlaps: optional(
    listOf('a list of overlaps', shape('an object', { pipelines: listOf('a list of two names', anyText), rbo: anyNumber })),
  ),
  gates: listOf('a list of gates', gate),
  warnings: anyTexts,
  settings: shape('an object', { seed: anyNumber, resamples: anyNumber, confidence: anyNumber, data: optional(anyText) }),
  peakMemory: anyNumber,
  version: anyText,
  at: anyText,
});
