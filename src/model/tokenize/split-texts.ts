import { type PassageSource, splitPassages } from '../../text/passages.ts';
import { createUnits, repeatedFrom, type Unit } from '../../text/units.ts';
import type { ModelEntry } from '../catalog/model-entry.ts';
import type { Ask } from './ask.ts';
import type { TextTokenizer } from './tokenizer.ts';

/** Asks a worker for the chunks of texts that fit the model's window, instead of running it. */
export interface SplitRequest {
  readonly split: readonly string[];
  /** What will be read beside each chunk; null for a model that reads texts alone. */
  readonly query: string | null;
  /** Tokens that a chunk may have. @default as many as the window leaves */
  readonly room?: number;
  /** Tokens of query, text and template together. @default the model's window */
  readonly window?: number;
  /** The first chunk of each text alone; what is behind it is not read. @default false */
  readonly first?: boolean;
  /** The last words of each text alone, as many as fit; what is before them is not read. @default false */
  readonly last?: boolean;
  /** Which prefix of a model that reads texts alone stands before each. @default document */
  readonly prefix?: 'query' | 'document';
}

/** Asks a worker for the passages of texts, see `splitPassages`. */
export interface PassagesRequest {
  readonly passages: readonly PassageSource[];
}

export interface SplitResult {
  /** Where each chunk begins and ends in its text, in characters; all chunks of the first text, then those of the second. */
  readonly spans: Uint32Array;
  /** [texts] Parts of each. */
  readonly counts: Uint32Array;
}

/** Share of a window that a passage may fill: the rest is for the query beside which a reranker of the same window reads it. */
const PASSAGE = 7 / 8;
/** Share of a window that a chunk repeats of the one before, so that an answer across a border stands whole in one of them. */
const OVERLAP = 1 / 8;
/** A unit longer than this share of the window is taken word by word. */
const LONGEST_UNIT = 1 / 4;

/** Sentences and lines, with the white space behind them. */
const sentences = /[^.!?。！？\n]+[.!?。！？\n]*\s*|[.!?。！？\n]+\s*/gu;
/** Characters of a word, at most, so that none fills a window. */
const LONGEST_WORD = 64;
/** Words, none longer than that. */
const words = /\S{1,64}\s*|\s+/gu;

/**
 * Chunks of at most `room` tokens, whole sentences where they fit, each beginning within the one before. At least one, even of an empty text.
 *
 * @param most chunks; what is behind them is not read
 */
export function chunksOf(
  text: string,
  room: number,
  tokensIn: (text: string) => number,
  most: number = Number.POSITIVE_INFINITY,
): readonly (readonly [number, number])[] {
  const units = createUnits(unitsOf(text, room, tokensIn));
  if (!units.has(0)) return [[0, text.length]];
  const chunks: [number, number][] = [];
  let first = 0;
  for (;;) {
    let tokens = 0;
    let end = first;
    while (units.has(end) && (end === first || tokens + units.at(end).tokens <= room)) tokens += units.at(end++).tokens;
    chunks.push([units.at(first).from, units.at(end - 1).to]);
    if (!units.has(end) || chunks.length >= most) return chunks;
    first = repeatedFrom(units, first, end, room * OVERLAP);
  }
}

/** Splits texts for a model whose runs they would not fit. The model is not run. `ask`: how one that reads pairs puts them together. */
export function splitTexts(
  { split, query, room: asked, window, first = false, last = false, prefix }: SplitRequest,
  entry: ModelEntry,
  tokenizer: TextTokenizer,
  ask?: Ask,
): SplitResult {
  const within = { ...entry, maxTokens: Math.min(entry.maxTokens, window ?? entry.maxTokens) };
  const room = Math.max(1, Math.min(asked ?? Number.POSITIVE_INFINITY, roomFor(query, within, { tokenizer, ask }, prefix)));
  const tokensIn = (text: string): number => tokenizer.plain(text, entry.maxTokens).ids.length;
  const chunks = split.map((text) =>
    last ? [[endOf(text, room, tokensIn), text.length] as const] : chunksOf(text, room, tokensIn, first ? 1 : undefined),
  );
  return { spans: Uint32Array.from(chunks.flat(2)), counts: Uint32Array.from(chunks, ({ length }) => length) };
}

/** The passages of texts for a model. The model is not run. */
export function splitSources({ passages }: PassagesRequest, entry: ModelEntry, tokenizer: TextTokenizer): SplitResult {
  const window = roomFor(null, entry, { tokenizer });
  const room = Math.max(1, Math.floor(window * PASSAGE));
  const tokensIn = (text: string): number => tokenizer.plain(text, entry.maxTokens).ids.length;
  const spans = passages.map((source) => splitPassages(source, { window, room, tokensIn }));
  return { spans: Uint32Array.from(spans.flat(2)), counts: Uint32Array.from(spans, ({ length }) => length) };
}

function* unitsOf(text: string, room: number, tokensIn: (text: string) => number): Generator<Unit> {
  for (const { 0: sentence, index } of text.matchAll(sentences)) {
    const tokens = tokensIn(sentence);
    if (tokens <= room * LONGEST_UNIT) yield { from: index, to: index + sentence.length, tokens };
    else
      for (const { 0: word, index: at } of sentence.matchAll(words))
        yield { from: index + at, to: index + at + word.length, tokens: tokensIn(word) };
  }
}

/** Where the last words of a text begin that have `room` tokens at most: 0 where all of it has no more. */
export function endOf(text: string, room: number, tokensIn: (text: string) => number): number {
  let from = Math.max(0, text.length - room * LONGEST_WORD);
  for (;;) {
    // From there to the end there may be more tokens than a word-wise count finds room for, never fewer characters than it needs.
    const units = [...text.slice(from).matchAll(words)];
    let [tokens, at] = [0, units.length];
    while (at > 0) {
      const more = tokensIn(units[at - 1]?.[0] ?? '');
      if (tokens + more > room) return from + (units[at]?.index ?? text.length - from);
      tokens += more;
      at--;
    }
    // Runs of white space are longer than words and have no tokens.
    if (from === 0) return 0;
    from = Math.max(0, from - room * LONGEST_WORD);
  }
}

/** Tokens that a text may have beside that query. */
function roomFor(
  query: string | null,
  entry: ModelEntry,
  { tokenizer, ask = tokenizer.encodePair }: { readonly tokenizer: TextTokenizer; readonly ask?: Ask | undefined },
  prefix: 'query' | 'document' = 'document',
): number {
  if (entry.kind === 'bi-encoder') {
    const marker = entry.lateInteraction?.documentMarker ?? '';
    const taken = tokenizer.encode(entry.prefix[prefix], entry.maxTokens).ids.length + (marker === '' ? 0 : 1);
    if (query === null) return entry.maxTokens - taken;
    // As a cross-encoder with the same tokens would read them: one more between the two.
    const beside = tokenizer.encode(query, entry.maxTokens).ids.length + 1;
    return Math.max(entry.maxTokens - Math.max(taken, beside), Math.ceil((entry.maxTokens - taken) / 2) - 1);
  }
  const { maxTokens } = entry;
  const template = ask('', '', maxTokens).ids.length;
  const taken = ask(query ?? '', '', maxTokens).ids.length;
  // A query longer than half the window is cut to it, as the tokenizer does with pairs.
  return Math.max(maxTokens - taken, Math.ceil((maxTokens - template) / 2));
}
