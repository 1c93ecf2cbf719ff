import { FinetoothError } from '../../errors.ts';
import { reliabilityOf, type Stated } from '../calibration/reliability.ts';
import { beginEvaluation, type Evaluation, type MeasureOptions } from '../measures/evaluation.ts';
import type { Columns, Judgments } from '../measures/judged-ranking.ts';
import type { Measure } from '../measures/measure.ts';
import { RBO_DEPTH } from '../measures/rank-biased-overlap.ts';
import { evaluateFile } from '../measures/run-file.ts';
import type { TableOptions } from '../measures/table.ts';
import type { Measured } from '../report/assemble.ts';
import { type Stage, stages } from '../report/report.ts';
import type { SystemRun } from './run-system-over.ts';
import type { System, SystemAnswer } from './system.ts';

type StandIn = NonNullable<SystemAnswer['standIn']>;

/** What a system answered, measured. */
export function measureSystem(
  { name, pipeline }: System,
  { answers, failures, lost }: SystemRun,
  judgments: Judgments,
  measures: readonly Measure[],
  options: MeasureOptions = {},
): Measured {
  const [evaluation, firstStage] = [
    beginEvaluation(judgments, measures, { ...options, heads: RBO_DEPTH }),
    beginEvaluation(judgments, measures, options),
  ];
  const cutOffs = new Map<number, ReturnType<typeof beginEvaluation>>();
  const stated: Stated[] = [];
  const relevantFrom = measures[0]?.rel ?? 1;
  for (const [query, answer] of answers) {
    evaluation.add(query, ordered(answer.ranking));
    firstStage.add(query, ordered(answer.firstStage));
    if (evaluation.wants(query))
      for (const [at, probability] of answer.relevance?.entries() ?? [])
        stated.push({ probability, relevant: (judgments.get(query)?.get(answer.ranking[at] as string) ?? 0) >= relevantFrom });
    for (const [candidates, ranking] of Object.entries(answer.cutOffs)) {
      const cut = cutOffs.get(Number(candidates)) ?? beginEvaluation(judgments, measures.slice(0, 1), options);
      cutOffs.set(Number(candidates), cut);
      cut.add(query, ordered(ranking));
    }
  }
  const all = [...answers.values()];
  const times = (stage: Stage): readonly number[] => all.flatMap(({ latency }) => latency[stage] ?? []);
  const tokens = meanOf(all.map(({ usage }) => usage.tokens));
  const cost = meanOf(all.map(({ usage }) => usage.cost));
  const long = all.flatMap(({ queryTruncatedTokens = 0 }) => (queryTruncatedTokens === 0 ? [] : [queryTruncatedTokens]));
  const standIns = all.flatMap(({ standIn }) => standIn ?? []);
  return {
    name,
    pipeline: { ...pipeline },
    standIns: standIns.length === 0 ? undefined : { queries: standIns.length, ...(standIns[0] as StandIn) },
    longQueries: long.length === 0 ? undefined : { queries: long.length, tokens: Math.max(...long) },
    evaluation: evaluation.end(),
    firstStage: firstStage.end(),
    cutOffs: new Map([...cutOffs].sort(([a], [b]) => a - b).map(([candidates, cut]) => [candidates, cut.end()])),
    latency: Object.fromEntries(stages.map((stage) => [stage, times(stage)])),
    tokens,
    cost: cost === undefined && lost?.cost === undefined ? undefined : (cost ?? 0) * all.length + (lost?.cost ?? 0),
    reliability: stated.length === 0 ? undefined : reliabilityOf(stated),
    failures,
  };
}

/** Names of runs: the file without its endings; the whole path where two would be called the same. */
export function namesOfRuns(paths: readonly string[]): readonly string[] {
  const short = paths.map((path) =>
    (path.replaceAll('\\', '/').split('/').at(-1) as string).replace(/(\.(trec|run|txt|tsv|res))?(\.gz)?$/i, ''),
  );
  return paths.map((path, at) => {
    const name = short[at] as string;
    return name === '' || short.filter((other) => other === name).length > 1 ? path : name;
  });
}

/** A run that someone else made, measured. Throws E_JUDGMENTS for one of another collection. */
export async function measureRunFile(
  path: string,
  name: string,
  judgments: Judgments,
  measures: readonly Measure[],
  options: MeasureOptions & TableOptions = {},
): Promise<{ readonly measured: Measured; readonly warnings: readonly string[] }> {
  const evaluation = await evaluateFile(path, judgments, measures, { ...options, heads: RBO_DEPTH });
  checkOverlap(path, evaluation, judgments);
  const { queries, ranked, unsorted, unjudgedQueries } = evaluation;
  const warnings: string[] = [];
  if (unsorted > 0)
    warnings.push(
      `${path}: the lines of ${unsorted} ${unsorted === 1 ? 'query' : 'queries'} are not in the order of their scores. Scores decide here, as in trec_eval; if they are distances, write them with a minus sign.`,
    );
  if (ranked < queries.length)
    warnings.push(`${path} has no results for ${queries.length - ranked} of the ${queries.length} judged queries; they count as 0.`);
  if (unjudgedQueries > 0) warnings.push(`${path}: ${unjudgedQueries} of its queries are not judged and are not in the figures.`);
  return { measured: { name, evaluation, firstStage: evaluation, cutOffs: new Map(), latency: {}, failures: [] }, warnings };
}

/** A list that is in order already: its places are its scores. */
const ordered = (ids: readonly string[]): Columns => ({ ids, scores: ids.map((_, at) => ids.length - at) });

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** A run that shares no query, or no document, with the judgments belongs to another collection. */
function checkOverlap(name: string, { ranked, rankings, unjudgedQueries }: Evaluation, judgments: Judgments): void {
  if (ranked === 0)
    throw new FinetoothError(
      'E_JUDGMENTS',
      `none of the ${unjudgedQueries} queries of ${name} is among the ${judgments.size} judged ones (${someOf(judgments.keys())}): run and judgments are of different collections, or name their queries differently.`,
    );
  if (rankings.every(({ ranks }) => ranks.length === 0))
    throw new FinetoothError(
      'E_JUDGMENTS',
      `${name} has ${ranked} of the judged queries, but none of its documents is judged for them: run and judgments name documents differently, or are of different collections.`,
    );
}

function someOf(ids: Iterable<string>): string {
  const [first] = ids;
  return first === undefined ? 'none' : `such as "${first}"`;
}
