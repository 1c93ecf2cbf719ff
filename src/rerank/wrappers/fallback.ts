import { type ErrorCode, FinetoothError, messageOf } from '../../errors.ts';
import type { Usage } from '../../types.ts';
import { checkOptions, checkValue, list, truth } from '../../wording/check-options.ts';
import { checkedExplain, checkedScore } from '../checked-calls.ts';
import { isReranker, type Reranker, type RerankerFailure, type ScoreOptions } from '../reranker.ts';
import { scoreInTime } from '../score-in-time.ts';
import { namesOfAll, shortNames } from '../short-names.ts';
import { addUsage, afterUsage, usageOf } from '../usage.ts';
import { closable } from './closable.ts';
import { composed } from './composed.ts';
import { leastTolerance } from './least-tolerance.ts';
import { notesOf } from './notes-of.ts';

export interface FallbackOptions {
  /** Throw what the first one throws instead of asking the next. @default false */
  readonly strict?: boolean;
}

/** A caller's mistake, a caller's stop, or ours: another reranker would not mend it. */
const notForTheNext: ReadonlySet<ErrorCode> = new Set(['E_STOPPED', 'E_USAGE', 'E_QUERY', 'E_BUG']);

/**
 * The first reranker that can ranks the whole list: scores of two are never in one answer. `rankedBy` says who it was and `failures` why the
 * ones before it did not. When the last one fails too, its error is thrown, with the others' reasons. `firstStageOrder` at the end keeps the
 * order that the candidates came in.
 *
 * @example
 * import { createReranker, rerank } from 'finetooth';
 * import { fallback } from 'finetooth/rerankers';
 *
 * const model = fallback([createReranker('cohere:rerank-v3.5'), createReranker('late-interaction')]); // without COHERE_API_KEY
 * const { rankedBy, passedOver } = await rerank('bats', ['Bats hunt by echo.'], { model });
 * console.log(rankedBy, passedOver?.[0].code); // late-interaction E_KEY
 * await model.close?.();
 *
 * @throws E_USAGE without a reranker, and for an option that there is not
 */
export function fallback(rerankers: readonly Reranker[], options: FallbackOptions = {}): Reranker {
  checkOptions<FallbackOptions>('fallback', options, { strict: truth });
  const { strict = false } = options;
  checkValue('the rerankers of fallback', rerankers, list, 'fallback([first, second])');
  if (rerankers.length === 0) throw new FinetoothError('E_USAGE', 'a fallback needs at least one reranker.');
  for (const one of rerankers) checkValue('each reranker of fallback', one, isReranker);
  const [first] = rerankers as readonly [Reranker, ...Reranker[]];
  const made: Reranker = {
    fingerprint: rerankers.length === 1 ? first.fingerprint : `fallback(${rerankers.map(({ fingerprint }) => fingerprint).join(' | ')})`,
    // In slices, different rerankers could rank different slices.
    kind: 'listwise',
    keepsDeadline: true,
    languages: first.languages,
    get names() {
      return new Map([...namesOfAll(rerankers), [made.fingerprint, shortNames([first])(first.fingerprint)]]);
    },
    // Of one that is opened on first use both are known then.
    get takesInstruction() {
      return rerankers.some((one) => one.takesInstruction);
    },
    get tolerance() {
      return leastTolerance(rerankers);
    },
    get notes() {
      return notesOf(rerankers);
    },
    explain: checkedExplain(async (query, candidate, call) => (await first.explain?.(query, candidate, call)) ?? []),
    load: async () => {
      // Who cannot be made ready says so when it is asked.
      await Promise.all(rerankers.map((one) => one.load?.().catch(() => {})));
    },
    score: checkedScore(async (query, candidates, { deadlineMs, onScores, ...call } = {}) => {
      const until = deadlineMs === undefined ? undefined : performance.now() + deadlineMs;
      const failures: RerankerFailure[] = [];
      const errors: unknown[] = [];
      let lost: Usage = {};
      for (const [at, one] of rerankers.entries()) {
        const options: ScoreOptions = {
          ...call,
          instruction: one.takesInstruction === true ? call.instruction : undefined,
          ...(until === undefined ? {} : { deadlineMs: Math.max(0, until - performance.now()) }),
          onScores,
        };
        try {
          const given = await scoreInTime(one, query, candidates, options);
          return {
            ...given,
            usage: failures.length === 0 ? given.usage : addUsage(lost, given.usage),
            rankedBy: given.rankedBy ?? one.fingerprint,
            ...(failures.length === 0 ? {} : { failures: [...failures, ...(given.failures ?? [])] }),
          };
        } catch (error) {
          const code = error instanceof FinetoothError ? error.code : 'E_BUG';
          if (strict || notForTheNext.has(code) || call.signal?.aborted) throw afterUsage(error, lost);
          lost = addUsage(lost, usageOf(error));
          failures.push({ reranker: one.fingerprint, code, why: messageOf(error) });
          errors.push(error);
          if (at < rerankers.length - 1) continue;
          if (rerankers.length === 1) throw error;
          throw new FinetoothError(
            code,
            (say) => `none of ${rerankers.length} rerankers could rank. ${errors.map((one) => messageOf(one, say)).join(' Then: ')}`,
            { cause: error, usage: lost.requests === undefined ? undefined : lost },
          );
        }
      }
      throw new FinetoothError('E_BUG', 'a fallback ended without an answer. This is a mistake of finetooth.');
    }),
  };
  const close = (): Promise<unknown> => Promise.all(rerankers.map((one) => one.close?.()));
  return composed(closable(made, close), (change) => fallback(rerankers.map(change), { strict }));
}
