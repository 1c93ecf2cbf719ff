/**
 * What the bundled int8 models give on the processor that runs this. Their integer sums are exact everywhere, but what stands between them is
 * rounded in 32 bits and quantised again, so vectors and logits differ a little by kind of processor (AVX2, AVX-512, VNNI, AMX, Arm).
 * usage: node results/processor.ts [DEPTH]      one JSON object: cosines with the goldens, and films among the first DEPTH (20) without judgment
 *
 * Another processor can be emulated (CONTRIBUTING.md); measured ones stand in results/fits/processors.json.
 */
import { cpus } from 'node:os';
import { openModel } from '../src/embedders.ts';
import { readCollection } from '../src/eval/collection.ts';
import { cosines } from '../test/golden-vectors.ts';
import { pool, samplesFolder } from './pool.ts';

const goldenCosines = async (): Promise<readonly number[]> => {
  const encoder = await openModel();
  try {
    return await cosines(encoder, 'bge-small-en-v1.5');
  } finally {
    await encoder.close();
  }
};

/** Pairs of query and film, as `query film`. */
export const unjudgedFilms = async (depth: number): Promise<readonly string[]> => {
  const [{ judgments }, { ids }] = await Promise.all([readCollection(samplesFolder), pool(depth)]);
  return [...ids].flatMap(([query, found]) => found.filter((id) => !judgments.get(query)?.has(id)).map((id) => `${query} ${id}`));
};

if (import.meta.main) {
  const embedder = await goldenCosines();
  process.stderr.write(`smallest cosine ${Math.min(...embedder).toFixed(5)}; now the films …\n`);
  const unjudged = await unjudgedFilms(Number(process.argv[2] ?? 20));
  process.stdout.write(`${JSON.stringify({ processor: cpus()[0]?.model ?? process.arch, cosines: embedder, unjudged })}\n`);
}
