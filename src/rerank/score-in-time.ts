import { throwIfStopped } from '../errors.ts';
import { eitherSignal } from '../time/either-signal.ts';
import { doneWithin, OWN_STOP_MS, unlessStopped } from '../time/time-limit.ts';
import type { Usage } from '../types.ts';
import { checkArguments } from '../wording/check-options.ts';
import { checkScores } from './check-scores.ts';
import { scoreArguments } from './checked-calls.ts';
import { mergeScores, type ScoredPart, unscored } from './merge-scores.ts';
import { createPace, type Pace, workIn } from './pace.ts';
import { type Candidate, isReranker, type Reranker, type ScoreOptions, type Scores } from './reranker.ts';
import { addUsage, usageOf } from './usage.ts';

/** Texts that a reranker works on at the same time, where no one says otherwise. */
export const CONCURRENCY = 2;

type TimedOptions = ScoreOptions & { readonly deadlineMs: number };

/**
 * Scores within `deadlineMs`, and stops when the signal is raised, whatever reranker it is: everything that asks one for a list asks it here. One that does not keep deadlines is
 * asked slice by slice, in the order of the list, as `pace` says; one that says it does is told, and what it has given by then is the answer.
 *
 * @example
 * import { createReranker } from 'finetooth';
 * import { scoreInTime } from 'finetooth/rerankers';
 *
 * const reranker = createReranker('late-interaction');
 * const candidates = [{ text: 'Wheat rose.' }, { text: 'Bats hunt by echo.' }];
 * const { scores, complete } = await scoreInTime(reranker, 'bats', candidates, { deadlineMs: 60_000 });
 * console.log(scores[1] > scores[0], complete ?? true); // true true
 * await reranker.close?.();
 *
 * @throws E_CONTRACT when the reranker breaks its promises
 */
export async function scoreInTime(
  reranker: Reranker,
  query: string,
  candidates: readonly Candidate[],
  options: ScoreOptions = {},
  pace: Pace = createPace(CONCURRENCY),
): Promise<Scores> {
  checkArguments("scoreInTime(reranker, 'how do bats find their way', [{ text: 'Bats hunt by echo.' }], { deadlineMs: 500 })", {
    reranker: [reranker, isReranker],
    ...scoreArguments(query, candidates, options),
  });
  const { deadlineMs } = options;
  throwIfStopped(options.signal);
  if (deadlineMs === undefined) {
    const given = await unlessStopped(answerOf(reranker, query, candidates, options), options.signal);
    checkScores(given, candidates.length, reranker.fingerprint);
    return given;
  }
  if (reranker.keepsDeadline === true) return askToldInTime(reranker, query, candidates, { ...options, deadlineMs });
  return askInSlices(reranker, query, candidates, { ...options, deadlineMs }, pace);
}

/** A promise, also of a part that gives none: what it gave is held against its contract. */
const answerOf = async (reranker: Reranker, ...asked: Parameters<Reranker['score']>): Promise<Scores> => reranker.score(...asked);

async function askToldInTime(
  reranker: Reranker,
  query: string,
  candidates: readonly Candidate[],
  { signal, deadlineMs, onScores, ...others }: TimedOptions,
): Promise<Scores> {
  if (deadlineMs <= 0) return unscored(candidates.length);
  const late = new AbortController();
  let best: Scores | undefined;
  let isOver = false;
  const asked = answerOf(reranker, query, candidates, {
    ...others,
    signal: eitherSignal(signal, late.signal),
    deadlineMs,
    onScores: (scores) => {
      if (isOver) return;
      best = scores;
      onScores?.(scores);
    },
  });
  const work = unlessStopped(asked, signal);
  // It stops itself, and needs a moment to hand over what there is.
  const isDone = await doneWithin(work, deadlineMs + OWN_STOP_MS);
  isOver = true;
  if (!isDone) late.abort();
  const given = isDone ? await work : best === undefined ? unscored(candidates.length) : { ...best, complete: false };
  checkScores(given, candidates.length, reranker.fingerprint);
  return given;
}

async function askInSlices(
  reranker: Reranker,
  query: string,
  candidates: readonly Candidate[],
  { signal, deadlineMs, onScores, ...others }: TimedOptions,
  pace: Pace,
): Promise<Scores> {
  const until = performance.now() + deadlineMs;
  const left = (): number => until - performance.now();
  const late = new AbortController();
  const call = { ...others, signal: eitherSignal(signal, late.signal) };
  const isAskedOnce = reranker.kind === 'listwise' || reranker.pricedPerCall === true;
  const slices: ScoredPart[] = [];
  let lost: Usage | undefined;
  let done = 0;
  // Loading a model is no slice: what it takes must not be learned as the reranker's speed.
  const loading = candidates.length > 0 && reranker.load !== undefined ? unlessStopped(reranker.load(), signal) : undefined;
  let complete = loading === undefined || (await doneWithin(loading, left()));
  while (done < candidates.length && complete) {
    throwIfStopped(signal);
    const from = done;
    const works = candidates.slice(from).map((candidate) => workIn(candidate, reranker.readCharacters));
    const count = !isAskedOnce ? pace.next(works, left()) : left() > 0 ? works.length : 0;
    const started = performance.now();
    const work = count === 0 ? undefined : unlessStopped(answerOf(reranker, query, candidates.slice(from, from + count), call), signal);
    if (work === undefined || !(await doneWithin(work, left()))) {
      complete = false;
      late.abort();
      if (work !== undefined && reranker.pricedPerCall === true) lost = await usageAtStop(work);
      break;
    }
    const given = await work;
    checkScores(given, count, reranker.fingerprint);
    pace.learn(sumOf(works.slice(0, count)), performance.now() - started);
    if (count === candidates.length) return given;
    slices.push({ places: Array.from({ length: count }, (_, i) => from + i), given });
    done += count;
    complete = given.complete ?? true;
    if (done < candidates.length && complete) onScores?.(mergeScores(slices, candidates.length, false));
  }
  if (!complete) late.abort();
  const merged = mergeScores(slices, candidates.length, complete);
  return lost === undefined ? merged : { ...merged, usage: addUsage(merged.usage, lost) };
}

/** What a call had used that was stopped in the middle: it may be billed all the same, and says so as soon as it has stopped. */
async function usageAtStop(work: Promise<unknown>): Promise<Usage | undefined> {
  try {
    await doneWithin(work, OWN_STOP_MS);
    return undefined;
  } catch (error) {
    return usageOf(error);
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
