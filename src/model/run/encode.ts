import { FinetoothError } from '../../errors.ts';
import { cutVector } from '../../math/cut-vector.ts';
import { packTokens } from '../../math/packed-tokens.ts';
import { poolTokens } from '../../math/pool-tokens.ts';
import type { TokenForm } from '../../types.ts';
import { type BiEncoderEntry, tokenSizeOf } from '../catalog/model-entry.ts';
import type { TextTokenizer, TokenizedText } from '../tokenize/tokenizer.ts';
import { batchesOf, tokenBudget } from './batches.ts';
import type { Projection } from './dense.ts';
import { disposeAll, feedsOf } from './feeds.ts';
import { poolText } from './pool-text.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';

/** What a worker is asked for. */
export interface EncodeRequest {
  /** As they go to the tokenizer, prefix included. */
  readonly texts: readonly string[];
  /** Also the vectors of the single tokens: as they are, or packed in a form. @default none */
  readonly tokens?: 'rows' | TokenForm;
}

export interface EncodeResult {
  /** [count × dimensions], rows of length 1. */
  readonly vectors: Float32Array;
  /** [count] The L2 length that each vector had before it was made 1. */
  readonly lengths: Float32Array;
  /** [count] Tokens that went through the model. */
  readonly tokens: Uint32Array;
  /** [count] Tokens that did not fit; at least so many of a text of more than 65,536 characters. */
  readonly truncated: Uint32Array;
  /** Token vectors of all texts one after another, rows of length 1, without the special tokens; empty unless rows were asked for. */
  readonly tokenVectors: Float32Array;
  /** [count + 1] Row in `tokenVectors` at which each text begins. */
  readonly tokenOffsets: Uint32Array;
  /** Packed token vectors of all texts one after another; empty unless a form was asked for. */
  readonly packed: Uint8Array;
  /** [count + 1] Byte in `packed` at which each text begins. */
  readonly packedOffsets: Uint32Array;
}

export interface OpenedBiEncoder {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly tokenizer: TextTokenizer;
  readonly entry: BiEncoderEntry;
  /** The layers behind the pooling. @default none */
  readonly project?: Projection | undefined;
}

/** Runs texts through a bi-encoder. A text's row does not depend on the other texts of the request. */
export async function encodeTexts(request: EncodeRequest, model: OpenedBiEncoder): Promise<EncodeResult> {
  const { runtime, session, tokenizer, entry } = model;
  const { dimensions } = entry;
  const tokenSize = tokenSizeOf(entry);
  const texts = request.texts.map((text) => tokenizer.encode(text, entry.maxTokens));
  const special = tokenizer.before.length + tokenizer.after.length;
  const lengths = texts.map((text) => text.ids.length);
  const vectors = new Float32Array(texts.length * dimensions);
  const vectorLengths = new Float32Array(texts.length);
  const rows: Float32Array[] = texts.map(() => new Float32Array(0));
  const packs: Uint8Array[] = texts.map(() => new Uint8Array(0));
  // A graph that pools by itself may take the last column for the last token, which padding would be.
  for (const batch of batchesOf(lengths, entry.pooling === 'output' ? 0 : tokenBudget[entry.precision])) {
    const feeds = feedsOf(
      runtime,
      session,
      batch.map((i) => texts[i] as TokenizedText),
    );
    const outputs = await session.run(feeds);
    const hidden = request.tokens === undefined && entry.pooling === 'output' ? undefined : hiddenStates(outputs, tokenSize);
    batch.forEach((i, row) => {
      const from = row * (hidden?.width ?? 0) * tokenSize;
      const count = lengths[i] as number;
      const vector = wholeVector(outputs, row, hidden === undefined ? undefined : { data: hidden.data, from, count }, model);
      vectorLengths[i] = writeUnit(vectors, i * dimensions, vector, 0, dimensions);
      if (request.tokens === undefined || hidden === undefined) return;
      const own = new Float32Array((count - special) * tokenSize);
      for (let token = 0; token < count - special; token++)
        writeUnit(own, token * tokenSize, hidden.data, from + (tokenizer.before.length + token) * tokenSize, tokenSize);
      if (request.tokens === 'rows') rows[i] = own;
      else packs[i] = packDocument(own, count - special, request.tokens);
    });
    disposeAll(feeds, outputs);
  }
  const [tokenVectors, tokenOffsets] = concatenated(rows, new Float32Array(lengthOf(rows)), tokenSize);
  const [packed, packedOffsets] = concatenated(packs, new Uint8Array(lengthOf(packs)), 1);
  const truncated = Uint32Array.from(texts, (text) => text.truncated);
  return {
    vectors,
    lengths: vectorLengths,
    tokens: Uint32Array.from(lengths),
    truncated,
    tokenVectors,
    tokenOffsets,
    packed,
    packedOffsets,
  };
}

/** A text's own vector, before its length is made 1: of all numbers that the model gives, those that are wanted. */
function wholeVector(
  outputs: Readonly<Record<string, Tensor>>,
  row: number,
  tokens: { readonly data: Float32Array; readonly from: number; readonly count: number } | undefined,
  { entry, project }: OpenedBiEncoder,
): Float32Array {
  const { dimensions, pooling, cutFrom = dimensions, matryoshka } = entry;
  const whole =
    pooling === 'output' || tokens === undefined
      ? pooledRow(outputs, row, cutFrom)
      : poolText(pooling, tokens.data, tokens.from, tokens.count, tokenSizeOf(entry));
  const projected = project === undefined ? whole : project(whole, 1);
  if (cutFrom === dimensions) return projected;
  return cutVector(projected, dimensions, matryoshka?.centred);
}

/** A row of the output in which a graph gives texts' vectors. */
function pooledRow(outputs: Readonly<Record<string, Tensor>>, row: number, dimensions: number): Float32Array {
  const output = outputs.sentence_embedding;
  if (output === undefined || output.dims.length !== 2 || !(output.data instanceof Float32Array))
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the model gives no output "sentence_embedding" of float32 with a row a text, only ${Object.keys(outputs).join(', ')}`,
    );
  if (output.dims[1] !== dimensions)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the model gives ${output.dims[1]} numbers a text; expected ${dimensions}. State "dimensions" in a finetooth.json beside it.`,
    );
  return output.data.slice(row * dimensions, (row + 1) * dimensions);
}

/** [rows × width × size] Token vectors of one run. Throws E_MODEL_FAILED where the graph gives none of that size. */
export function hiddenStates(outputs: Readonly<Record<string, Tensor>>, size: number): { data: Float32Array; width: number } {
  const output = outputs.last_hidden_state ?? outputs.token_embeddings ?? Object.values(outputs).find((tensor) => tensor.dims.length === 3);
  if (output === undefined)
    throw new FinetoothError('E_MODEL_FAILED', `the model gives no token vectors, only ${Object.keys(outputs).join(', ')}`);
  if (output.dims[2] !== size || !(output.data instanceof Float32Array)) {
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the model gives ${output.dims[2]} numbers of type ${output.type} a token; expected ${size} of float32`,
    );
  }
  return { data: output.data, width: output.dims[1] as number };
}

/** Writes `source[from, from + size)` divided by its L2 length, which is returned; a vector of zeros stays zeros. */
function writeUnit(target: Float32Array, at: number, source: Float32Array, from: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (source[from + i] as number) ** 2;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let i = 0; i < size; i++) target[at + i] = (source[from + i] as number) * scale;
  return Math.sqrt(sum);
}

/** A document's token vectors as an index keeps them. */
function packDocument(rows: Float32Array, count: number, form: TokenForm): Uint8Array {
  const pooled = poolTokens(rows, count, form.size, form.pool);
  return packTokens(pooled.rows, pooled.count, form);
}

/** Arrays one after another, and where each begins. */
function concatenated<T extends Float32Array | Uint8Array>(parts: readonly T[], whole: T, unit: number): readonly [T, Uint32Array] {
  const offsets = new Uint32Array(parts.length + 1);
  for (const [i, part] of parts.entries()) {
    whole.set(part, (offsets[i] as number) * unit);
    offsets[i + 1] = (offsets[i] as number) + part.length / unit;
  }
  return [whole, offsets];
}

const lengthOf = (parts: readonly { readonly length: number }[]): number => parts.reduce((sum, { length }) => sum + length, 0);
