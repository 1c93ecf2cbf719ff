import type { Precision } from '../catalog/model-entry.ts';

/**
 * Padded tokens in one run, by the precision of the weights. An int8 model quantises its activations over the whole run, so a text's
 * neighbours would leak into its vector or score: each text is run alone. For fp32, runs of 256 tokens were fastest (decisions/0004).
 */
export const tokenBudget = { int8: 0, fp32: 256, fp16: 256, q4: 256, q4f16: 256, bnb4: 256 } as const satisfies Record<Precision, number>;

/**
 * Groups texts into runs of the model: longest first, neighbours of like length, so that little is padding.
 *
 * @param lengths tokens of each text
 * @param budget padded tokens in one run; a text alone may exceed it. 0 gives every text a run of its own.
 * @returns positions in `lengths`, each once
 */
export function batchesOf(lengths: readonly number[], budget: number): readonly (readonly number[])[] {
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
  const batches: number[][] = [];
  let open: number[] = [];
  let width = 0;
  for (const i of order) {
    if (open.length > 0 && width * (open.length + 1) > budget) {
      batches.push(open);
      open = [];
    }
    if (open.length === 0) width = lengths[i] as number;
    open.push(i);
  }
  if (open.length > 0) batches.push(open);
  return batches;
}
