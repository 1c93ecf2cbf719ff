import { unlessZero } from '../math/vectors.ts';
import type { Span, Usage } from '../types.ts';
import type { Scores } from './reranker.ts';
import { addUsage } from './usage.ts';

/** What one call gave for some of the candidates. */
export interface ScoredPart {
  /** [given] Places of the candidates in the whole list. */
  readonly places: readonly number[];
  readonly given: Scores;
}

/** Several calls as one: the last that scored a candidate has the word. A candidate that none scored has NaN. */
export function mergeScores(parts: readonly ScoredPart[], count: number, complete: boolean): Scores {
  const scores = new Float32Array(count).fill(Number.NaN);
  const relevance = new Float32Array(count).fill(Number.NaN);
  const truncatedTokens = new Uint32Array(count);
  const omittedCharacters = new Uint32Array(count);
  const queryTruncatedTokens = new Uint32Array(count);
  const spans: (Span | undefined)[] = Array.from({ length: count }, () => undefined);
  let usage: Usage = {};
  for (const { places, given } of parts) {
    for (const [row, i] of places.entries()) {
      // No one scored it: it stays where the call before put it.
      if (Number.isNaN(given.scores[row])) continue;
      scores[i] = given.scores[row] as number;
      relevance[i] = given.relevance?.[row] ?? Number.NaN;
      spans[i] = given.spans?.[row] ?? spans[i];
      truncatedTokens[i] = Math.max(truncatedTokens[i] as number, given.truncatedTokens?.[row] ?? 0);
      omittedCharacters[i] = given.omittedCharacters?.[row] ?? 0;
      queryTruncatedTokens[i] = Math.max(queryTruncatedTokens[i] as number, given.queryTruncatedTokens?.[row] ?? 0);
    }
    usage = addUsage(usage, given.usage);
  }
  return {
    scores,
    complete,
    usage,
    relevance: relevance.some((value, i) => Number.isNaN(value) && !Number.isNaN(scores[i])) ? undefined : relevance,
    truncatedTokens: unlessZero(truncatedTokens),
    omittedCharacters: unlessZero(omittedCharacters),
    queryTruncatedTokens: unlessZero(queryTruncatedTokens),
    spans: spans.some((span) => span !== undefined) ? spans : undefined,
    failures: unlessEmpty(parts.flatMap(({ given }) => given.failures ?? [])),
    notes: unlessEmpty(parts.flatMap(({ given }) => given.notes ?? [])),
    spread: parts.find(({ given }) => given.spread !== undefined)?.given.spread,
    rankedBy: parts.find(({ given }) => given.rankedBy !== undefined)?.given.rankedBy,
  };
}

/** What time did not suffice for. */
export function unscored(count: number): Scores {
  return mergeScores([], count, false);
}

function unlessEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}
