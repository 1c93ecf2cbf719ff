import { callback, checkArguments, type OptionChecks, passedOptions, record, signal, text, truth, when } from '../wording/check-options.ts';
import { finite } from '../wording/check-shapes.ts';
import { isEffort } from './effort.ts';
import type { Candidate, Reranker, ScoreOptions } from './reranker.ts';

const optionChecks: OptionChecks<ScoreOptions> = {
  ...passedOptions,
  signal,
  // Of a stage that is asked when time is up, it is 0 or less.
  deadlineMs: finite,
  effort: isEffort,
  instruction: text,
  exact: truth,
  onScores: callback,
  spread: record,
};
const explainChecks = { ...passedOptions, signal, instruction: text };

const CALL = "score('how do bats find their way', [{ text: 'Bats hunt by echo.' }])";
const query = when('a text', (value) => typeof value === 'string');
const candidate = when('a candidate, an object with a text', isCandidate);
const candidates = when(
  'a list of candidates, each an object with a text',
  (value) => Array.isArray(value) && Array.from(value).every(isCandidate),
);

/** The `score` of a reranker, which refuses what it does not take: every reranker that this package makes has it so, since anyone may call it. */
export function checkedScore(score: Reranker['score']): Reranker['score'] {
  return async (...given) => {
    checkArguments(`reranker.${CALL}`, scoreArguments(...given));
    return score(...given);
  };
}

/** The arguments of `score`, and what they must be. */
export const scoreArguments = (...[asked, given, options]: readonly unknown[]) => ({
  query: [asked, query] as const,
  candidates: [given, candidates] as const,
  options: [options, optionChecks] as const,
});

/** The same of its `explain`. */
export function checkedExplain(explain: NonNullable<Reranker['explain']>): NonNullable<Reranker['explain']> {
  return async (...given) => {
    checkArguments("reranker.explain('how do bats find their way', { text: 'Bats hunt by echo.' })", {
      query: [given[0], query],
      candidate: [given[1], candidate],
      options: [given[2], explainChecks],
    });
    return explain(...given);
  };
}

function isCandidate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { text, tokens, title } = value as Partial<Candidate>;
  return (
    typeof text === 'string' &&
    areTokens(tokens) &&
    (title === undefined || (typeof title === 'object' && title !== null && typeof title.text === 'string' && areTokens(title.tokens)))
  );
}

const areTokens = (tokens: Candidate['tokens'] | null): boolean =>
  tokens === undefined ||
  (typeof tokens === 'object' &&
    typeof tokens?.form === 'object' &&
    tokens.form !== null &&
    tokens.data instanceof Uint8Array &&
    tokens.vector instanceof Float32Array);
