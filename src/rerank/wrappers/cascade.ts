import { FinetoothError } from '../../errors.ts';
import { byStage } from '../../math/order.ts';
import type { ScoreSpread } from '../../types.ts';
import { checkOptions, checkValue, list, type OptionChecks, part, positive, record } from '../../wording/check-options.ts';
import { anyNumber, listOf, optional, shape } from '../../wording/check-shapes.ts';
import { counted } from '../../wording/numbers.ts';
import { type Calibration, relevanceOf } from '../calibration.ts';
import { isCalibration } from '../check-calibration.ts';
import { checkedExplain, checkedScore } from '../checked-calls.ts';
import { type Effort, isEffort } from '../effort.ts';
import { expectedGain } from '../expected-gain.ts';
import { mergeScores } from '../merge-scores.ts';
import { modelFingerprint } from '../model-fingerprint.ts';
import { createPace } from '../pace.ts';
import { fittedCalibration } from '../parts/fitted.ts';
import { readInSlices } from '../read-in-slices.ts';
import { type Candidate, isReranker, type Reranker, type Scores, type SpreadSource } from '../reranker.ts';
import { CONCURRENCY, scoreInTime } from '../score-in-time.ts';
import { namesOfAll, shortNames } from '../short-names.ts';
import { readingOf, type StageEffort, wholly } from '../stage-effort.ts';
import { stageOf } from '../stage-of.ts';
import { failAfter } from '../usage.ts';
import { closable } from './closable.ts';
import { composed } from './composed.ts';
import { leastTolerance } from './least-tolerance.ts';
import { notesOf } from './notes-of.ts';

/** How a stage's own score and the one before it become one. `name` is part of the fingerprint: it changes when the formula does. */
export interface Combination {
  readonly name: string;
  /**
   * Of a list.
   *
   * @param before [candidates] what the stage before gave, NaN where it did not score
   * @param spread of the collection, where it is known
   */
  over(before: Float32Array, spread?: ScoreSpread): CombinedScores;
}

export interface CombinedScores {
  combine(own: number, before: number): number;
  /** Where it matters how scores spread: which spread it was. */
  readonly spread?: SpreadSource;
}

export interface CascadeOptions {
  /** How many candidates each stage ranks, best first: of those given for the first, of the stage before for the others. @default all, then 20 */
  readonly keep?: readonly number[];
  /** For each stage: how many candidates it ranks by effort, in place of `keep`. A stage that is asked once for a list, or that sets a price, ranks the most at once. @default `keep` */
  readonly efforts?: readonly (StageEffort | undefined)[];
  /** Of calls that do not say. @default normal */
  readonly effort?: Effort;
  /** For each stage. @default the stage's own score alone */
  readonly combine?: readonly (Combination | undefined)[];
  /** For each stage: its (combined) score as a probability. @default what the stage itself says, or what was fitted for the combination */
  readonly calibrations?: readonly (Calibration | undefined)[];
  /** Texts that a stage works on at the same time. @default 2 */
  readonly concurrency?: number;
}

const KEPT = 20;

const cascadeChecks: OptionChecks<CascadeOptions> = {
  keep: listOf('a list of numbers, one for each stage', anyNumber),
  efforts: listOf(
    'a list, an entry for each stage',
    optional(shape('an object with readings and known', { readings: record, known: record })),
  ),
  effort: isEffort,
  combine: listOf(
    'a list, an entry for each stage',
    optional(part('a combination: an object with a name and a function over', ['over'], ['name'])),
  ),
  calibrations: listOf('a list, an entry for each stage', optional(isCalibration)),
  concurrency: positive,
};

/** How a stage's scores are read. */
interface StagePlan {
  readonly name: string;
  readonly fingerprint: string;
  readonly combination: Combination | undefined;
  readonly calibration: Calibration | undefined;
}

/** What a stage gave for the candidates at `places`, as it counts, with the scores that it gave itself. */
interface ReadStage {
  readonly places: readonly number[];
  readonly given: Scores;
  readonly own: Float32Array;
  readonly spread?: SpreadSource;
  /** Milliseconds since it began. */
  readonly took: number;
}

/**
 * Rerankers one after the other: each ranks the best of the one before, which stay above the rest. With a deadline the likeliest winners
 * are scored first, in slices whose time is predicted from what earlier ones took; when time is up, the answer is the best so far.
 *
 * @example
 * import { createReranker, rerank } from 'finetooth';
 * import { cascade } from 'finetooth/rerankers';
 *
 * const model = cascade([createReranker('late-interaction'), createReranker('ms-marco-minilm-l-12-v2')], { keep: [100, 1] });
 * const { results } = await rerank('how do bats find their way', ['Wheat rose.', 'Bats hunt by echo.'], { model });
 * console.log(results.map(({ rankedBy }) => rankedBy).join(', ')); // ms-marco-minilm-l-12-v2, late-interaction
 * await model.close?.();
 *
 * @throws E_USAGE when `keep` is not one number for each stage, and for an option that there is not
 */
export function cascade(stages: readonly Reranker[], options: CascadeOptions = {}): Reranker {
  checkOptions('cascade', options, cascadeChecks);
  checkValue('the stages of cascade', stages, list, 'cascade([first, second])');
  const { keep = stages.map((_, at) => (at === 0 ? Number.POSITIVE_INFINITY : KEPT)), combine = [], concurrency = CONCURRENCY } = options;
  checkStages(stages, keep);
  const paces = stages.map(() => createPace(concurrency));
  const plan = stages.map((stage, at) => planStage(stage, combine[at], options.calibrations?.[at]));

  const score: Reranker['score'] = checkedScore(async (query, candidates, call = {}) => {
    const { signal, deadlineMs, onScores, spread, exact = false } = call;
    const effort = exact ? 'exhaustive' : (call.effort ?? options.effort ?? 'normal');
    const until = deadlineMs === undefined ? undefined : performance.now() + deadlineMs;
    let known = mergeStages(plan, [], candidates.length, true);
    let places = candidates.map((_, i) => i);
    let done: readonly ReadStage[] = [];
    for (const [at, stage] of stages.entries()) {
      const spent = options.efforts?.[at];
      const reading =
        spent === undefined ? wholly(exact ? Number.POSITIVE_INFINITY : (keep[at] as number)) : readingOf(stage, spent, effort);
      const asked = places.slice(0, reading.most);
      if (asked.length === 0) break;
      const { scores: before } = known;
      const soFar = done;
      const began = performance.now();
      // A list of none says nothing of its spread.
      const combined = plan[at]?.combination?.over(exact ? new Float32Array(0) : before, spread);
      const readWith = (own: Scores): readonly ReadStage[] => [
        ...soFar,
        readStage(plan[at] as StagePlan, asked, own, { before, combined, took: performance.now() - began }),
      ];
      const own = await readInSlices(
        {
          count: asked.length,
          ask: (from, to, heard) =>
            scoreInTime(
              stage,
              query,
              asked.slice(from, to).map((i) => candidates[i] as Candidate),
              {
                signal,
                spread,
                effort: call.effort,
                exact,
                instruction: stage.takesInstruction === true ? call.instruction : undefined,
                deadlineMs: until === undefined ? undefined : until - performance.now(),
                onScores: onScores === undefined ? undefined : heard,
              },
              paces[at],
            ).catch(failAfter(known.usage)),
          gain: (read, next) => {
            const { combine = (score: number) => score } = combined ?? {};
            return spent === undefined
              ? 1
              : expectedGain({ before: asked.map((i) => before[i] as number), own: read, combine }, next, spent.known);
          },
          onScores: onScores === undefined ? undefined : (now) => onScores(mergeStages(plan, readWith(now), candidates.length, false)),
        },
        reading,
      );
      done = readWith(own);
      known = mergeStages(plan, done, candidates.length, own.complete ?? true);
      if (known.complete === false) break;
      if (at < stages.length - 1) onScores?.({ ...known, complete: false });
      places = bestOfStage(at, candidates, known);
    }
    return known;
  });

  const made: Reranker = {
    fingerprint: fingerprintOf(plan, keep, options.efforts),
    // What a later stage comes to see depends on the list.
    kind: stages.length > 1 || keep[0] !== Number.POSITIVE_INFINITY ? 'listwise' : stages[0]?.kind,
    pricedPerCall: stages[0]?.pricedPerCall,
    languages: knownToAll(stages),
    get names() {
      return namesOf(stages, plan, made.fingerprint);
    },
    // Of a stage that is opened on first use both are known then.
    get takesInstruction() {
      return stages.some((stage) => stage.takesInstruction);
    },
    get tolerance() {
      return leastTolerance(stages);
    },
    get notes() {
      return notesOf(stages);
    },
    keepsDeadline: true,
    score,
    explain: checkedExplain(async (query, candidate, call) =>
      (await Promise.all(stages.map((stage) => stage.explain?.(query, candidate, call) ?? []))).flat(),
    ),
    load: async () => {
      await Promise.all(stages.map((stage) => stage.load?.()));
    },
  };
  const close = (): Promise<unknown> => Promise.all(stages.map((stage) => stage.close?.()));
  return composed(closable(made, close), (change) => cascade(stages.map(change), options));
}

/** Those of the stages, and of the whole, which is called by its stages. */
function namesOf(stages: readonly Reranker[], plan: readonly StagePlan[], fingerprint: string): ReadonlyMap<string, string> {
  const of = shortNames(stages);
  const own = plan.map(({ name, fingerprint }): readonly [string, string] => [name, of(fingerprint)]);
  return new Map([...namesOfAll(stages), ...own, [fingerprint, own.map(([, name]) => name).join(' > ')]]);
}

/** What all of them know of which anything is known. */
function knownToAll(stages: readonly Reranker[]): readonly string[] | undefined {
  const known = stages.flatMap(({ languages = [] }) => (languages.length === 0 ? [] : [languages]));
  const named = known.filter((languages) => !languages.includes('multilingual'));
  const [first, ...others] = named.length === 0 ? known : named;
  return first?.filter((language) => others.every((languages) => languages.includes(language)));
}

function checkStages(stages: readonly Reranker[], keep: readonly number[]): void {
  if (stages.length === 0) throw new FinetoothError('E_USAGE', 'a cascade needs at least one stage.');
  for (const stage of stages) checkValue('each stage of cascade', stage, isReranker);
  if (keep.length === stages.length && keep.every((count) => count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count >= 1)))
    return;
  throw new FinetoothError(
    'E_USAGE',
    `"keep" says for each stage how many it ranks, ${counted(stages.length, 'whole number')} from 1 on; got ${keep.join(', ') || 'none'}.`,
  );
}

function planStage(stage: Reranker, combination: Combination | undefined, calibration: Calibration | undefined): StagePlan {
  const { fingerprint } = stage;
  const suffix = combination === undefined ? '' : ` ${combination.name}`;
  return {
    name: fingerprint + suffix,
    fingerprint,
    combination,
    calibration: calibration ?? (combination === undefined ? undefined : fittedCalibration(modelFingerprint(fingerprint) + suffix)),
  };
}

function mergeStages(plan: readonly StagePlan[], done: readonly ReadStage[], count: number, complete: boolean): Scores {
  const others = plan.map(({ fingerprint }, at) => {
    const rankedBy = done[at]?.given.rankedBy;
    return rankedBy === fingerprint ? undefined : rankedBy;
  });
  const names = plan.map(({ name }, at) => others[at] ?? name);
  return {
    ...mergeScores(done, count, complete),
    stages: names.map((name, at) => ({ name, scores: ownScores(done[at], count), took: done[at]?.took ?? 0 })),
    rankedBy: others.every((other) => other === undefined) ? undefined : names.join(' > '),
    spread: done.findLast(({ spread }) => spread !== undefined)?.spread,
  };
}

/** `before`: [candidates] scores of the stages before. */
function readStage(
  { calibration }: StagePlan,
  places: readonly number[],
  given: Scores,
  { before, combined, took }: { readonly before: Float32Array; readonly combined: CombinedScores | undefined; readonly took: number },
): ReadStage {
  const scores =
    combined === undefined ? given.scores : given.scores.map((own, row) => combined.combine(own, before[places[row] as number] as number));
  const stated = combined === undefined ? given.relevance : undefined;
  return {
    places,
    spread: combined?.spread,
    given: { ...given, scores, relevance: calibration === undefined ? stated : relevanceOf(scores, calibration) },
    own: given.scores,
    took,
  };
}

/** Places of what this stage scored, best first. */
function bestOfStage(at: number, candidates: readonly Candidate[], given: Scores): number[] {
  return candidates
    .map(({ id = '' }, index) => ({ index, id, score: given.scores[index] as number, stage: stageOf(given, index) }))
    .filter((one) => one.stage === at)
    .sort(byStage)
    .map(({ index }) => index);
}

/** A score is the same whatever the effort, so that one calibration holds for all. */
function fingerprintOf(plan: readonly StagePlan[], keep: readonly number[], efforts: CascadeOptions['efforts'] = []): string {
  if (plan.length === 1) return (plan[0] as StagePlan).name;
  const countOf = (at: number): string => {
    const most = efforts[at]?.readings.normal.most ?? (keep[at] as number);
    return `${efforts[at] === undefined ? '' : 'at most '}${Number.isFinite(most) ? most : 'all'}`;
  };
  return `cascade(${plan.map(({ name }, at) => `${name} of ${countOf(at)}`).join(' > ')})`;
}

/** [candidates] What a stage gave itself, NaN where it did not score. */
function ownScores(stage: ReadStage | undefined, count: number): Float32Array {
  const scores = new Float32Array(count).fill(Number.NaN);
  for (const [row, i] of stage?.places.entries() ?? []) scores[i] = stage?.own[row] as number;
  return scores;
}
