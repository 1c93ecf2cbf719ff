import { FinetoothError } from '../errors.ts';
import { batchesOf } from './batches.ts';
import type { ModelEntry } from './model-entry.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';
import type { TextTokenizer, TokenizedText } from './tokenizer.ts';

/** What a worker is asked for. */
export interface EncodeRequest {
  /** As they go to the tokenizer, prefix included. */
  readonly texts: readonly string[];
  /** Also the vectors of the single tokens. */
  readonly withTokens: boolean;
}

export interface EncodeResult {
  /** [count × dimensions], rows of length 1. */
  readonly vectors: Float32Array;
  /** [count] Tokens that went through the model. */
  readonly tokens: Uint32Array;
  /** [count] Tokens that did not fit. */
  readonly cut: Uint32Array;
  /** Token vectors of all texts one after another, rows of length 1, without the special tokens; empty unless asked for. */
  readonly tokenVectors: Float32Array;
  /** [count + 1] Row in `tokenVectors` at which each text begins. */
  readonly tokenOffsets: Uint32Array;
}

/**
 * Padded tokens in one run. An int8 model quantises its activations over the whole run, so a text's neighbours would leak
 * into its vector: each text is run alone. For fp32, runs of 256 tokens were fastest (decisions/0004).
 */
const tokenBudget = { int8: 0, fp32: 256, fp16: 256 } as const;

const feedsOf = (runtime: Runtime, names: readonly string[], batch: readonly TokenizedText[]): Record<string, Tensor> => {
  const width = Math.max(...batch.map((text) => text.ids.length));
  const shape = [batch.length, width];
  const filled = (value: (text: TokenizedText, at: number) => bigint): Tensor => {
    const data = new BigInt64Array(batch.length * width);
    batch.forEach((text, row) => {
      for (let at = 0; at < text.ids.length; at++) data[row * width + at] = value(text, at);
    });
    return new runtime.Tensor('int64', data, shape);
  };
  const feeds: Record<string, Tensor> = {};
  for (const name of names) {
    if (name === 'input_ids') feeds[name] = filled((text, at) => BigInt(text.ids[at] as number));
    else if (name === 'attention_mask') feeds[name] = filled(() => 1n);
    else if (name === 'token_type_ids') feeds[name] = filled(() => 0n);
    else if (name === 'position_ids') feeds[name] = filled((_, at) => BigInt(at));
    else throw new FinetoothError('E_MODEL_FAILED', `the model asks for an input named "${name}", which a text encoder does not have`);
  }
  return feeds;
};

/** Writes `source[from, from + size)` divided by its L2 length; a vector of zeros stays zeros. */
const writeUnit = (target: Float32Array, at: number, source: Float32Array, from: number, size: number): void => {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (source[from + i] as number) ** 2;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let i = 0; i < size; i++) target[at + i] = (source[from + i] as number) * scale;
};

const meanOfRows = (rows: Float32Array, from: number, count: number, size: number): Float32Array => {
  const mean = new Float32Array(size);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (rows[from + row * size + i] as number) / count;
  return mean;
};

const hiddenStates = (outputs: Readonly<Record<string, Tensor>>, dimensions: number): { data: Float32Array; width: number } => {
  const output = outputs.last_hidden_state ?? outputs.token_embeddings ?? Object.values(outputs).find((tensor) => tensor.dims.length === 3);
  if (output === undefined)
    throw new FinetoothError('E_MODEL_FAILED', `the model gives no token vectors, only ${Object.keys(outputs).join(', ')}`);
  if (output.dims[2] !== dimensions || !(output.data instanceof Float32Array)) {
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the model gives ${output.dims[2]} numbers of type ${output.type} a token; expected ${dimensions} of float32`,
    );
  }
  return { data: output.data, width: output.dims[1] as number };
};

/** Runs texts through a bi-encoder. A text's row does not depend on the other texts of the request. */
export const encodeTexts = async (
  request: EncodeRequest,
  model: { readonly runtime: Runtime; readonly session: InferenceSession; readonly tokenizer: TextTokenizer; readonly entry: ModelEntry },
): Promise<EncodeResult> => {
  const { runtime, session, tokenizer, entry } = model;
  const size = entry.dimensions;
  const texts = request.texts.map((text) => tokenizer.encode(text, entry.maxTokens));
  const special = tokenizer.before.length + tokenizer.after.length;
  const tokenOffsets = new Uint32Array(texts.length + 1);
  if (request.withTokens) texts.forEach((text, i) => (tokenOffsets[i + 1] = (tokenOffsets[i] as number) + text.ids.length - special));
  const result: EncodeResult = {
    vectors: new Float32Array(texts.length * size),
    tokens: Uint32Array.from(texts, (text) => text.ids.length),
    cut: Uint32Array.from(texts, (text) => text.cut),
    tokenVectors: new Float32Array((tokenOffsets[texts.length] as number) * size),
    tokenOffsets,
  };
  const lengths = texts.map((text) => text.ids.length);
  for (const batch of batchesOf(lengths, tokenBudget[entry.precision])) {
    const feeds = feedsOf(
      runtime,
      session.inputNames,
      batch.map((i) => texts[i] as TokenizedText),
    );
    const outputs = await session.run(feeds);
    const { data, width } = hiddenStates(outputs, size);
    batch.forEach((i, row) => {
      const from = row * width * size;
      const count = lengths[i] as number;
      if (entry.pooling === 'cls') writeUnit(result.vectors, i * size, data, from, size);
      else writeUnit(result.vectors, i * size, meanOfRows(data, from, count, size), 0, size);
      if (!request.withTokens) return;
      for (let token = 0; token < count - special; token++) {
        writeUnit(
          result.tokenVectors,
          ((tokenOffsets[i] as number) + token) * size,
          data,
          from + (tokenizer.before.length + token) * size,
          size,
        );
      }
    });
    for (const tensor of [...Object.values(feeds), ...Object.values(outputs)]) tensor.dispose();
  }
  return result;
};
