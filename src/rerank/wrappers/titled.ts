import { unlessZero } from '../../math/vectors.ts';
import { decorate } from '../../wording/decorate.ts';
import type { Candidate, Reranker, ScoreOptions, Scores, ScoresAlone } from '../reranker.ts';
import { composed } from './composed.ts';

/**
 * Scores the title of a candidate beside its text, where it comes with one, and gives the larger score: a name that says what is asked for need not
 * say it again in the text. `alone` has both, so that a cascade compares what all of its stages make of each. What was left out of a text, and which
 * chunk of it was best, is told of the text, whichever counted. Goes around one model, not around a cascade.
 */
export function titled(reranker: Reranker): Reranker {
  const score: Reranker['score'] = async (query, candidates, options = {}) => {
    const places = candidates.flatMap(({ title }, i) => (title === undefined ? [] : [i]));
    if (places.length === 0) return reranker.score(query, candidates, options);
    const texts = candidates.map(withoutTitle);
    const titles = places.map((i): Candidate => ({ id: texts[i]?.id, ...(candidates[i]?.title as Candidate) }));
    const read = (given: Scores): Scores => largerOf(given, candidates.length, places);
    const { onScores } = options;
    const asked: ScoreOptions = { ...options, onScores: onScores === undefined ? undefined : (now) => onScores(read(now)) };
    const given = await reranker.score(query, [...texts, ...titles], asked);
    // A wrong count goes through as it is, to where it is refused.
    return given.scores.length === texts.length + titles.length ? read(given) : given;
  };
  const explain: Reranker['explain'] = async (query, { title, ...own }, call) => {
    const ofText = (await reranker.explain?.(query, own, call)) ?? [];
    if (title === undefined) return ofText;
    const ofTitle = (await reranker.explain?.(query, title, call)) ?? [];
    return [...ofText, ...ofTitle.map((stage) => ({ ...stage, of: 'title' as const }))];
  };
  const explains = reranker.explain !== undefined;
  return composed(decorate(reranker, { score, explain: explains ? explain : undefined }), (change) => titled(change(reranker)));
}

const withoutTitle = ({ title: _, ...own }: Candidate): Candidate => own;

/** Scores of `count` texts and of the titles of those at `places` behind them, as scores of candidates. */
function largerOf(given: Scores, count: number, places: readonly number[]): Scores {
  const rowOf = new Map(places.map((i, at) => [i, count + at]));
  const title = new Float32Array(count).fill(Number.NaN);
  for (const [i, row] of rowOf) title[i] = given.scores[row] as number;
  const alone: ScoresAlone = { text: given.scores.slice(0, count), title };
  const winners = Array.from(title, (_, i) => (isTitleLarger(alone, i) ? (rowOf.get(i) as number) : i));
  const { relevance, queryTruncatedTokens } = given;
  const ofBoth = (i: number): number => Math.max(queryTruncatedTokens?.[i] ?? 0, queryTruncatedTokens?.[rowOf.get(i) ?? i] ?? 0);
  return {
    ...given,
    scores: Float32Array.from(winners, (row) => given.scores[row] as number),
    alone,
    relevance: relevance && Float32Array.from(winners, (row) => relevance[row] as number),
    truncatedTokens: unlessZero(Uint32Array.from({ length: count }, (_, i) => given.truncatedTokens?.[i] ?? 0)),
    queryTruncatedTokens: unlessZero(Uint32Array.from({ length: count }, (_, i) => ofBoth(i))),
    spans: given.spans?.slice(0, count),
  };
}

/** Whether the title's score counts: it is there, and larger than that of the text, or the text has none. */
export function isTitleLarger({ text, title }: ScoresAlone, i: number): boolean {
  const own = title[i] as number;
  return !Number.isNaN(own) && !((text[i] as number) >= own);
}
