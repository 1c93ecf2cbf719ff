import { FinetoothError } from '../../errors.ts';
import type { SparseEncoderEntry } from '../catalog/model-entry.ts';
import type { TextTokenizer } from '../tokenize/tokenizer.ts';
import { batchesOf, tokenBudget } from './batches.ts';
import { disposeAll, feedsOf } from './feeds.ts';
import type { InferenceSession, Runtime, Tensor } from './runtime.ts';

/** What a worker is asked for. */
export interface WeighRequest {
  /** As they go to the tokenizer, prefix included. */
  readonly weigh: readonly string[];
  readonly role: 'query' | 'document';
}

export interface WeighResult {
  /** Tokens of all texts one after another, those of a text ascending, each once; their weights, above 0. */
  readonly ids: Uint32Array;
  readonly weights: Float32Array;
  /** [count + 1] Where each text begins in them. */
  readonly offsets: Uint32Array;
  /** [count] Tokens that were read of each text, special ones included. */
  readonly tokens: Uint32Array;
  /** [count] Tokens that did not fit. */
  readonly truncated: Uint32Array;
}

export interface OpenedSparseEncoder {
  readonly tokenizer: TextTokenizer;
  readonly entry: SparseEncoderEntry;
  /** [vocabulary] Weights of the tokens of queries, where those are looked up. */
  readonly queryWeights?: Float32Array | undefined;
  /** Loads the graph when it is first needed: a query that is looked up needs none. */
  graph(): Promise<{ readonly runtime: Runtime; readonly session: InferenceSession }>;
}

type Weights = ReadonlyMap<number, number>;

/** Weighs the tokens of texts. A text's weights do not depend on the other texts of the request. */
export async function weighTokens({ weigh: texts, role }: WeighRequest, model: OpenedSparseEncoder): Promise<WeighResult> {
  const { tokenizer, entry, queryWeights } = model;
  const isLookedUp = role === 'query' && queryWeights !== undefined;
  // A table has no weights for the tokens of the template, and the reference library puts none around the text.
  const read = texts.map((text) => (isLookedUp ? tokenizer.plain(text, entry.maxTokens) : tokenizer.encode(text, entry.maxTokens)));
  const weighed = isLookedUp
    ? read.map(({ ids }): Weights => new Map([...new Set(ids)].map((id) => [id, queryWeights[id] ?? 0])))
    : await byModel(
        read.map(({ ids }) => ids),
        model,
      );
  const kept = weighed.map((weights) => keptOf(weights, tokenizer.special, entry.mostWeights));
  const offsets = new Uint32Array(texts.length + 1);
  kept.forEach(({ length }, i) => {
    offsets[i + 1] = (offsets[i] as number) + length;
  });
  return {
    ids: Uint32Array.from(kept.flatMap((weights) => weights.map(([id]) => id))),
    weights: Float32Array.from(kept.flatMap((weights) => weights.map(([, weight]) => weight))),
    offsets,
    tokens: Uint32Array.from(read, ({ ids }) => ids.length),
    truncated: Uint32Array.from(read, ({ truncated }) => truncated),
  };
}

async function byModel(texts: readonly (readonly number[])[], model: OpenedSparseEncoder): Promise<readonly Weights[]> {
  const { entry } = model;
  const { runtime, session } = await model.graph();
  const weighed: Weights[] = texts.map(() => new Map());
  for (const batch of batchesOf(
    texts.map((ids) => ids.length),
    tokenBudget[entry.precision],
  )) {
    const run = batch.map((i) => ({ ids: texts[i] as readonly number[], truncated: 0 }));
    const feeds = feedsOf(runtime, session, run);
    const outputs = await session.run(feeds);
    const { data, width, size } = logitsIn(outputs, entry.name);
    batch.forEach((i, row) => {
      weighed[i] = pooled(data.subarray(row * width * size, (row * width + (run[row]?.ids.length ?? 0)) * size), size, entry);
    });
    disposeAll(feeds, outputs);
  }
  return weighed;
}

/** [tokens × vocabulary] logits to the weight of each token of the vocabulary that has one above 0. */
function pooled(logits: Float32Array, size: number, { activation, pooling, name }: SparseEncoderEntry): Weights {
  const activated = (logit: number): number => {
    const once = Math.log1p(Math.max(0, logit));
    return activation === 'log1p_relu' ? Math.log1p(once) : once;
  };
  const sums = new Float64Array(size);
  for (let from = 0; from < logits.length; from += size)
    for (let id = 0; id < size; id++) {
      const logit = logits[from + id] as number;
      if (logit <= 0) continue;
      if (!Number.isFinite(logit))
        throw new FinetoothError(
          'E_MODEL_FAILED',
          `the model ${name} gave a number that is not finite; its file may not suit this processor`,
        );
      // Both functions grow with the logit: the greatest of them is that of the greatest logit.
      if (pooling === 'sum') sums[id] = (sums[id] as number) + activated(logit);
      else if (logit > (sums[id] as number)) sums[id] = logit;
    }
  const weights = new Map<number, number>();
  for (let id = 0; id < size; id++) {
    const sum = sums[id] as number;
    if (sum > 0) weights.set(id, pooling === 'max' ? activated(sum) : sum);
  }
  return weights;
}

/** What is kept of weights, by token ascending: none of special tokens, which stand for no word (as OpenSearch leaves them out), and the greatest ones. */
function keptOf(weights: Weights, special: ReadonlySet<number>, most: number | undefined): readonly (readonly [number, number])[] {
  const all = [...weights]
    .map(([id, weight]) => [id, Math.fround(weight)] as const)
    .filter(([id, weight]) => weight > 0 && !special.has(id));
  const some = most === undefined || all.length <= most ? all : all.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  return some.sort((a, b) => a[0] - b[0]);
}

function logitsIn(
  outputs: Readonly<Record<string, Tensor>>,
  name: string,
): { readonly data: Float32Array; readonly width: number; readonly size: number } {
  const output = outputs.logits ?? Object.values(outputs).find(({ dims }) => dims.length === 3);
  if (output === undefined || output.dims.length !== 3 || !(output.data instanceof Float32Array))
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the model ${name} gives no logits of float32 for each token, only ${Object.keys(outputs).join(', ')}`,
    );
  return { data: output.data, width: output.dims[1] as number, size: output.dims[2] as number };
}
