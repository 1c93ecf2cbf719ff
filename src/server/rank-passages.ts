import { measureRuns } from '../embedders.ts';
import { orderCandidates, type Scores, scoreInTime } from '../rerankers.ts';
import { unknownLanguage } from '../text/unknown-language.ts';
import { unknownScripts } from '../text/unknown-scripts.ts';
import type { CallOptions } from '../types.ts';
import { letterNotes } from '../wording/letter-notes.ts';
import type { RankedPassage, RerankAsk, RerankDone } from './dialects/dialect.ts';
import { checkInstruction } from './instruction.ts';
import type { ServedReranker } from './models.ts';
import { RequestError } from './problem.ts';
import type { WorkOptions } from './work.ts';

/** Ranks texts for a request that was let in. */
export async function rankPassages(
  ask: RerankAsk,
  whole: readonly string[],
  { id, signal, deadlineMs, models, started, factsOf }: WorkOptions,
): Promise<RerankDone> {
  const served = await models.reranker(ask.model, { whole: ask.refuseLong, inChunks: (ask.maxChunks ?? 0) > 1 });
  await checkInstruction(ask.instruction, served);
  const query = await shortQuery(ask, served, { signal });
  const { texts, cut: left } = await readTexts(ask, query, whole, served, { signal });
  const [given, watch] = await measureRuns(() =>
    scoreInTime(
      served.reranker,
      query,
      texts.map((text, i) => ({ id: String(i), text })),
      { signal, deadlineMs, instruction: ask.instruction, exact: ask.exact },
    ),
  );
  if (ask.refuseLong) refuseLong(given);
  const cut = left.map((isCut, i) => isCut || (given.truncatedTokens?.[i] ?? 0) > 0);
  return {
    insteadOf: served.insteadOf,
    ...factsOf(id, served.name, given.usage?.tokens ?? 0, started, watch),
    hosted: given.usage?.requests === undefined ? undefined : { requests: given.usage.requests, dollars: given.usage.cost },
    ranked: rankingOf(given, texts.length, served).slice(0, ask.top),
    complete: given.complete ?? true,
    cut: cut.filter((isCut) => isCut).length,
    queryTruncatedTokens: mostIn(given.queryTruncatedTokens),
    // Of what was opened by this very call, too.
    tolerance: ask.exact ? undefined : served.reranker.tolerance,
    excerpts: given.omittedCharacters?.filter((characters) => characters > 0).length ?? 0,
    notes: letterNotes({ reranker: served.reranker }, query, texts),
    unknownScripts: scriptsBeyond(served.reranker, [query, ...texts]),
    unknownLanguages: languagesBeyond(served.reranker, [query, ...texts]),
  };
}

/** Scripts of texts that a model does not know. */
export const scriptsBeyond = ({ languages }: { readonly languages?: readonly string[] }, texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => unknownScripts(text, languages))),
];

/** Languages of texts that a model was not trained on. */
export const languagesBeyond = ({ languages }: { readonly languages?: readonly string[] }, texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => unknownLanguage(text, languages) ?? [])),
];

async function shortQuery({ query, maxQueryTokens }: RerankAsk, served: ServedReranker, { signal }: CallOptions): Promise<string> {
  if (maxQueryTokens === undefined) return query;
  const [span] = await served.parts('', [query], { tokens: maxQueryTokens, signal });
  return query.slice(span?.[0], span?.[1]);
}

/** What is read of each document where a client says what, and of which something was left out that it did not ask to leave out. */
async function readTexts(
  { maxTokens, maxPairTokens, maxChunks, fromEnd, refuseLong: isWhole }: RerankAsk,
  query: string,
  whole: readonly string[],
  served: ServedReranker,
  { signal }: CallOptions,
): Promise<{ readonly texts: readonly string[]; readonly cut: readonly boolean[] }> {
  const bounded = maxTokens !== undefined || maxPairTokens !== undefined || maxChunks !== undefined;
  // What must be read whole has no end that could be kept.
  if (!bounded && (!fromEnd || isWhole)) return { texts: whole, cut: whole.map(() => false) };
  const spans = await served.parts(query, whole, { tokens: maxTokens, pairTokens: maxPairTokens, chunks: maxChunks, fromEnd, signal });
  const asked = maxTokens !== undefined || maxPairTokens !== undefined;
  return {
    texts: whole.map((text, i) => text.slice(spans[i]?.[0], spans[i]?.[1])),
    cut: whole.map((text, i) => !asked && !covers(text, spans[i]?.[0] ?? 0, spans[i]?.[1] ?? text.length)),
  };
}

/** Whether nothing but white space is outside. */
export const covers = (text: string, from: number, to: number): boolean =>
  text.slice(0, from).trim() === '' && text.slice(to).trim() === '';

/** Throws where truncating is forbidden and a model did not read all of the query or of a document. */
function refuseLong({ truncatedTokens, queryTruncatedTokens }: Scores): void {
  const most = mostIn(queryTruncatedTokens);
  if (most > 0) {
    const at = queryTruncatedTokens?.indexOf(most) as number;
    const left = truncatedTokens?.[at] ?? 0;
    const beside = left === 0 ? '' : `, which is ${left} tokens too long beside it`;
    throw new RequestError(
      'invalid',
      `the query is ${most} tokens too long for the model beside the document at index ${at}${beside}, and cutting was not allowed`,
      { param: 'query' },
    );
  }
  const long = truncatedTokens?.findIndex((tokens) => tokens > 0) ?? -1;
  if (long >= 0)
    throw new RequestError(
      'invalid',
      `the document at index ${long} is ${truncatedTokens?.[long]} tokens too long for the model beside this query, and cutting was not allowed`,
      { param: 'documents' },
    );
}

/** The passages in the package's order, each with a number from 0 to 1 where its scores can be read as one. Their ids are their places. */
function rankingOf(given: Scores, count: number, { reranker, givesLogits }: ServedReranker): readonly RankedPassage[] {
  const passages = Array.from({ length: count }, (_, i) => ({ id: String(i) }));
  const isSingle = (given.stages?.length ?? 1) <= 1;
  return orderCandidates(passages, given, reranker.fingerprint).map(({ index, score, relevance, stage }) => {
    const stated = given.relevance === undefined && givesLogits ? 1 / (1 + Math.exp(-relevance)) : relevance;
    const likely = stage < 0 ? 0 : Math.min(1, Math.max(0, stated));
    return { index, relevance: likely, raw: isSingle ? score : logit(likely) };
  });
}

const mostIn = (tokens: Uint32Array | undefined): number => tokens?.reduce((most, count) => Math.max(most, count), 0) ?? 0;

function logit(probability: number): number {
  const inside = Math.min(1 - 1e-7, Math.max(1e-7, probability));
  return Math.log(inside / (1 - inside));
}
