import type { Reranker } from '../rerank/reranker.ts';
import { scoreInTime } from '../rerank/score-in-time.ts';
import { sentencesIn, sourceOf } from '../text/passages.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { CallOptions, Span } from '../types.ts';
import { orderCandidates } from './order.ts';
import type { Rankable, RankFields } from './rank.ts';
import type { RankedResult } from './results.ts';
import { newlinesIn } from './sentences.ts';
import { rankSentences, type SnippetSource, snippetOf } from './snippet.ts';
import { comparedBy, type WordAnalysis } from './word-analysis.ts';

export interface SnippetOptions extends CallOptions {
  /** Reads the sentences; without one the words of the query alone decide. */
  readonly reranker?: Reranker;
  readonly fields: RankFields;
  /** As the texts were ranked. @default false */
  readonly fieldLabels?: boolean;
  /** By whose words sentences are compared. @default English */
  readonly words?: WordAnalysis;
}

/** Characters on both sides of the sentence of a chunk that its neighbours are taken from. */
const AROUND = 1500;
/** Results and sentences of each that a reranker reads: more are not looked at by a person. */
const MOST_RESULTS = 20;
const MOST_SENTENCES = 24;
/** Sentences that the second of two stages reads of all of them. */
const MOST_READ = 20;
/** Characters of a sentence that it reads. */
const LONGEST = 600;

/**
 * Adds to each result the sentences that matter.
 *
 * @param onWords called with those that the words of the query choose, where a reranker reads on: that takes longer than to rank a short list
 */
export async function addSnippets<Result extends RankedResult>(
  results: readonly Result[],
  query: string,
  candidates: readonly Rankable[],
  options: SnippetOptions,
  onWords?: (results: readonly Result[]) => void,
): Promise<readonly Result[]> {
  const sources = results.map((result) => sourceIn(result, candidates[result.index] as Rankable, options));
  const byWords = sources.map((source) => rankSentences(query, source));
  const around = (read: readonly (number | undefined)[]): readonly Result[] =>
    results.map((result, i) => ({ ...result, snippet: snippetOf(query, sources[i] as SnippetSource, read[i] ?? byWords[i]?.[0]) }));
  if (options.reranker !== undefined) onWords?.(around([]));
  return around(await readSentences(query, sources.slice(0, MOST_RESULTS), byWords, options));
}

/** The part of a document that gave its score, without the title that stands above it. */
function sourceIn(
  { highlight }: RankedResult,
  { document, passage }: Rankable,
  { fields, fieldLabels = false, words }: SnippetOptions,
): SnippetSource {
  const names = fields ?? defaultFields(document);
  const { text, title } = fieldLabels ? { text: textOf(document, names, { labels: true }), title: '' } : sourceOf(document, names);
  const [from, to] = passage?.span ?? [0, text.length];
  const begins = from <= title.length && title.length + 1 < to ? title.length + Number(title !== '') : from;
  const ends = Math.min(to, text.length);
  // A chunk that was read of a text without passages is where its sentence is.
  const isChunk = passage === undefined && highlight !== undefined;
  const span: Span = isChunk ? [Math.max(begins, highlight.start - AROUND), Math.min(ends, highlight.end + AROUND)] : [begins, ends];
  const line = passage?.line === undefined ? undefined : passage.line + newlinesIn(text.slice(from, span[0]));
  return { title, text, span, line, sentences: [...sentencesIn(text, span)], words: words && comparedBy(words, document, text) };
}

/** Of each source the sentence that the reranker puts first; none where there is no choice, or no reranker. */
async function readSentences(
  query: string,
  sources: readonly SnippetSource[],
  byWords: readonly (readonly number[])[],
  { reranker, signal }: SnippetOptions,
): Promise<readonly (number | undefined)[]> {
  const asked = sources.flatMap((source, i) => {
    const places = byWords[i] ?? [];
    return places.length < 2
      ? []
      : places
          .slice(0, MOST_SENTENCES)
          .map((place) => ({ i, place, text: source.text.slice(...(source.sentences[place] as Span)).slice(0, LONGEST) }));
  });
  if (reranker === undefined || asked.length === 0) return [];
  const candidates = asked.map(({ text }, at) => ({ id: String(at), text }));
  const given = await scoreInTime(reranker, query, candidates, { signal, effort: MOST_READ });
  const best: (number | undefined)[] = [];
  for (const { index, stage } of orderCandidates(candidates, given, reranker.fingerprint)) {
    const { i, place } = asked[index] as (typeof asked)[number];
    if (stage >= 0) best[i] ??= place;
  }
  return best;
}
