import { isRerankingModel, type RerankingModel } from '../hosted/ai-sdk.ts';
import { either, text, type ValueCheck, when } from '../wording/check-options.ts';
import type { CalibrationFile } from './calibration.ts';
import type { Effort } from './effort.ts';
import { isReranker, type Reranker } from './reranker.ts';

/** A reranker by name (`default`, `late-interaction`, `first-stage`, a cross-encoder, `vendor:model`) or as it is. */
export type RerankerPart = string | Reranker | RerankingModel;

/** Whether a caller's value is one. */
export const isRerankerPart: ValueCheck = either(
  'the name of a reranker, a reranker, or a reranking model of the AI SDK',
  text,
  isReranker,
  when('a model of the AI SDK', isRerankingModel),
);
export const rerankerParts: ValueCheck = when(
  'a list of rerankers or their names',
  (value) => Array.isArray(value) && Array.from(value).every((one) => isRerankerPart(one) === undefined),
);
/** One, or several, of which there is at least one. */
export const someRerankerParts: ValueCheck = either(
  'the name of a reranker, a list of names, a reranker, or a reranking model of the AI SDK',
  isRerankerPart,
  (value) => (Array.isArray(value) && value.length === 0 ? 'none' : rerankerParts(value)),
);

/** What may be done with a long text. */
export const waysOfLongDocuments = ['truncate', 'chunk', 'sentences'] as const;
export type LongDocuments = (typeof waysOfLongDocuments)[number];

/** What is put around a reranker, the same at every door. In which order: decisions/0020-builder.md. */
export interface RerankerSettings {
  /** Rerankers that rank when the first one cannot, in this order: `local`, `vendor:model`, `first-stage`. @default none */
  readonly fallback?: readonly RerankerPart[];
  /** Throw where a fallback would rank. @default false */
  readonly strict?: boolean;
  /** A file of `finetooth calibrate`, or its path, for whichever of these rerankers it was fitted for. @default what is known of each */
  readonly calibration?: string | CalibrationFile;
  /** A folder of cached scores, see `cached`. @default none */
  readonly scoreCache?: string;
  /**
   * What a reranker does with a long text. `truncate`: read as much as fits its window and say how much it left out. `chunk`: read what its window does not
   * hold in chunks, and let the best one count. `sentences`: read of more than about 128 tokens the sentences that carry the match, so many tokens in all;
   * late interaction reads as with `truncate`, since it has the token vectors. @default truncate for local models, chunk for hosted ones
   */
  readonly longDocuments?: LongDocuments;
  /** How many candidates the cross-encoder of `default` reads where a call does not say, see `SearchOptions.effort`. @default normal */
  readonly effort?: Effort;
}

/** A reranker as a value: what openIndex, a pipelines file, the command line and an evaluation say of one. */
export interface RerankerPlan extends RerankerSettings {
  /** Several are a cascade; null: none, the first stage alone ranks. @default default */
  readonly reranker?: RerankerPart | readonly RerankerPart[] | null;
}
