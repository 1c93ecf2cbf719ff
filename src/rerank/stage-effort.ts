import type { Effort, efforts } from './effort.ts';
import type { OwnScores } from './expected-gain.ts';
import type { Reranker } from './reranker.ts';

/** How many of its candidates a stage reads, the best of the stage before first. */
export interface Reading {
  /** So many are read, where there are as many. */
  readonly first: number;
  /** Then so many at a time, while they are expected to gain something. */
  readonly step: number;
  /** Never more than so many. */
  readonly most: number;
  /** Discounted gain, 0 to 1, that each of the next is expected to bring, or they are not read; see `expectedGain`. */
  readonly price: number;
}

/** What each word of `Effort` means for a stage. */
export type Readings = Readonly<Record<(typeof efforts)[number], Reading>>;

/** How a stage spends its time by effort, and what it needs to know to do so. */
export interface StageEffort {
  readonly readings: Readings;
  readonly known: OwnScores;
}

/** A number reads so many and asks for no gain. A stage that is asked once for a list, or has a price for each call, reads all that it may at once. */
export function readingOf({ kind, pricedPerCall }: Reranker, { readings }: StageEffort, effort: Effort): Reading {
  if (typeof effort === 'number') return wholly(effort);
  const reading = readings[effort];
  return kind === 'listwise' || pricedPerCall === true ? wholly(reading.most) : reading;
}

export function wholly(most: number): Reading {
  return { first: most, step: most, most, price: 0 };
}
