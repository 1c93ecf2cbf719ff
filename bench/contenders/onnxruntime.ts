/** onnxruntime-node by hand: one text at a time through one session with two threads. */
import * as ort from 'onnxruntime-node';
import { loadTokenizer } from '../../src/model/tokenize/load-tokenizer.ts';
import { contenderFiles, serveContender, threads } from './contender.ts';

const { modelPath, tokenizerPath, maxTokens } = contenderFiles();
const session = await ort.InferenceSession.create(modelPath, { intraOpNumThreads: threads, graphOptimizationLevel: 'all' });
const tokenizer = await loadTokenizer(tokenizerPath);

const unitMean = (rows: Float32Array, count: number, size: number): Float32Array => {
  const mean = new Float32Array(size);
  for (let row = 0; row < count; row++) for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (rows[row * size + i] as number);
  const length = Math.hypot(...mean);
  return mean.map((value) => value / length);
};

serveContender(async (texts) => {
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const { ids } = tokenizer.encode(text, maxTokens);
    const shape = [1, ids.length];
    const tensor = (value: (id: number) => bigint) => new ort.Tensor('int64', BigInt64Array.from(ids, value), shape);
    const output = (await session.run({ input_ids: tensor(BigInt), attention_mask: tensor(() => 1n), token_type_ids: tensor(() => 0n) }))
      .last_hidden_state;
    vectors.push(unitMean(output?.data as Float32Array, ids.length, output?.dims[2] as number));
  }
  const size = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * size);
  vectors.forEach((vector, row) => all.set(vector, row * size));
  return all;
});
