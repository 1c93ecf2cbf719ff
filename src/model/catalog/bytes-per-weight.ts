import type { Precision } from './model-entry.ts';

/** Bytes that a weight takes in a file of each form, with its share of the scales. */
export const bytesPerWeight = { fp32: 4, fp16: 2, int8: 1, q4: 0.625, q4f16: 0.5625, bnb4: 0.5625 } as const satisfies Record<
  Precision,
  number
>;
