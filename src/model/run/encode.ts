import { FinetoothError } from '../../errors.ts';
import { cutVector } from '../../math/cut-vector.ts';
import type { TokenForm } from '../../types.ts';
import { type BiEncoderEntry, tokenSizeOf } from '../catalog/model-entry.ts';
import type { TextTokenizer, TokenizedText } from '../tokenize/tokenizer.ts';
import { batchesOf, tokenBudget } from './batches.ts';
import type { Projection } from './dense.ts';
import { disposeAll, feedsOf } from './feeds.ts';
import { hiddenStates } from './hidden-states.ts';
import { poolText } from './pool-text.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';
import { gatherTokens, packDocument, writeUnit } from './token-rows.ts';

/** What a worker is asked for. */
export interface EncodeRequest {
  /** As they go to the tokenizer, prefix included. */
  readonly texts: readonly string[];
  /** As which they are read, where the model reads them differently. @default document */
  readonly role?: 'query' | 'document';
  /** Also the vectors of the single tokens: as they are, or packed in a form. @default none */
  readonly tokens?: 'rows' | TokenForm;
  /** Each text in a run of its own, also where they could share one. @default false */
  readonly exact?: boolean | undefined;
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
  for (const batch of batchesOf(lengths, entry.pooling === 'output' || request.exact ? 0 : tokenBudget[entry.precision])) {
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
  const truncated = Uint32Array.from(texts, (text) => text.truncated);
  return {
    vectors,
    lengths: vectorLengths,
    tokens: Uint32Array.from(lengths),
    truncated,
    ...gatherTokens(rows, packs, tokenSize),
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
