import type { TokenMatches, TokenWeight } from '../rerank/explanation.ts';
import type { SpreadSource } from '../rerank/reranker.ts';
import type { SearchAnswer } from '../search/answer.ts';
import type { RerankAnswer } from '../search/rerank.ts';
import { meetWords } from '../wording/joined-words.ts';
import { counted } from '../wording/numbers.ts';
import { harmless } from '../wording/terminal-text.ts';
import { labelOf } from './text.ts';

/** Matches that are shown of each result; all of them are in --json. */
const SHOWN = 5;

const spreads: Readonly<Record<SpreadSource, string>> = {
  collection: 'as its scores spread on this collection',
  list: 'as its scores spread on this list',
  usual: 'as its scores usually spread: the list is too short to tell',
};

/** Why each result stands where it stands, for people; nothing where no one asked. */
export function explanationLines({ results, spread }: Pick<SearchAnswer | RerankAnswer, 'results' | 'spread'>): string {
  const lines = results.flatMap(({ rank, id, document, explanation }) => {
    if (explanation === undefined) return [];
    const { stages, fields, weights } = explanation;
    const alone = fields.map(({ field, score, relevance }) => `${field} ${value(relevance ?? score)}`).join(', ');
    const met = stages.flatMap(({ tokens, of }) =>
      tokens === undefined ? [] : [{ tokens, where: of === undefined ? '' : ` in the ${of}` }],
    );
    return [
      '',
      `${String(rank).padStart(3)}  ${harmless(document === undefined ? id : labelOf(id, document))}`,
      ...(alone === '' ? [] : [`     each field alone: ${harmless(alone)}`]),
      ...(weights === undefined ? [] : [`     tokens that met by their weights: ${harmless(weighed(weights))}`]),
      ...met.map(({ tokens, where }) => `     words that met${where}: ${harmless(meetings(tokens))}`),
      ...stages.flatMap(({ parts, sentences }) => [
        ...(parts === undefined ? [] : [`     read in ${parts.length} chunks`]),
        ...(sentences === undefined
          ? []
          : [
              `     the cross-encoder read of it ${counted(charactersOf(sentences), 'character')} in ${counted(sentences.length, 'place')}, which carry the match`,
            ]),
      ]),
    ];
  });
  const spreading = lines.length === 0 || spread === undefined ? [] : ['', `     late interaction was weighed ${spreads[spread]}`];
  return [...lines, ...spreading].map((line) => `${line}\n`).join('');
}

const charactersOf = (spans: readonly { readonly start: number; readonly end: number }[]): number =>
  spans.reduce((sum, { start, end }) => sum + end - start, 0);

const value = (score: number): string => (Math.abs(score) < 10 ? score.toFixed(3) : score.toFixed(1));

/** What the tokens that both weigh add to the score: `whale 2.310 × 1.200`. */
const weighed = (weights: readonly TokenWeight[]): string =>
  weights.length === 0
    ? 'none'
    : weights
        .slice(0, SHOWN)
        .map(({ token, query, document }) => `${token} ${value(query)} × ${value(document)}`)
        .join(', ');

/** The query's words that met their like best: `bats ~ bat .81`. */
const meetings = (tokens: TokenMatches): string =>
  [...meetWords(tokens)]
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, SHOWN)
    .map(({ word, met, similarity }) => `${word} ~ ${met ?? 'nothing'} ${value(similarity)}`)
    .join(', ');
