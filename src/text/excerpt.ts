import type { Span } from '../types.ts';
import { wordsOf } from './analyzer.ts';
import { markableWords } from './matched-words.ts';
import { sentencesIn } from './passages.ts';

/** Version of how sentences are chosen; part of the fingerprint of what reads them. */
export const excerptVersion = 'excerpt-1';

/** Tokens of a sentence that is taken as it is; a longer one is taken clause by clause, and a long clause in pieces. */
const LONGEST = 48;
/** Characters of a text in which sentences are chosen: of what is behind them, none is. */
const READ = 16_384;
/** Letters of a word that are one token of WordPiece, about. */
const PER_TOKEN = 8;

/** Clauses: up to a mark that white space follows, but not "e.g. so", nor "G. Taylor". */
const clauses = /\S.*?(?:(?<=[\p{L}\p{N}]{3}|[\s"')\]])[.;:!?]+(?=\s)|$)\s*/gsu;
/** Words, at most so long that none fills a piece. */
const words = /\S{1,32}\s*/gu;
/** Words, and by themselves signs and letters of scripts without capitals, which WordPiece of English takes one by one. */
const pieces = /[\p{Lu}\p{Ll}\p{Lt}\p{Lm}\p{M}\p{N}]+|\S/gu;

interface Sentence {
  readonly span: Span;
  readonly tokens: number;
  /** Words of the query in it, each as often as it stands there. */
  readonly found: ReadonlyMap<string, number>;
}

/**
 * The sentences of a long text that carry its match with a query, in the order of the text, about `most` tokens in all: its beginning, which names
 * what it is about, then one after the other what adds most of the query's words, rare ones of the text and those not yet seen above all, for its length, and
 * what follows the beginning while there is room. Nothing for a text that is not longer. It depends on query and text alone.
 */
export function excerptOf(query: string, text: string, most: number): readonly Span[] | undefined {
  if (tokensAbout(text, most) <= most) return undefined;
  const asked = markableWords(query);
  const sentences = sentencesOf(text.slice(0, READ)).map((span): Sentence => {
    const part = text.slice(...span);
    return { span, tokens: tokensAbout(part), found: countsOf(wordsOf(part), asked) };
  });
  // White space alone, as far as it is read.
  if (sentences.length === 0) return undefined;
  const chosen = chooseSentences(sentences, asked, most);
  return joined(
    chosen.map((at) => (sentences[at] as Sentence).span),
    text,
  );
}

/** About how many tokens of WordPiece a text is, within a tenth on English. It stops counting behind `enough`. */
export function tokensAbout(text: string, enough = Number.POSITIVE_INFINITY): number {
  let tokens = 0;
  for (const { 0: piece } of text.matchAll(pieces)) {
    tokens += Math.ceil(piece.length / PER_TOKEN);
    if (tokens > enough) break;
  }
  return tokens;
}

/** Places of the chosen ones, in order: at least one. */
function chooseSentences(sentences: readonly Sentence[], asked: ReadonlySet<string>, most: number): readonly number[] {
  const rarity = raritiesOf(sentences, asked);
  const seen = new Map<string, number>();
  const chosen = new Set<number>();
  let left = most;
  const take = (at: number): void => {
    const { tokens, found } = sentences[at] as Sentence;
    chosen.add(at);
    left -= tokens;
    for (const [word, count] of found) seen.set(word, (seen.get(word) ?? 0) + count);
  };
  const gainOf = ({ tokens, found }: Sentence): number => {
    let gain = 0;
    for (const [word, count] of found) {
      const before = seen.get(word) ?? 0;
      gain += (rarity.get(word) as number) * (saturated(before + count) - saturated(before));
    }
    return gain / Math.sqrt(tokens + 10);
  };
  const fits = (at: number): boolean => !chosen.has(at) && (sentences[at] as Sentence).tokens <= left;
  take(0);
  for (;;) {
    let best: number | undefined;
    let most = 0;
    for (const [at, sentence] of sentences.entries()) {
      const gain = fits(at) ? gainOf(sentence) : 0;
      if (gain > most) [best, most] = [at, gain];
    }
    if (best === undefined) break;
    take(best);
  }
  for (const at of sentences.keys()) if (fits(at)) take(at);
  return [...chosen].sort((a, b) => a - b);
}

const saturated = (count: number): number => count / (count + 1);

/** Of each word that was asked for the idf among the sentences, as BM25 has it. */
function raritiesOf(sentences: readonly Sentence[], asked: ReadonlySet<string>): ReadonlyMap<string, number> {
  return new Map(
    [...asked].map((word) => {
      const having = sentences.filter(({ found }) => found.has(word)).length;
      return [word, Math.log(1 + (sentences.length - having + 0.5) / (having + 0.5))];
    }),
  );
}

function countsOf(all: readonly string[], asked: ReadonlySet<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of all) if (asked.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Sentences, clauses of long ones, and pieces of long clauses, without the white space around them. */
function sentencesOf(text: string): readonly Span[] {
  return [...sentencesIn(text, [0, text.length])].flatMap((sentence) =>
    isShort(text, sentence)
      ? [sentence]
      : matchesIn(text, sentence, clauses).flatMap((clause) => (isShort(text, clause) ? [clause] : piecesOf(text, clause))),
  );
}

const isShort = (text: string, [from, to]: Span): boolean => tokensAbout(text.slice(from, to), LONGEST) <= LONGEST;

/** Where the expression matches in a part of a text, the white space behind left out. */
const matchesIn = (text: string, [from, to]: Span, expression: RegExp): readonly Span[] =>
  [...text.slice(from, to).matchAll(expression)].map(({ 0: match, index }): Span => [from + index, from + index + match.trimEnd().length]);

/** Words of a part of a text in pieces alike in length, of about `LONGEST` tokens at most. */
function piecesOf(text: string, part: Span): readonly Span[] {
  const all = matchesIn(text, part, words).map((span) => ({ span, tokens: tokensAbout(text.slice(...span)) }));
  const sum = all.reduce((total, { tokens }) => total + tokens, 0);
  const each = sum / Math.ceil(sum / LONGEST);
  const found: Span[] = [];
  let before = 0;
  for (const { span, tokens } of all) {
    const last = found.at(-1);
    if (last !== undefined && before + tokens <= each * found.length + 0.5) found[found.length - 1] = [last[0], span[1]];
    else found.push(span);
    before += tokens;
  }
  return found;
}

/** Neighbours as one, with what stands between them. */
function joined(spans: readonly Span[], text: string): readonly Span[] {
  const all: Span[] = [];
  for (const [from, to] of spans) {
    const last = all.at(-1);
    if (last !== undefined && text.slice(last[1], from).trim() === '') all[all.length - 1] = [last[0], to];
    else all.push([from, to]);
  }
  return all;
}
