import type { Stopwatch } from '../embedders.ts';
import type { CallOptions } from '../types.ts';
import type { Facts } from './dialects/dialect.ts';
import type { Models } from './models.ts';

/** What a handler is told beside what was asked, and what those tell who do its work. */
export interface AskOptions extends CallOptions {
  /** Becomes the answer's id. */
  readonly id: string;
  /** Milliseconds; afterwards the best so far is the answer. */
  readonly deadlineMs?: number;
}

/** What every answer says, whatever was asked. */
export type FactsOf = (
  id: string,
  model: string,
  tokens: number,
  started: number,
  watch: Stopwatch,
) => Omit<Facts, 'cut' | 'notes' | 'unknownScripts' | 'unknownLanguages'>;

export interface WorkOptions extends AskOptions {
  readonly models: Models;
  /** When the request began, of `performance.now()`. */
  readonly started: number;
  readonly factsOf: FactsOf;
}
