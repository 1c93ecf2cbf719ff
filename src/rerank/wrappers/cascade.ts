import { FinetoothError } from '../../errors.ts';
import { compareIds } from '../../math/order.ts';
import { doneWithin, OWN_STOP_MS } from '../../time/time-limit.ts';
import type { Span, Usage } from '../../types.ts';
import { type Calibration, relevanceOf } from '../calibration.ts';
import { fittedCalibration } from '../parts/fitted.ts';
import type { Candidate, PassedOver, Reranker, ScoreOptions, Scores } from '../reranker.ts';
import { addUsage } from '../usage.ts';
import { createPace, type Pace, workIn } from './slices.ts';

/** How a stage's own score and the one before it become one. `name` is part of the fingerprint: it changes when the formula does. */
export interface Combination {
  readonly name: string;
  combine(own: number, before: number): number;
}

export interface CascadeOptions {
  /** How many candidates each stage ranks, best first: of those given for the first, of the stage before for the others. @default all, then 20 */
  readonly keep?: readonly number[];
  /** For each stage. @default the stage's own score alone */
  readonly combine?: readonly (Combination | undefined)[];
  /** For each stage: its (combined) score as a probability. @default what the stage itself says, or what was fitted for the combination */
  readonly calibrations?: readonly (Calibration | undefined)[];
  /** Texts that a stage works on at the same time. @default 2 */
  readonly together?: number;
}

const KEPT = 20;

/** What is known of every candidate while the stages run. */
interface State {
  readonly scores: Float32Array;
  readonly stage: Int8Array;
  readonly relevance: Float32Array;
  readonly cut: Uint32Array;
  readonly queryTruncatedTokens: Uint32Array;
  readonly spans: (Span | undefined)[];
  readonly stages: readonly { name: string; readonly scores: Float32Array }[];
  readonly passedOver: PassedOver[];
  readonly notes: string[];
  usage: Usage;
  /** Whether a stage was ranked by another than its own, which then is its name. */
  isOther: boolean;
}

const emptyState = (count: number, names: readonly string[]): State => ({
  scores: new Float32Array(count),
  stage: new Int8Array(count).fill(-1),
  relevance: new Float32Array(count).fill(Number.NaN),
  cut: new Uint32Array(count),
  queryTruncatedTokens: new Uint32Array(count),
  spans: Array.from({ length: count }, () => undefined),
  stages: names.map((name) => ({ name, scores: new Float32Array(count).fill(Number.NaN) })),
  passedOver: [],
  notes: [],
  usage: {},
  isOther: false,
});

const scoresOf = (state: State, complete: boolean): Scores => ({
  scores: state.scores.slice(),
  stage: state.stage.slice(),
  stages: state.stages.map(({ name, scores }) => ({ name, scores: scores.slice() })),
  complete,
  usage: state.usage,
  rankedBy: state.isOther ? state.stages.map(({ name }) => name).join(' > ') : undefined,
  passedOver: state.passedOver.length > 0 ? [...state.passedOver] : undefined,
  notes: state.notes.length > 0 ? [...state.notes] : undefined,
  relevance: state.relevance.some((value, i) => Number.isNaN(value) && state.stage[i] !== -1) ? undefined : state.relevance.slice(),
  cut: state.cut.some((count) => count > 0) ? state.cut.slice() : undefined,
  queryTruncatedTokens: state.queryTruncatedTokens.some((count) => count > 0) ? state.queryTruncatedTokens.slice() : undefined,
  spans: state.spans.some((span) => span !== undefined) ? state.spans.slice() : undefined,
});

/** Best first: a later stage above an earlier one, then by score, then by id; what no stage scored keeps its place at the end. */
const orderOf = (state: State, candidates: readonly Candidate[]): number[] =>
  candidates
    .map((_, i) => i)
    .sort(
      (a, b) =>
        (state.stage[b] as number) - (state.stage[a] as number) ||
        (state.stage[a] === -1 ? 0 : (state.scores[b] as number) - (state.scores[a] as number)) ||
        (state.stage[a] === -1 ? 0 : compareIds(candidates[b]?.id ?? '', candidates[a]?.id ?? '')) ||
        a - b,
    );

/**
 * Rerankers one after the other: each ranks the best of the one before, which stay above the rest. With a deadline the likeliest winners
 * are scored first, in slices whose time is predicted from what earlier ones took; when time is up, the answer is the best so far.
 *
 * @throws E_USAGE when `keep` is not one number for each stage
 */
export const cascade = (stages: readonly Reranker[], options: CascadeOptions = {}): Reranker => {
  const {
    keep = stages.map((_, at) => (at === 0 ? Number.POSITIVE_INFINITY : KEPT)),
    combine = [],
    calibrations = [],
    together = 2,
  } = options;
  if (stages.length === 0) throw new FinetoothError('E_USAGE', 'a cascade needs at least one stage.');
  if (keep.length !== stages.length || keep.some((count) => !(count >= 1))) {
    throw new FinetoothError(
      'E_USAGE',
      `"keep" says for each stage how many it ranks, ${stages.length} whole numbers from 1 on; got ${keep.join(', ') || 'none'}.`,
    );
  }
  const atOnce = stages[0]?.atOnce;
  const paces: readonly Pace[] = stages.map(() => createPace(together));
  const named = (name: string, at: number): string => name + (combine[at] === undefined ? '' : ` ${combine[at].name}`);
  const names = stages.map(({ fingerprint }, at) => named(fingerprint, at));
  const scales = stages.map(({ fingerprint, scale = fingerprint }, at) => named(scale, at));

  /** Scores the candidates at these places and writes what came out. */
  const runStage = async (
    at: number,
    query: string,
    candidates: readonly Candidate[],
    places: readonly number[],
    state: State,
    call: ScoreOptions,
  ): Promise<boolean> => {
    const stage = stages[at] as Reranker;
    const given = await stage.score(
      query,
      places.map((i) => candidates[i] as Candidate),
      call,
    );
    if (given.scores.length !== places.length || !given.scores.every(Number.isFinite)) {
      const why =
        given.scores.length === places.length
          ? 'a score that is not finite'
          : `${given.scores.length} scores for ${places.length} candidates`;
      throw new FinetoothError('E_CONTRACT', `the reranker "${stage.fingerprint}" broke its contract: it gave ${why}.`);
    }
    const combined = Float32Array.from(places, (i, row) => {
      const own = given.scores[row] as number;
      return combine[at] === undefined ? own : combine[at].combine(own, state.scores[i] as number);
    });
    const calibration = calibrations[at] ?? (combine[at] === undefined ? undefined : fittedCalibration(scales[at] as string));
    const relevance =
      calibration === undefined ? (combine[at] === undefined ? given.relevance : undefined) : relevanceOf(combined, calibration);
    for (const [row, i] of places.entries()) {
      // Nobody reranked it: it stays where the stage before put it.
      if (given.stage?.[row] === -1) continue;
      (state.stages[at] as State['stages'][number]).scores[i] = given.scores[row] as number;
      state.scores[i] = combined[row] as number;
      state.stage[i] = at;
      state.relevance[i] = relevance?.[row] ?? Number.NaN;
      if (given.spans?.[row] !== undefined) state.spans[i] = given.spans[row];
      if (given.cut !== undefined) state.cut[i] = Math.max(state.cut[i] as number, given.cut[row] as number);
      const truncated = given.queryTruncatedTokens?.[row] ?? 0;
      state.queryTruncatedTokens[i] = Math.max(state.queryTruncatedTokens[i] as number, truncated);
    }
    state.usage = addUsage(state.usage, given.usage);
    state.passedOver.push(...(given.passedOver ?? []));
    state.notes.push(...(given.notes ?? []));
    if (given.rankedBy !== undefined && given.rankedBy !== stage.fingerprint) {
      (state.stages[at] as State['stages'][number]).name = given.rankedBy;
      state.isOther = true;
    }
    return given.complete ?? true;
  };

  const made: Reranker = {
    fingerprint:
      stages.length === 1
        ? (names[0] as string)
        : `cascade(${names.map((name, at) => `${name} of ${Number.isFinite(keep[at]) ? keep[at] : 'all'}`).join(' > ')})`,
    // What a later stage comes to see depends on the list.
    ...(stages.length > 1 || keep[0] !== Number.POSITIVE_INFINITY ? { atOnce: 'list' } : { atOnce }),
    keepsDeadline: true,
    score: async (query, candidates, { signal, deadlineMs, onScores } = {}) => {
      const until = deadlineMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + deadlineMs;
      const late = new AbortController();
      const signals = [...(signal === undefined ? [] : [signal]), ...(deadlineMs === undefined ? [] : [late.signal])];
      const call: ScoreOptions = signals.length === 0 ? {} : { signal: AbortSignal.any(signals) };
      const left = (): number => until - performance.now();
      const state = emptyState(candidates.length, names);
      let complete = true;
      for (let at = 0; at < stages.length && complete; at++) {
        // The first stage takes the candidates as they were given, which is best first.
        const before = at === 0 ? candidates.map((_, i) => i) : orderOf(state, candidates).filter((i) => state.stage[i] === at - 1);
        let waiting = before.slice(0, keep[at]);
        const pace = paces[at] as Pace;
        // Loading a model is no slice: what it takes must not be learned as the stage's speed.
        const loading = waiting.length > 0 && until < Number.POSITIVE_INFINITY ? stages[at]?.warm?.() : undefined;
        if (loading !== undefined) complete = await doneWithin(loading, left());
        while (waiting.length > 0 && complete) {
          const works = waiting.map((i) => workIn(candidates[i] as Candidate));
          const { atOnce, keepsDeadline = false } = stages[at] as Reranker;
          const isWhole = until === Number.POSITIVE_INFINITY || atOnce !== undefined || keepsDeadline;
          const told = until < Number.POSITIVE_INFINITY && keepsDeadline ? { ...call, deadlineMs: Math.max(0, left()) } : call;
          const count = isWhole ? (left() > 0 ? waiting.length : 0) : pace.next(works, left());
          const started = performance.now();
          let isWholly = true;
          const run = async (): Promise<void> => {
            isWholly = await runStage(at, query, candidates, waiting.slice(0, count), state, told);
          };
          complete = count > 0 && (await doneWithin(run(), left() + (keepsDeadline ? OWN_STOP_MS : 0))) && isWholly;
          if (!complete) break;
          pace.learn(
            works.slice(0, count).reduce((sum, work) => sum + work, 0),
            performance.now() - started,
          );
          waiting = waiting.slice(count);
          if (onScores !== undefined && (waiting.length > 0 || at < stages.length - 1)) onScores(scoresOf(state, false));
        }
      }
      const given = scoresOf(state, complete);
      if (!complete) late.abort();
      return given;
    },
    explain: async (query, candidate, call) =>
      (await Promise.all(stages.map((stage) => stage.explain?.(query, candidate, call) ?? []))).flat(),
    warm: async () => {
      await Promise.all(stages.map((stage) => stage.warm?.()));
    },
    close: async () => {
      await Promise.all(stages.map((stage) => stage.close?.()));
    },
  };
  return { ...made, composition: { score: made.score, map: (change) => cascade(stages.map(change), options) } };
};
