import type { Embedder } from '../embed/embedder.ts';
import type { Manifest, Passage } from '../store/store.ts';
import { type PassageSource, passageTexts } from '../text/passages.ts';
import type { Turn } from '../time/turn.ts';
import type { CallOptions, ReadDocument, Span, Vectors } from '../types.ts';
import { checkTokens, checkVectors } from './check.ts';
import { type Analysis, wordsInTurns } from './turns.ts';

/** A text, and how its words are made. */
export interface Analysed {
  readonly source: PassageSource;
  readonly analysis: Analysis;
}

export interface EmbedPassagesOptions extends CallOptions {
  readonly turn: Turn;
}

export interface EmbeddedPassages {
  /** Of each text its passages, at least one. */
  readonly passages: readonly (readonly Passage[])[];
  /** What the embedder said of them all; absent where it was not asked, since there were none. */
  readonly vectors?: Vectors;
}

/** The passages of texts with their vectors and words; a text that the model reads whole, and every text of an index without passages, is one. */
export async function embedPassages(
  embedder: Embedder | null,
  manifest: Manifest,
  analysed: readonly Analysed[],
  { signal, turn }: EmbedPassagesOptions,
): Promise<EmbeddedPassages> {
  if (embedder === null || analysed.length === 0) return { passages: [] };
  // A model in a worker is told of texts alone.
  const sources = analysed.map(({ source }) => source);
  const { split } = embedder;
  const spans = manifest.splitter === undefined ? undefined : await split?.(sources, { signal });
  const texts: string[] = [];
  const terms: string[] = [];
  /** Of each text; none where it is a single one. */
  const places: (readonly Span[])[] = [];
  for (const [i, { source, analysis }] of analysed.entries()) {
    const own = spans?.[i] ?? [];
    places.push(own.length > 1 ? own : []);
    for (const text of own.length > 1 ? passageTexts(source, own) : [source.text]) {
      texts.push(text);
      terms.push(await wordsInTurns(analysis, text, turn));
    }
  }
  const vectors = await embedder.embed(texts, 'document', { signal, tokens: manifest.tokens });
  checkVectors(vectors, texts.length, embedder.dimensions, embedder.fingerprint);
  if (manifest.tokens !== undefined) checkTokens(vectors, manifest.tokens, embedder.fingerprint);
  const { data, dimensions, tokenVectors } = vectors;
  let row = 0;
  const take = (span: Span | undefined): Passage => {
    const vector = data.subarray(row * dimensions, (row + 1) * dimensions);
    return { vector, tokens: tokenVectors?.[row], terms: terms[row++] as string, place: span && { span } };
  };
  return { passages: places.map((own) => (own.length === 0 ? [take(undefined)] : own.map(take))), vectors };
}

/** Passages with the lines of the source that they begin in, where the text ends with the field that stands there. */
export function withLines(
  passages: readonly Passage[],
  { text }: PassageSource,
  { document, line }: ReadDocument,
  { splitter }: Pick<Manifest, 'splitter'>,
): readonly Passage[] {
  const body = document.text;
  const isThere = line !== undefined && typeof body === 'string' && text.endsWith(body);
  const begins = isThere ? text.length - body.length : 0;
  let [at, now] = [begins, line ?? 0];
  // What is read whole has a line too.
  const whole = isThere && splitter !== undefined && text !== '' ? { span: [0, text.length] as const } : undefined;
  return passages.map((passage): Passage => {
    const place = passage.place ?? whole;
    if (place === undefined) return passage;
    const { span } = place;
    // Passages begin one behind the other, though they overlap.
    for (; at < span[0]; at++) if (text[at] === '\n') now++;
    return { ...passage, place: { span, line: isThere ? now : undefined } };
  });
}
