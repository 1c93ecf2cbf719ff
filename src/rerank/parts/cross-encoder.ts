import { unlessZero } from '../../math/vectors.ts';
import { takesInstruction } from '../../model/catalog/scoring.ts';
import { isCrossEncoder } from '../../model/check-model.ts';
import type { CrossEncoder } from '../../model/cross-encoder.ts';
import { scoreTolerance } from '../../model/tolerance.ts';
import { checkArguments, type OptionChecks } from '../../wording/check-options.ts';
import { type Calibration, relevanceOf, sigmoid } from '../calibration.ts';
import { isCalibration } from '../check-calibration.ts';
import { checkedScore } from '../checked-calls.ts';
import type { Reranker } from '../reranker.ts';
import { fittedCalibration } from './fitted.ts';

export interface CrossEncoderOptions {
  /** Turns a logit into a probability. @default what was fitted for these weights, where they are bundled; else the model's own sigmoid, where its config has one */
  readonly calibration?: Calibration;
}

const checks: OptionChecks<CrossEncoderOptions> = { calibration: isCalibration };

/**
 * A model that reads query and candidate together. Scores are its logits, so that order is not lost where a sigmoid rounds to 1.
 *
 * @example
 * import { rerank } from 'finetooth';
 * import { createModelSessions } from 'finetooth/embedders';
 * import { crossEncoder } from 'finetooth/rerankers';
 * import { pullModel } from 'finetooth/tasks';
 *
 * const { entry, ...files } = await pullModel('ms-marco-minilm-l-12-v2');
 * if (entry.kind !== 'cross-encoder') throw new Error(`${entry.name} makes vectors`);
 * const model = crossEncoder(createModelSessions().crossEncoder({ ...files, entry }));
 * const { results } = await rerank('how do bats find their way', ['Wheat rose.', 'Bats hunt by echo.'], { model });
 * console.log(results[0].document); // Bats hunt by echo.
 * await model.close?.();
 */
export function crossEncoder(model: CrossEncoder, options: CrossEncoderOptions = {}): Reranker {
  checkArguments('crossEncoder(createModelSessions().crossEncoder(files))', {
    model: [model, isCrossEncoder],
    options: [options, checks],
  });
  const fingerprint = `cross-encoder-1(${model.fingerprint})`;
  const calibration =
    options.calibration ?? fittedCalibration(fingerprint) ?? (model.files.entry.scoring.activation === 'sigmoid' ? sigmoid : undefined);
  return {
    fingerprint,
    calibration,
    languages: model.files.entry.languages,
    tolerance: scoreTolerance(model.files.entry),
    takesInstruction: takesInstruction(model.files.entry.scoring),
    score: checkedScore(async (query, candidates, { signal, instruction, exact } = {}) => {
      const texts = candidates.map(({ text }) => text);
      const { scores, tokens, truncated, queryTruncated } = await model.score(query, texts, { signal, instruction, exact });
      return {
        scores,
        usage: { tokens: tokens.reduce((sum, count) => sum + count, 0) },
        relevance: calibration === undefined ? undefined : relevanceOf(scores, calibration),
        truncatedTokens: unlessZero(truncated),
        queryTruncatedTokens: unlessZero(queryTruncated),
      };
    }),
    load: () => model.load(),
    close: () => model.close(),
  };
}
