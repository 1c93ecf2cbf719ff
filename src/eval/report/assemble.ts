import { FinetoothError } from '../../errors.ts';
import { meanOf } from '../../math/mean.ts';
import { counted } from '../../wording/numbers.ts';
import type { Reliability } from '../calibration/reliability.ts';
import type { CollectionChecks } from '../checks/findings.ts';
import type { Evaluation } from '../measures/evaluation.ts';
import { type Measure, parseMeasure } from '../measures/measure.ts';
import { measureOf } from '../measures/measures.ts';
import { bootstrapIntervals } from '../significance/bootstrap.ts';
import { type Chance, compareAll, type Side, unjudgedShare, withDetails } from './compare.ts';
import { checkGates, type Gate } from './gate.ts';
import { headroomOf, overlapsOf } from './headroom.ts';
import { latencyOf } from './percentiles.ts';
import type { Comparison, CutOff, EvalReport, Failure, GateResult, Latency, PipelineReport, Stage } from './report.ts';

/** One pipeline or run, measured. */
export interface Measured {
  readonly name: string;
  readonly pipeline?: Readonly<Record<string, unknown>>;
  readonly evaluation: Evaluation;
  /** The first stage by itself; the run itself where it is one. */
  readonly firstStage: Evaluation;
  /** By number of candidates, rising. */
  readonly cutOffs: ReadonlyMap<number, Evaluation>;
  /** Milliseconds of each query. */
  readonly latency: Readonly<Partial<Record<Stage, readonly number[]>>>;
  readonly tokens?: number;
  readonly cost?: number;
  /** Where results come with probabilities. */
  readonly reliability?: Reliability;
  readonly failures: readonly Failure[];
  readonly standIns?: PipelineReport['standIns'];
  /** Queries of which a model did not read the end, and the most tokens that were left out of one; absent when there were none. */
  readonly longQueries?: { readonly queries: number; readonly tokens: number };
}

export interface AssembleOptions {
  readonly measured: readonly Measured[];
  readonly judgments: ReadonlyMap<string, ReadonlyMap<string, number>>;
  textOf(query: string): string | undefined;
  readonly dropEmpty: boolean;
  readonly chance: Chance;
  readonly gates: readonly Gate[];
  /** An earlier report to compare with, or one of these pipelines. @default the first pipeline, when there are several */
  readonly baseline?: { readonly report: EvalReport; readonly name: string } | { readonly pipeline: string };
  readonly warnings: readonly string[];
  readonly checks?: CollectionChecks;
  readonly data?: string;
  readonly peakMemory: number;
  readonly version: string;
}

const RECALL_DEPTHS = [1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 750, 1000];

/** Makes the report. The first measure is the primary one. */
export function assembleReport(options: AssembleOptions): EvalReport {
  const { measured, judgments, textOf, chance, gates, baseline, peakMemory } = options;
  const first = measured[0]?.evaluation as Evaluation;
  const { measures, queries } = first;
  const primary = measures[0] as Measure;
  const depth = Math.min(primary.cutoff ?? 10, 100);
  const pipelines = measured.map((one) => pipelineReport(one, depth, chance));
  const warnings = [...options.warnings];
  let comparisons: Comparison[];
  let baselineOf: (name: string) => PipelineReport | undefined;
  const earlier = baseline !== undefined && 'report' in baseline ? baseline : undefined;
  if (earlier !== undefined) {
    const against = comparedWithReport(options, pipelines, measures, earlier);
    comparisons = against.comparisons;
    warnings.push(...against.warnings);
    baselineOf = (name) => against.baselines.get(name);
  } else {
    const wanted = baseline !== undefined && 'pipeline' in baseline ? baseline.pipeline : (measured[0] as Measured).name;
    const base = measured.find(({ name }) => name === wanted) as Measured;
    const others = measured.filter((one) => one !== base);
    const side = ({ name, evaluation }: Measured): Side => ({ name, values: evaluation.values });
    comparisons = compareAll(side(base), others.map(side), measures, chance).map((one) => {
      const after = others.find(({ name }) => name === one.pipeline) as Measured;
      return withDetails(one, base.evaluation, after.evaluation, { judgments, textOf, depth, chance });
    });
    baselineOf = (name) => (name === base.name ? undefined : pipelines.find((one) => one.name === base.name));
  }
  const failed = pipelines.filter(({ failures }) => failures.length > 0);
  for (const { name, failures } of failed)
    warnings.push(`"${name}" failed on ${failures.length} of ${queries.length} queries; they count as 0 in its figures.`);
  for (const { name, standIns } of pipelines)
    if (standIns !== undefined)
      warnings.push(
        `"${name}": ${standIns.queries} of ${queries.length} queries were ranked by a fallback (${standIns.rankedBy}), so its figures are of a mixture. ${standIns.why}`,
      );
  for (const { name, longQueries } of measured)
    if (longQueries !== undefined)
      warnings.push(
        `"${name}": ${longQueries.queries} of ${queries.length} queries did not fit a model's window; of one, ${counted(longQueries.tokens, 'token')} at the end were not read.`,
      );
  const results = checkGates(gates, { pipelines, peakMemory, baselineOf });
  if ((gates.length > 0 || earlier !== undefined) && !gates.some(({ quantity }) => quantity.kind === 'failures'))
    for (const { name, failures } of failed)
      results.push({ gate: 'failures = 0', pipeline: name, passed: false, found: `failures is ${failures.length}` });
  if (earlier !== undefined) results.push(...lossGates(comparisons, primary.name));
  return {
    queries: queries.length,
    queryIds: queries,
    withoutRelevant: { count: first.withoutRelevant, dropped: options.dropEmpty },
    primary: primary.name,
    pipelines,
    comparisons,
    overlaps: overlapsOf(measured),
    gates: results,
    warnings,
    checks: options.checks,
    settings: { ...chance, data: options.data },
    peakMemory,
    version: options.version,
    at: new Date().toISOString(),
  };
}

function pipelineReport(one: Measured, depth: number, chance: Chance): PipelineReport {
  const { name, pipeline, evaluation, firstStage, latency, tokens, cost, reliability, failures, standIns } = one;
  const intervals = bootstrapIntervals(evaluation.values, chance);
  const named = <T>(of: (values: Float64Array, at: number) => T): Record<string, T> =>
    Object.fromEntries(evaluation.measures.map((measure, at) => [measure.name, of(evaluation.values[at] as Float64Array, at)]));
  const timed = Object.entries(latency).filter(([, times]) => times.length > 0);
  return {
    name,
    pipeline,
    measures: named((values, at) => ({ value: meanOf(values), ...(intervals[at] as { low: number; high: number }) })),
    headroom: headroomOf(evaluation),
    latency: Object.fromEntries(timed.map(([stage, times]): [string, Latency] => [stage, latencyOf(times)])),
    perQuery: named((values) => [...values]),
    unjudged: { depth, share: unjudgedShare(evaluation, depth) },
    tokens,
    cost,
    reliability,
    cutOffs: cutOffsOf(one),
    recall: recallByDepth(firstStage),
    failures,
    standIns,
  };
}

function comparedWithReport(
  options: AssembleOptions,
  pipelines: readonly PipelineReport[],
  measures: readonly Measure[],
  { report, name }: { readonly report: EvalReport; readonly name: string },
): { comparisons: Comparison[]; warnings: string[]; baselines: ReadonlyMap<string, PipelineReport> } {
  const now = options.measured[0]?.evaluation.queries ?? [];
  const pairs = pairedPlaces(now, report.queryIds);
  // A gate that compares with nothing would hold whatever happens.
  if (pairs.length === 0)
    throw new FinetoothError(
      'E_JUDGMENTS',
      `${name} has none of these ${now.length} queries (such as "${now[0]}"): it is the report of another collection.`,
    );
  const baselines = new Map<string, PipelineReport>();
  const comparisons: Comparison[] = [];
  for (const pipeline of pipelines) {
    const then =
      report.pipelines.find((one) => one.name === pipeline.name) ?? (report.pipelines.length === 1 ? report.pipelines[0] : undefined);
    if (then === undefined) continue;
    baselines.set(pipeline.name, then);
    const side = (of: PipelineReport, label: string, which: 0 | 1): Side => ({
      name: label,
      values: measures.map((measure) => {
        const values = of.perQuery[measure.name];
        return values === undefined ? undefined : pairs.map((pair) => values[pair[which]] as number);
      }),
    });
    comparisons.push(...compareAll(side(then, `${then.name} in ${name}`, 1), [side(pipeline, pipeline.name, 0)], measures, options.chance));
  }
  const warnings: string[] = [];
  if (pairs.length < now.length || pairs.length < report.queryIds.length)
    warnings.push(
      `${name} has ${report.queryIds.length} queries and this evaluation ${now.length}: they are compared over the ${pairs.length} that both have.`,
    );
  const missing = pipelines.filter((pipeline) => !baselines.has(pipeline.name));
  if (baselines.size === 0)
    throw new FinetoothError(
      'E_USAGE',
      `${name} has the pipelines ${report.pipelines.map((one) => `"${one.name}"`).join(', ')}, none of which is evaluated now: nothing to compare with.`,
    );
  if (missing.length > 0)
    warnings.push(`${name} has no pipeline named ${missing.map((one) => `"${one.name}"`).join(', ')}: nothing to compare with.`);
  return { comparisons, warnings, baselines };
}

/** A baseline that was worse must not be what a build falls back to: a proven loss fails it. */
const lossGates = (comparisons: readonly Comparison[], primary: string): GateResult[] =>
  comparisons
    .filter(({ measure }) => measure === primary)
    .map(({ pipeline, baseline, measure, difference, verdict }) => ({
      gate: `${measure} does not hurt`,
      pipeline,
      passed: verdict !== 'hurts',
      found: `${difference >= 0 ? '+' : ''}${difference.toFixed(4)} against ${baseline}: ${verdict}`,
    }));

/** The gain is what the deepest cut-off has over the first stage; without a gain there is nothing of which a part could be kept. */
function cutOffsOf({ cutOffs, firstStage }: Measured): CutOff[] {
  const first = meanOf(firstStage.values[0] as Float64Array);
  const rows = [...cutOffs].map(([candidates, { values }]) => ({ candidates, value: meanOf(values[0] as Float64Array) }));
  const gain = (rows.at(-1)?.value ?? first) - first;
  return rows.map((row) => (gain > 0 ? { ...row, gainKept: (row.value - first) / gain } : row));
}

function recallByDepth({ rankings }: Evaluation): PipelineReport['recall'] {
  const deepest = rankings.reduce((most, { count }) => Math.max(most, count), 0);
  return RECALL_DEPTHS.filter((_, at) => at === 0 || (RECALL_DEPTHS[at - 1] as number) < deepest).map((depth) => {
    const measure = parseMeasure(`R@${depth}`);
    return { depth, recall: meanOf(rankings.map((ranking) => measureOf(ranking, measure))) };
  });
}

/** Queries of now and of an earlier report, paired: places in each. */
function pairedPlaces(now: readonly string[], then: readonly string[]): readonly (readonly [number, number])[] {
  const places = new Map(then.map((query, at) => [query, at]));
  return now.flatMap((query, at) => {
    const place = places.get(query);
    return place === undefined ? [] : [[at, place] as const];
  });
}
