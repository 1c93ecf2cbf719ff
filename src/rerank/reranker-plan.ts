import type { RerankingModel } from '../hosted/ai-sdk.ts';
import type { CalibrationFile } from './calibration.ts';
import type { Effort } from './effort.ts';
import type { Reranker } from './reranker.ts';

/** A reranker by name (`default`, `late-interaction`, `first-stage`, a cross-encoder, `vendor:model`) or as it is. */
export type RerankerPart = string | Reranker | RerankingModel;

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
   * What a reranker does with a text that its window does not hold: read as much as fits and say how much it left out, or read it in chunks and let
   * the best one count. @default truncate for local models, chunk for hosted ones
   */
  readonly longDocuments?: 'truncate' | 'chunk';
  /** How many candidates the cross-encoder of `default` reads where a call does not say, see `SearchOptions.effort`. @default normal */
  readonly effort?: Effort;
}

/** A reranker as a value: what openIndex, a pipelines file, the command line and an evaluation say of one. */
export interface RerankerPlan extends RerankerSettings {
  /** Several are a cascade; null: none, the first stage alone ranks. @default default */
  readonly reranker?: RerankerPart | readonly RerankerPart[] | null;
}
