/** A word of the query, the word of the text that it met best, and how alike they are: the mean over its pieces. */
export interface Meeting {
  readonly word: string;
  /** Absent where the text has no tokens. */
  readonly met?: string;
  readonly similarity: number;
}

/** The tokens of two texts and how alike they are, as late interaction explains a score. */
export interface Pieces {
  readonly query: readonly string[];
  readonly document: readonly string[];
  /** [query tokens × document tokens] Cosines. */
  readonly similarities: readonly (readonly number[])[];
}

/** Places of the tokens that make one word. */
interface Word {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** What tokenizers write before a piece that begins a word: SentencePiece's low line and the letter that byte-level BPE has for a space. */
const beginning = /^[▁Ġ]/u;
/** What WordPiece writes before one that goes on. */
const going = /^##/;

/** Whole words in place of the pieces that a model reads. */
export function meetWords({ query, document, similarities }: Pieces): readonly Meeting[] {
  const read = wordsIn(document);
  const wordOf = new Map(read.flatMap(({ text, tokens }) => tokens.map((token) => [token, text] as const)));
  return wordsIn(query).map(({ text, tokens }) => {
    const best = tokens.map((token) => bestOf(similarities[token] ?? []));
    const most = best.reduce((a, b) => (b.similarity > a.similarity ? b : a), { token: -1, similarity: Number.NEGATIVE_INFINITY });
    const sum = best.reduce((total, { similarity }) => total + similarity, 0);
    return { word: text, met: wordOf.get(most.token), similarity: most.token < 0 ? 0 : sum / best.length };
  });
}

/** The words that tokens are pieces of, in order; signs without letters and digits are none. */
function wordsIn(tokens: readonly string[]): readonly Word[] {
  const isMarked = tokens.some((token) => beginning.test(token));
  const words: { text: string; tokens: number[] }[] = [];
  for (const [at, token] of tokens.entries()) {
    const piece = token.replace(going, '').replace(beginning, '');
    const last = words.at(-1);
    const goesOn = isMarked ? !beginning.test(token) && isWord(piece) && isWord(last?.text ?? '') : going.test(token);
    if (last !== undefined && goesOn) {
      last.text += piece;
      last.tokens.push(at);
    } else words.push({ text: piece, tokens: [at] });
  }
  return words.filter(({ text }) => isWord(text));
}

const isWord = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

function bestOf(row: readonly number[]): { readonly token: number; readonly similarity: number } {
  return row.reduce((best, similarity, token) => (similarity > best.similarity ? { token, similarity } : best), {
    token: -1,
    similarity: Number.NEGATIVE_INFINITY,
  });
}
