import { unlessZero } from '../../math/vectors.ts';
import type { CallOptions, Span } from '../../types.ts';
import { decorate } from '../../wording/decorate.ts';
import { checkedExplain, checkedScore } from '../checked-calls.ts';
import type { Candidate, Reranker, Scores } from '../reranker.ts';

/** Where the chunks of each text begin and end that a reranker reads whole beside the query. */
export type SplitTexts = (query: string, texts: readonly string[], options?: CallOptions) => Promise<readonly (readonly Span[])[]>;

/** Characters of a text that every window holds, whatever the tokens; such texts are not split. */
const SURELY_SHORT = 200;

interface Chunk {
  /** Place of the candidate that it is of. */
  readonly i: number;
  readonly candidate: Candidate;
  /** Absent: the whole text. */
  readonly span: Span | undefined;
}

/**
 * Reads long texts in chunks instead of cutting them off: a text's score is that of its best chunk, and `spans` says which one it was. Token
 * vectors that a long text brings are not used: an index keeps those of its beginning alone.
 */
export const chunked = (reranker: Reranker, split: SplitTexts): Reranker =>
  decorate(reranker, {
    fingerprint: `in-parts-1(${reranker.fingerprint})`,
    // Token vectors of a long text are not used.
    isCheap: undefined,
    explain: checkedExplain(async (query, candidate, call = {}) => {
      const [spans = []] = await split(query, [candidate.text], call);
      if (spans.length <= 1) return (await reranker.explain?.(query, candidate, call)) ?? [];
      const texts = spans.map((span) => ({ text: candidate.text.slice(...span) }));
      const { scores } = await reranker.score(query, texts, call);
      const best = scores.indexOf(scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY));
      const inner = await reranker.explain?.(query, texts[best] as Candidate, call);
      const parts = spans.map(([start, end], i) => ({ start, end, score: scores[i] as number }));
      return inner === undefined ? [{ name: reranker.fingerprint, parts }] : inner.map((stage) => ({ ...stage, parts }));
    }),
    score: checkedScore(async (query, candidates, options = {}) => {
      const { signal, instruction, exact } = options;
      const long = candidates.flatMap(({ text }, i) => (text.length <= SURELY_SHORT ? [] : [i]));
      const found = await split(
        query,
        long.map((i) => (candidates[i] as Candidate).text),
        { signal },
      );
      const spansOf = new Map(long.map((i, at) => [i, found[at] as readonly Span[]]));
      const chunks = candidates.flatMap((candidate, i): Chunk[] => {
        const spans = spansOf.get(i) ?? [];
        if (spans.length <= 1) return [{ i, candidate, span: undefined }];
        const { tokens: _, ...own } = candidate;
        return spans.map((span) => ({ i, candidate: { ...own, text: candidate.text.slice(...span) }, span }));
      });
      const given = await reranker.score(
        query,
        chunks.map(({ candidate }) => candidate),
        { signal, instruction, exact },
      );
      const truncated = new Uint32Array(candidates.length);
      for (const [at, { i }] of chunks.entries()) truncated[i] = Math.max(truncated[i] as number, given.queryTruncatedTokens?.[at] ?? 0);
      const best = new Map<number, number>();
      for (const [at, { i }] of chunks.entries()) {
        const before = best.get(i);
        if (before === undefined || (given.scores[at] as number) > (given.scores[before] as number)) best.set(i, at);
      }
      const winners = candidates.map((_, i) => best.get(i) as number);
      const truncatedTokens = winners.map((at) => given.truncatedTokens?.[at] ?? 0);
      const { relevance } = given;
      return {
        scores: Float32Array.from(winners, (at) => given.scores[at] as number),
        relevance: relevance === undefined ? undefined : Float32Array.from(winners, (at) => relevance[at] as number),
        truncatedTokens: truncatedTokens.some((tokens) => tokens > 0) ? Uint32Array.from(truncatedTokens) : undefined,
        queryTruncatedTokens: unlessZero(truncated),
        usage: given.usage,
        spans: winners.map((at) => chunks[at]?.span),
      } satisfies Scores;
    }),
  });
