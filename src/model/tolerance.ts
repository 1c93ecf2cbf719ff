import type { BiEncoderEntry, CrossEncoderEntry, Precision } from './catalog/model-entry.ts';
import { tokenBudget } from './run/batches.ts';

/**
 * Largest differences that the other texts of a run were seen to make in a score, logit or cosine, and room above them: 1e-5 in full precision and four bits, 1.3e-3 in halves
 * (docs/reranking.md, test/exact.test.ts). Sums are added up in another order where a matrix has other rows; halves round what comes out of every layer, and one step of them is
 * .008 for logits from 8 to 16.
 */
const differences = { int8: 0, fp32: 1e-4, q4: 1e-4, bnb4: 1e-4, fp16: 1e-2, q4f16: 1e-2 } as const satisfies Record<Precision, number>;

/** By how much a model's score of a text may differ with what else is scored in the call; undefined for one that runs each text alone. */
export function scoreTolerance(entry: BiEncoderEntry | CrossEncoderEntry): number | undefined {
  const isAlone =
    tokenBudget[entry.precision] === 0 ||
    (entry.kind === 'cross-encoder' ? entry.scoring.prompt !== undefined : entry.pooling === 'output' || entry.table !== undefined);
  return isAlone ? undefined : differences[entry.precision];
}
