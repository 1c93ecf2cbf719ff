import { FinetoothError } from '../../errors.ts';
import type { CrossEncoderEntry, Scoring } from '../catalog/model-entry.ts';
import type { Ask } from '../tokenize/ask.ts';
import type { TokenizedText } from '../tokenize/tokenizer.ts';
import { batchesOf, tokenBudget } from './batches.ts';
import type { Projection } from './dense.ts';
import { disposeAll, feedsOf } from './feeds.ts';
import { hiddenStates } from './hidden-states.ts';
import { poolText } from './pool-text.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';

/** What a worker is asked for. */
export interface PairRequest {
  readonly query: string;
  readonly texts: readonly string[];
  /** What the model is to judge by. @default its own */
  readonly instruction?: string | undefined;
  /** Each text in a run of its own, also where they could share one. @default false */
  readonly exact?: boolean | undefined;
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
  readonly entry: CrossEncoderEntry;
  /** How query and text are put together. */
  readonly ask: Ask;
  /** The same with another instruction. */
  readonly askInstructed: (instruction: string) => Promise<Ask>;
  /** Of a model with a head beside its graph: its layers. */
  readonly head?: Projection | undefined;
  /** Of a model that answers: the numbers of its tokens. */
  readonly answers?: { readonly yes: number; readonly no?: number | undefined } | undefined;
}

/** Runs pairs through a cross-encoder. A pair's score depends on the other pairs of the request by rounding alone (`scoreTolerance`), and not at all where it is to be exact. */
export async function scorePairs({ query, texts, instruction, exact }: PairRequest, model: OpenedCrossEncoder): Promise<PairResult> {
  const { runtime, session, entry } = model;
  const ask = instruction === undefined ? model.ask : await model.askInstructed(instruction);
  const pairs = texts.map((text) => ask(query, text, entry.maxTokens));
  const lengths = pairs.map(({ ids }) => ids.length);
  const scores = new Float32Array(texts.length);
  // Rows of a causal model would need padding on the left; one by one there is none.
  const budget = entry.scoring.prompt === undefined && !exact ? tokenBudget[entry.precision] : 0;
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
  if (model.answers !== undefined) {
    const { temperature = 1 } = scoring as Scoring & { readonly form: 'answer' };
    return readAnswers(outputs, lengths, model.answers).map((logit) => logit / temperature);
  }
  if (scoring.form === 'head') return readHead(outputs, lengths, scoring, model.head as Projection);
  if (scoring.form !== 'classifier') throw new FinetoothError('E_BUG', 'a model that answers was opened without its answers');
  const { data, dims } = logitsOf(outputs, 2);
  const [, given = 0] = dims;
  if (given !== scoring.labels)
    throw new FinetoothError('E_MODEL_FAILED', `the model gives ${given} logits a pair; its config speaks of ${scoring.labels}`);
  return lengths.map((_, row) => {
    const logits = data.subarray(row * given, (row + 1) * given);
    const relevant = logits[scoring.relevant] as number;
    return given === 1 || scoring.independent ? relevant : relevant - logSumOf(logits.filter((_, label) => label !== scoring.relevant));
  });
}

function readHead(
  outputs: Readonly<Record<string, Tensor>>,
  lengths: readonly number[],
  { pooling, width: size }: Scoring & { readonly form: 'head' },
  head: Projection,
): readonly number[] {
  const { data, width } = hiddenStates(outputs, size);
  return lengths.map((length, row) => head(poolText(pooling, data, row * width * size, length, size), 1)[0] as number);
}

function readAnswers(
  outputs: Readonly<Record<string, Tensor>>,
  lengths: readonly number[],
  { yes, no }: { readonly yes: number; readonly no?: number | undefined },
): readonly number[] {
  const { data, dims } = logitsOf(outputs, 3);
  const [, positions = 0, words = 0] = dims;
  const wrong = [yes, no].find((token) => token !== undefined && token >= words);
  if (wrong !== undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the answer is token ${wrong}, and the model knows ${words}; the prompt is of another model`,
    );
  return lengths.map((length, row) => {
    const at = (row * positions + Math.min(length, positions) - 1) * words;
    return (data[at + yes] as number) - (no === undefined ? 0 : (data[at + no] as number));
  });
}

/** The logarithm of the sum of exponentials. */
function logSumOf(values: Float32Array): number {
  if (values.length === 1) return values[0] as number;
  const most = values.reduce((greatest, value) => Math.max(greatest, value), Number.NEGATIVE_INFINITY);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
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
