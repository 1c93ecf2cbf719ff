import { excerptOf, excerptVersion } from '../../text/excerpt.ts';
import type { Span } from '../../types.ts';
import { decorate } from '../../wording/decorate.ts';
import { checkedExplain, checkedScore } from '../checked-calls.ts';
import type { Candidate, Reranker, ScoreOptions, Scores } from '../reranker.ts';
import { composed } from './composed.ts';

/**
 * Reads of a long text the sentences that carry its match with the query, of about `maxTokens` tokens, in place of all that fits the window: a cross-encoder
 * takes as long as its tokens are many. A candidate's score depends on query and text alone, and a cache around what is inside knows it by what was read.
 */
export function excerpted(reranker: Reranker, maxTokens: number): Reranker {
  const score: Reranker['score'] = checkedScore(async (query, candidates, options = {}) => {
    const excerpts = candidates.map(({ text }) => excerptOf(query, text, maxTokens));
    if (excerpts.every((excerpt) => excerpt === undefined)) return reranker.score(query, candidates, options);
    const omitted = Uint32Array.from(excerpts, (excerpt, i) => omittedOf((candidates[i] as Candidate).text, excerpt));
    const read = (given: Scores): Scores => ({ ...given, omittedCharacters: omitted });
    const { onScores } = options;
    const asked: ScoreOptions = { ...options, onScores: onScores === undefined ? undefined : (now) => onScores(read(now)) };
    return read(
      await reranker.score(
        query,
        candidates.map((candidate, i) => shortened(candidate, excerpts[i])),
        asked,
      ),
    );
  });
  const explain: Reranker['explain'] = checkedExplain(async (query, candidate, call) => {
    const excerpt = excerptOf(query, candidate.text, maxTokens);
    const inner = await reranker.explain?.(query, shortened(candidate, excerpt), call);
    if (excerpt === undefined) return inner ?? [];
    const sentences = excerpt.map(([start, end]) => ({ start, end }));
    return (inner ?? [{ name: reranker.fingerprint }]).map((stage) => ({ ...stage, sentences }));
  });
  return composed(
    decorate(reranker, {
      fingerprint: `${excerptVersion}-of-${maxTokens}(${reranker.fingerprint})`,
      readCharacters: maxTokens * CHARACTERS_PER_TOKEN,
      score,
      explain,
    }),
    (change) => excerpted(change(reranker), maxTokens),
  );
}

/** Of English, and about as many of most that is written with letters. */
const CHARACTERS_PER_TOKEN = 4;

/** Token vectors are of the whole text. */
function shortened({ tokens, ...candidate }: Candidate, excerpt: readonly Span[] | undefined): Candidate {
  if (excerpt === undefined) return { ...candidate, tokens };
  return { ...candidate, text: excerpt.map((span) => candidate.text.slice(...span)).join(' ') };
}

/** Characters of a text that an excerpt leaves out. */
function omittedOf(text: string, excerpt: readonly Span[] | undefined): number {
  return excerpt === undefined ? 0 : text.length - excerpt.reduce((sum, [from, to]) => sum + to - from, 0);
}
