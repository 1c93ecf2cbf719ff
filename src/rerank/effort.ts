import { either, oneOf, type ValueCheck, whole } from '../wording/check-options.ts';

/** How much of the time of its slowest stage a cascade spends, from little to all. */
export const efforts = ['low', 'normal', 'high', 'exhaustive'] as const;

/** A word, or the candidates that the slowest stage reads, whatever they give: 1 to 10,000. */
export type Effort = (typeof efforts)[number] | number;

export const MOST_READ = 10_000;

export const isEffort: ValueCheck = either(
  `one of ${efforts.join(', ')}, or a whole number from 1 to ${MOST_READ}`,
  oneOf(efforts),
  whole(1, MOST_READ),
);
