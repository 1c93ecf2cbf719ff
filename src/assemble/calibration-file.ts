import { FinetoothError } from '../errors.ts';
import { readJsonValue } from '../read/json-value.ts';
import type { CalibrationFile } from '../rerank/calibration.ts';
import { isCalibrationFile } from '../rerank/check-calibration.ts';
import { isReranker, type Reranker } from '../rerank/reranker.ts';
import { calibrated } from '../rerank/wrappers/calibrated.ts';
import { checkArguments, signal as isSignal, text } from '../wording/check-options.ts';
import { optional } from '../wording/check-shapes.ts';

/**
 * Throws E_INPUT_MISSING, and E_INPUT_FORMAT for a file that `finetooth calibrate` did not write.
 *
 * @example
 * import { createReranker, rerank } from 'finetooth';
 * import { readCalibration } from 'finetooth/rerankers';
 *
 * const calibration = await readCalibration('calibration.json');
 * const model = createReranker('late-interaction', { calibration });
 * const { calibrated } = await rerank('bats', ['Bats hunt by echo.'], { model });
 * console.log(calibrated); // true
 * await model.close?.();
 */
export async function readCalibration(path: string, signal?: AbortSignal): Promise<CalibrationFile> {
  checkArguments("readCalibration('calibration.json')", { path: [path, text], signal: [signal, optional(isSignal)] });
  const value = await readJsonValue(path, signal);
  if (isCalibrationFile(value) === undefined) return value as CalibrationFile;
  throw new FinetoothError('E_INPUT_FORMAT', (say) => `${path} is no calibration: make one with ${say.calibrate(path)}.`);
}

/**
 * The reranker with the probabilities of the file. What `createReranker` gives knows its fingerprint only once it is loaded: it takes the file as its
 * option `calibration`. Throws E_FINGERPRINT when the file was fitted for another one.
 *
 * @example
 * import { rerank } from 'finetooth';
 * import { openModel } from 'finetooth/embedders';
 * import { lateInteraction, readCalibration, withCalibration } from 'finetooth/rerankers';
 *
 * const encoder = await openModel();
 * const model = withCalibration(lateInteraction(encoder), await readCalibration('calibration.json'));
 * const { calibrated } = await rerank('bats', ['Bats hunt by echo.'], { model });
 * console.log(calibrated); // true
 * await encoder.close();
 */
export function withCalibration(reranker: Reranker, file: CalibrationFile): Reranker {
  checkArguments('withCalibration(reranker, await readCalibration(path))', {
    reranker: [reranker, isReranker],
    file: [file, isCalibrationFile],
  });
  checkFitted(file, [reranker]);
  return calibrated(reranker, file.calibration);
}

/** Throws E_FINGERPRINT when the calibration was fitted for none of the rerankers, of which the first is to rank and the others are its fallbacks. */
export function checkFitted({ reranker: fitted }: CalibrationFile, rerankers: readonly Reranker[]): void {
  const [first, ...others] = rerankers.map(({ fingerprint }) => `"${fingerprint}"`);
  if (rerankers.some(({ fingerprint }) => fingerprint === fitted)) return;
  const behind = others.length === 0 ? '' : `, with ${others.join(' and ')} as fallback`;
  throw new FinetoothError(
    'E_FINGERPRINT',
    (say) =>
      `the calibration was fitted for "${fitted}"; the reranker is ${first}${behind}. Fit it again with ${say.calibrate()}, or leave it out.`,
  );
}
