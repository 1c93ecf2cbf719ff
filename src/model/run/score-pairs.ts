import { FinetoothError } from '../../errors.ts';
import type { CrossEncoderEntry } from '../catalog/model-entry.ts';
import type { TextTokenizer, TokenizedText } from '../tokenize/tokenizer.ts';
import { answersOf, encodeQuestion } from '../tokenize/yes-no.ts';
import { batchesOf, tokenBudget } from './batches.ts';
import { disposeAll, feedsOf } from './feeds.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';

/** What a worker is asked for. */
export interface PairRequest {
  readonly query: string;
  readonly texts: readonly string[];
}

export interface PairResult {
  /** [count] Logit of relevance: the one label's, or the relevant label's less the other's. */
  readonly scores: Float32Array;
  /** [count] Tokens that went through the model, the query's included. */
  readonly tokens: Uint32Array;
  /** [count] Tokens of the text that did not fit; at least so many of a text of more than 65,536 characters. */
  readonly truncated: Uint32Array;
  /** [count] Tokens of the query that did not fit beside the text. */
  readonly queryTruncated: Uint32Array;
}

export interface OpenedCrossEncoder {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly tokenizer: TextTokenizer;
  readonly entry: CrossEncoderEntry;
}

/** Runs pairs through a cross-encoder. A pair's score does not depend on the other pairs of the request. */
export async function scorePairs({ query, texts }: PairRequest, model: OpenedCrossEncoder): Promise<PairResult> {
  const { runtime, session, tokenizer, entry } = model;
  const encode = entry.scoring.form === 'yes-no' ? encodeQuestion(tokenizer, entry.scoring.instruction) : tokenizer.encodePair;
  const pairs = texts.map((text) => encode(query, text, entry.maxTokens));
  const lengths = pairs.map(({ ids }) => ids.length);
  const scores = new Float32Array(texts.length);
  // A causal model's rows would need padding on the left; one by one there is none.
  const budget = entry.scoring.form === 'yes-no' ? 0 : tokenBudget[entry.precision];
  for (const batch of batchesOf(lengths, budget)) {
    const feeds = feedsOf(
      runtime,
      session,
      batch.map((i) => pairs[i] as TokenizedText),
    );
    const outputs = await session.run(feeds);
    const read = readScores(
      outputs,
      batch.map((i) => lengths[i] as number),
      model,
    );
    batch.forEach((i, row) => (scores[i] = read[row] as number));
    disposeAll(feeds, outputs);
  }
  const truncated = Uint32Array.from(pairs, (pair) => pair.truncated);
  const queryTruncated = Uint32Array.from(pairs, (pair) => pair.queryTruncated ?? 0);
  return { scores, tokens: Uint32Array.from(lengths), truncated, queryTruncated };
}

/** Scores of one run's rows. `lengths`: tokens of each, for models that answer at the last one. */
function readScores(outputs: Readonly<Record<string, Tensor>>, lengths: readonly number[], model: OpenedCrossEncoder): readonly number[] {
  const { scoring } = model.entry;
  if (scoring.form === 'yes-no') {
    const { data, dims } = logitsOf(outputs, 3);
    const [, positions = 0, words = 0] = dims;
    const { yes, no } = answersOf(model.tokenizer);
    return lengths.map((length, row) => {
      const at = (row * positions + Math.min(length, positions) - 1) * words;
      return (data[at + yes] as number) - (data[at + no] as number);
    });
  }
  const { data, dims } = logitsOf(outputs, 2);
  if (dims[1] !== scoring.labels)
    throw new FinetoothError('E_MODEL_FAILED', `the model gives ${dims[1]} logits a pair; its config speaks of ${scoring.labels}`);
  return lengths.map((_, row) => {
    if (scoring.labels === 1) return data[row] as number;
    return (data[row * 2 + scoring.relevant] as number) - (data[row * 2 + 1 - scoring.relevant] as number);
  });
}

function logitsOf(
  outputs: Readonly<Record<string, Tensor>>,
  rank: number,
): { readonly data: Float32Array; readonly dims: readonly number[] } {
  const output = outputs.logits ?? Object.values(outputs).find((tensor) => tensor.dims.length === rank);
  if (output === undefined || output.dims.length !== rank || !(output.data instanceof Float32Array)) {
    const given = Object.entries(outputs).map(([name, { dims, type }]) => `${name} [${dims.join(' × ')}] of ${type}`);
    throw new FinetoothError('E_MODEL_FAILED', `the model gives no logits of float32 with ${rank} axes, only ${given.join(', ')}`);
  }
  return { data: output.data, dims: output.dims };
}
