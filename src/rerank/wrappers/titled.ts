import { unlessZero } from '../../math/vectors.ts';
import { checkValue } from '../../wording/check-options.ts';
import { decorate } from '../../wording/decorate.ts';
import { type Calibration, probabilityOf } from '../calibration.ts';
import { checkedExplain, checkedScore } from '../checked-calls.ts';
import { type Candidate, isReranker, type Reranker, type ScoreOptions, type Scores } from '../reranker.ts';
import { composed } from './composed.ts';

/**
 * What a title's score is lowered by before it is compared, since each of its tokens is kept and those of the text are means of three: without it the
 * judged films lose .006 of nDCG@10, with it they gain .001, and .006 in the default; from .017 on the guide's films about bats are not found
 * by their names any more (decisions/0040).
 */
const LESS = 0.0125;

/**
 * Late interaction that scores the title of a candidate beside its text, where it comes with one, and gives the larger score: a name that says what is
 * asked for need not say it again in the text (a disjunction maximum over the two). What was left out of a text, and which chunk of it was best, is
 * told of the text, whichever counted. Goes around late interaction itself, not around a cascade: a cross-encoder reads the text, title and all.
 *
 * @example
 * import { openModel } from 'finetooth/embedders';
 * import { lateInteraction, titled } from 'finetooth/rerankers';
 *
 * const encoder = await openModel();
 * const reranker = titled(lateInteraction(encoder));
 * const candidate = { text: 'A hero guards the city.', title: { text: 'The Bat' } };
 * const { scores } = await reranker.score('bats', [candidate, { text: candidate.text }]);
 * console.log(scores[0] > scores[1]); // true
 * await encoder.close();
 */
export function titled(reranker: Reranker): Reranker {
  checkValue('the reranker of titled', reranker, isReranker);
  const score: Reranker['score'] = checkedScore(async (query, candidates, options = {}) => {
    const places = candidates.flatMap(({ title }, i) => (title === undefined ? [] : [i]));
    if (places.length === 0) return reranker.score(query, candidates, options);
    const texts = candidates.map(({ title: _, ...own }): Candidate => own);
    const titles = places.map((i): Candidate => ({ id: texts[i]?.id, ...(candidates[i]?.title as Candidate) }));
    const read = (given: Scores): Scores => largerOf(given, candidates.length, places, reranker.calibration);
    const { onScores } = options;
    const asked: ScoreOptions = { ...options, onScores: onScores === undefined ? undefined : (now) => onScores(read(now)) };
    const given = await reranker.score(query, [...texts, ...titles], asked);
    // A wrong count goes through as it is, to where it is refused.
    return given.scores.length === texts.length + titles.length ? read(given) : given;
  });
  const explain: Reranker['explain'] = checkedExplain(async (query, { title, ...own }, call) => {
    const ofText = (await reranker.explain?.(query, own, call)) ?? [];
    if (title === undefined) return ofText;
    const ofTitle = (await reranker.explain?.(query, title, call)) ?? [];
    return [...ofText, ...ofTitle.map((stage) => ({ ...stage, of: 'title' as const }))];
  });
  const explains = reranker.explain !== undefined;
  return composed(decorate(reranker, { score, explain: explains ? explain : undefined }), (change) => titled(change(reranker)));
}

/** Scores of `count` texts and of the titles of those at `places` behind them, as scores of candidates. */
function largerOf(given: Scores, count: number, places: readonly number[], calibration: Calibration | undefined): Scores {
  const scores = given.scores.slice(0, count);
  const relevance = given.relevance?.slice(0, count);
  const truncated = new Uint32Array(count).map((_, i) => given.queryTruncatedTokens?.[i] ?? 0);
  for (const [at, i] of places.entries()) {
    const row = count + at;
    const title = (given.scores[row] as number) - LESS;
    truncated[i] = Math.max(truncated[i] as number, given.queryTruncatedTokens?.[row] ?? 0);
    if (Number.isNaN(title) || (scores[i] as number) >= title) continue;
    scores[i] = title;
    if (relevance !== undefined)
      relevance[i] = calibration === undefined ? (given.relevance?.[row] as number) : probabilityOf(title, calibration);
  }
  return {
    ...given,
    scores,
    relevance,
    truncatedTokens: given.truncatedTokens && unlessZero(given.truncatedTokens.slice(0, count)),
    omittedCharacters: given.omittedCharacters && unlessZero(given.omittedCharacters.slice(0, count)),
    queryTruncatedTokens: unlessZero(truncated),
    spans: given.spans?.slice(0, count),
  };
}
