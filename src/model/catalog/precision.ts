import type { Precision } from './model-entry.ts';

/** Forms of a model's weights as one asks for them: the names that transformers.js has for its `dtype`. `q8`: any form of 8 bits, the one that suits this processor. */
export const precisionNames = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
export type PrecisionName = (typeof precisionNames)[number];

/** `auto`: of a model with files of several forms, the one that this processor is measured to run best. */
export const precisionChoices = ['auto', ...precisionNames] as const;
/**
 * The form of a model's weights that is wanted, or `auto`, the one that this processor is measured to run best.
 *
 * @example
 * import { createReranker, type PrecisionChoice } from 'finetooth';
 *
 * const precision: PrecisionChoice = 'int8';
 * await createReranker('late-interaction', { precision }).close?.();
 */
export type PrecisionChoice = (typeof precisionChoices)[number];

/** The form that a name asks for. */
export const precisionOfName = (name: PrecisionName): Precision => (name === 'q8' || name === 'uint8' ? 'int8' : name);

/** The name under which any file of a form is asked for. */
export const nameOfPrecision = (precision: Precision): PrecisionName => (precision === 'int8' ? 'q8' : precision);

/** `name:q4` → the name and the form; a name alone has none. */
export function splitPrecision(name: string): readonly [name: string, precision?: PrecisionName] {
  const [, base, precision] = /^(.+):([a-z0-9]+)$/.exec(name) ?? [];
  const known = precisionNames.find((one) => one === precision);
  return base === undefined || known === undefined ? [name] : [base, known];
}
