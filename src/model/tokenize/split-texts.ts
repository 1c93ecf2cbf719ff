import { type PassageSource, splitPassages } from '../../text/passages.ts';
import { createUnits, repeatedFrom, type Unit } from '../../text/units.ts';
import type { ModelEntry } from '../catalog/model-entry.ts';
import type { TextTokenizer } from './tokenizer.ts';
import { encodeQuestion } from './yes-no.ts';

/** Asks a worker for the chunks of texts that fit the model's window, instead of running it. */
export interface SplitRequest {
  readonly split: readonly string[];
  /** What will be read beside each chunk; null for a model that reads texts alone. */
  readonly query: string | null;
  /** Tokens that a chunk may have. @default as many as the window leaves */
  readonly room?: number;
  /** The first chunk of each text alone; what is behind it is not read. @default false */
  readonly first?: boolean;
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
/** Words, at most so long that none fills a window. */
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

/** Splits texts for a model whose runs they would not fit. The model is not run. */
export function splitTexts(
  { split, query, room: asked, first = false }: SplitRequest,
  entry: ModelEntry,
  tokenizer: TextTokenizer,
): SplitResult {
  const room = Math.min(asked ?? Number.POSITIVE_INFINITY, roomFor(query, entry, tokenizer));
  const tokensIn = (text: string): number => tokenizer.plain(text, entry.maxTokens).ids.length;
  const chunks = split.map((text) => chunksOf(text, room, tokensIn, first ? 1 : undefined));
  return { spans: Uint32Array.from(chunks.flat(2)), counts: Uint32Array.from(chunks, ({ length }) => length) };
}

/** The passages of texts for a model. The model is not run. */
export function splitSources({ passages }: PassagesRequest, entry: ModelEntry, tokenizer: TextTokenizer): SplitResult {
  const window = roomFor(null, entry, tokenizer);
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

/** Tokens that a text may have beside that query. */
function roomFor(query: string | null, entry: ModelEntry, tokenizer: TextTokenizer): number {
  if (entry.kind === 'bi-encoder') return entry.maxTokens - tokenizer.encode(entry.prefix.document, entry.maxTokens).ids.length;
  const { scoring, maxTokens } = entry;
  const encode = scoring.form === 'yes-no' ? encodeQuestion(tokenizer, scoring.instruction) : tokenizer.encodePair;
  const template = encode('', '', maxTokens).ids.length;
  const taken = encode(query ?? '', '', maxTokens).ids.length;
  // A query longer than half the window is cut to it, as the tokenizer does with pairs.
  return Math.max(maxTokens - taken, Math.ceil((maxTokens - template) / 2));
}
