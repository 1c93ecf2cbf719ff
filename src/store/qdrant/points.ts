import { unpackSparse } from '../../math/sparse.ts';
import type { Document, PassagePlace, SparseVector } from '../../types.ts';
import { saturationOf } from '../bm25.ts';
import { type Entry, keepsTitles, type Manifest, type Passage } from '../store.ts';
import { type CellField, cellFields, cellsIn } from './cells.ts';
import type { Schemas } from './library.ts';
import { heldText, pointId, textHeld, wordIndex } from './names.ts';

export type Point = Schemas['PointStruct'];

/** The dense vector of a passage, the weights of its words, and those of its tokens by a sparse model. */
export const VECTOR = 'text';
export const WORDS = 'words';
export const SPARSE = 'sparse';

/** What a point holds beside its vectors and the cells of filterable fields, and what of it is indexed. */
export interface Payload {
  /** The user's, as `heldText` has it; keyword index. */
  readonly id: string;
  /** Which passage of its document it is, from 0, and of how many; integer index. */
  readonly at: number;
  readonly of: number;
  /** Of the document; keyword index. '' while a document with several passages is being written. */
  readonly hash: string;
  readonly textHash: string;
  /** Full-text index of whitespace-separated words, which counts how many passages have one. */
  readonly terms: string;
  /** Words of the passage; integer index. */
  readonly length: number;
  /** Hundredths of the mean length by which its words were weighed; integer index. */
  readonly mean: number;
  /** By which write, see `stamp`: about when, in microseconds since 1970; integer index. */
  readonly written: number;
  /** Begin, end and line, 0 where there is none. */
  readonly place?: readonly number[];
  /** JSON, of the first passage alone. */
  readonly document?: string;
  /** Base64 of the vector in 32 bits, little-endian, and its token vectors: as numbers in JSON a vector takes ten times as long to read. */
  readonly tokens?: string;
  /** Base64 of the weights of its tokens, as they are compared to the last bit. */
  readonly sparse?: string;
  /** Base64, of the first passage alone. */
  readonly title?: string;
}

/** Indexes over the payload that there are beside those over filterable fields. */
export const payloadIndexes: Readonly<Record<string, Schemas['PayloadFieldSchema']>> = {
  id: 'keyword',
  hash: 'keyword',
  at: 'integer',
  length: 'integer',
  mean: 'integer',
  written: 'integer',
  terms: { type: 'text', tokenizer: 'whitespace', lowercase: false },
};

export function indexesFor(manifest: Manifest): Readonly<Record<string, Schemas['PayloadFieldSchema']>> {
  const cells = cellFields(manifest).flatMap(({ keys, numbers }) => [
    [keys, 'keyword'] as const,
    ...(numbers === undefined ? [] : [[numbers, 'float'] as const]),
  ]);
  return { ...payloadIndexes, ...Object.fromEntries(cells) };
}

/** Whether a document may have several points. */
export const hasPassages = ({ splitter }: Pick<Manifest, 'splitter'>): boolean => splitter !== undefined;

export function pointsOf(entry: Entry, manifest: Manifest, fields: readonly CellField[], mean: number, written: number): Point[] {
  const passages = [entry, ...(hasPassages(manifest) ? (entry.further ?? []) : [])];
  const shared = {
    id: heldText(entry.id),
    of: passages.length,
    hash: heldText(entry.hash),
    mean,
    written,
    ...cellsIn(entry.document, fields),
  };
  return passages.map((passage, at) => {
    const words = wordsIn(passage.terms);
    const payload: Payload = {
      ...shared,
      at,
      textHash: heldText(entry.textHash),
      terms: heldText(passage.terms),
      length: words.length,
      place: passage.place && [...passage.place.span, passage.place.line ?? 0],
      document: at === 0 ? JSON.stringify(entry.document) : undefined,
      tokens: manifest.tokens === undefined ? undefined : packed(joined(passage)),
      sparse: manifest.sparse === undefined ? undefined : packed(passage.sparse ?? new Uint8Array()),
      title: at === 0 && keepsTitles(manifest) && entry.title !== undefined ? packed(entry.title) : undefined,
    };
    const vector = {
      [VECTOR]: [...passage.vector],
      ...(words.length > 0 && { [WORDS]: weightsOf(words, mean / 100) }),
      ...(manifest.sparse !== undefined && passage.sparse?.length && { [SPARSE]: sparseOf(unpackSparse(passage.sparse)) }),
    };
    return { id: pointId(entry.id, at), vector, payload: payload as unknown as Record<string, unknown> };
  });
}

/** A sparse vector as Qdrant takes it. */
export const sparseOf = ({ ids, weights }: SparseVector): Schemas['SparseVector'] => ({ indices: [...ids], values: [...weights] });

export const wordsIn = (terms: string): readonly string[] => (terms === '' ? [] : terms.split(' '));

/** What each word adds to the score of its passage by BM25, before its rarity, where passages have `meanLength` words. */
export function weightsOf(words: readonly string[], meanLength: number): Schemas['SparseVector'] {
  const weights = new Map<number, number>();
  for (const [word, count] of countsOf(words)) {
    const index = wordIndex(word);
    weights.set(index, (weights.get(index) ?? 0) + saturationOf(count, words.length, meanLength));
  }
  return { indices: [...weights.keys()], values: [...weights.values()] };
}

export function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

export function placeIn({ place }: Pick<Payload, 'place'>): PassagePlace | undefined {
  if (place === undefined) return undefined;
  const [begin = 0, end = 0, line = 0] = place;
  return { span: [begin, end], line: line === 0 ? undefined : line };
}

export const documentIn = ({ document }: Pick<Payload, 'document'>): Document => JSON.parse(document as string) as Document;

export const bytesIn = (base64: string | undefined): Uint8Array | undefined =>
  base64 === undefined ? undefined : Uint8Array.from(Buffer.from(base64, 'base64'));

/** The vector of a passage and its token vectors, where they are kept. */
export function packIn(
  { tokens }: Pick<Payload, 'tokens'>,
  dimensions: number,
): { readonly vector: Float32Array; readonly tokens: Uint8Array } | undefined {
  const bytes = bytesIn(tokens);
  if (bytes === undefined) return undefined;
  const vector = new Float32Array(dimensions);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < dimensions; at++) vector[at] = view.getFloat32(4 * at, true);
  return { vector, tokens: bytes.slice(4 * dimensions) };
}

/** A passage as it was written. */
export function passageIn(payload: Partial<Payload>, vector: Float32Array | undefined, dimensions: number): Passage {
  return {
    vector: vector as Float32Array,
    tokens: packIn(payload, dimensions)?.tokens,
    sparse: bytesIn(payload.sparse),
    terms: payload.terms === undefined ? (undefined as never) : textHeld(payload.terms),
    place: placeIn(payload),
  };
}

export function vectorIn(point: { readonly vector?: unknown }): Float32Array | undefined {
  const values = (point.vector as Readonly<Record<string, readonly number[]>> | null | undefined)?.[VECTOR];
  return values === undefined ? undefined : Float32Array.from(values);
}

function joined({ vector, tokens = new Uint8Array() }: Passage): Uint8Array {
  const bytes = new Uint8Array(4 * vector.length + tokens.length);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, at) => view.setFloat32(4 * at, value, true));
  bytes.set(tokens, 4 * vector.length);
  return bytes;
}

const packed = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
