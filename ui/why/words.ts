/** A place in a text: UTF-16 units, the end not included. */
export type Place = readonly [start: number, end: number];

export interface Word {
  readonly text: string;
  /** Numbers of its tokens. */
  readonly tokens: readonly number[];
}

export interface TextWord {
  /** In the text. */
  readonly start: number;
  readonly end: number;
  /** How strongly it met the query, 0 to 1: how far its best cosine stands above the mean of that query word's row. */
  readonly strength: number;
  /** The same, for each word of the query. */
  readonly of: readonly number[];
}

export interface Meeting {
  readonly query: string;
  /** The words of the text that are most like it, best first, each once. */
  readonly best: readonly { readonly text: string; readonly cosine: number }[];
}

export interface Tokens {
  readonly query: readonly string[];
  readonly document: readonly string[];
  /** [query tokens × document tokens] Cosines. */
  readonly similarities: readonly (readonly number[])[];
}

/** Tokens that are looked at to find where the text begins behind what a passage carries with it, and how many of them may be wrong. */
const [LOOKED_AT, CARRIED] = [8, 80];
/** Characters that are passed over in search of a token. */
const FAR = 200;

/** Pieces of words put together again, as WordPiece (`##`), SentencePiece (`▁`) and byte-level models (`Ġ`) mark them. */
export function joinTokens(tokens: readonly string[]): readonly Word[] {
  const marksBeginnings = tokens.some((token) => /^[▁Ġ]/u.test(token));
  const words: { text: string; tokens: number[] }[] = [];
  for (const [at, token] of tokens.entries()) {
    const plain = plainToken(token);
    const last = words.at(-1);
    const isPiece = marksBeginnings ? !/^[▁Ġ]/u.test(token) && /^[\p{L}\p{N}\p{M}]/u.test(plain) : token.startsWith('##');
    if (isPiece && last !== undefined && /[\p{L}\p{N}\p{M}]$/u.test(last.text)) {
      last.text += plain;
      last.tokens.push(at);
    } else words.push({ text: plain, tokens: [at] });
  }
  return words;
}

/** The words of a text that its tokens belong to, in the order of the text, with how strongly each met the words of the query. */
export function meetingWords(tokens: Tokens, text: string): readonly TextWord[] {
  const queryWords = joinTokens(tokens.query);
  const rows = queryWords.map((word) => strengthsOf(word, tokens));
  const places = placeTokens(tokens.document, text);
  return joinTokens(tokens.document).flatMap((word): TextWord[] => {
    const found = word.tokens.map((token) => places[token]).filter((place) => place !== undefined);
    const [first, last] = [found[0], found.at(-1)];
    if (first === undefined || last === undefined || !/[\p{L}\p{N}]/u.test(word.text)) return [];
    const of = rows.map((row) => Math.max(...word.tokens.map((token) => row[token] as number)));
    return [{ start: first[0], end: last[1], strength: Math.max(0, ...of), of }];
  });
}

/** For each word of the query, the words of the text that it is most like. */
export function meetings({ query, document, similarities }: Tokens, most = 3): readonly Meeting[] {
  const words = joinTokens(document).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  return joinTokens(query)
    .filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
    .map((word) => {
      const cosineWith = (other: Word): number =>
        Math.max(...word.tokens.flatMap((row) => other.tokens.map((column) => similarities[row]?.[column] ?? -1)));
      const best = new Map<string, number>();
      for (const other of words) best.set(other.text, Math.max(best.get(other.text) ?? -1, cosineWith(other)));
      const sorted = [...best].sort(([, a], [, b]) => b - a).slice(0, most);
      return { query: word.text, best: sorted.map(([text, cosine]) => ({ text, cosine })) };
    });
}

/**
 * Where each token stands in a text. Tokenizers lowercase, and take accents away; a token that is not found, as one for what a model does not know, has
 * no place. What a passage carries before its own text (its heading) is passed over.
 */
export function placeTokens(tokens: readonly string[], text: string): readonly (Place | undefined)[] {
  const { letters, starts, ends } = plainLetters(text);
  const pieces = tokens.map((token) => plainLetters(plainToken(token)).letters);
  let at = 0;
  const first = firstToken(pieces, letters);
  return pieces.map((piece, token) => {
    if (token < first || piece === '') return undefined;
    const found = letters.indexOf(piece, at);
    if (found < 0 || found - at > FAR) return undefined;
    at = found + piece.length;
    return [starts[found] as number, ends[at - 1] as number];
  });
}

/** The token with which the text begins: the first from which some in a row stand one after the other. */
function firstToken(pieces: readonly string[], letters: string): number {
  for (let first = 0; first < Math.min(CARRIED, pieces.length); first++) {
    if (letters.startsWith(pieces.slice(first, first + LOOKED_AT).join(''))) return first;
  }
  return 0;
}

/** Lowercase letters of a text without accents and white space, and where each begins and ends in it. */
function plainLetters(text: string): { readonly letters: string; readonly starts: readonly number[]; readonly ends: readonly number[] } {
  let letters = '';
  const [starts, ends]: [number[], number[]] = [[], []];
  let at = 0;
  for (const character of text) {
    const plain = character
      .normalize('NFKD')
      .replace(/[\p{M}\s]/gu, '')
      .toLowerCase();
    for (let i = 0; i < plain.length; i++) {
      starts.push(at);
      ends.push(at + character.length);
    }
    letters += plain;
    at += character.length;
  }
  return { letters, starts, ends };
}

const plainToken = (token: string): string => token.replace(/^(##|[▁Ġ]+)/u, '').replaceAll('▁', ' ');

/** How far each token of the text stands above what is usual for a word of the query, 0 to 1. */
function strengthsOf({ tokens }: Word, { similarities, document }: Tokens): readonly number[] {
  const row = document.map((_, column) => Math.max(...tokens.map((token) => similarities[token]?.[column] ?? -1)));
  const mean = row.reduce((sum, value) => sum + value, 0) / Math.max(1, row.length);
  return row.map((value) => Math.max(0, (value - mean) / Math.max(1e-6, 1 - mean)));
}
