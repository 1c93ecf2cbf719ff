import { isRecord, type ValueCheck, when } from '../wording/check-options.ts';

/** Whether a value is a calibration that keeps the order of scores. */
export const isCalibration: ValueCheck = when(
  'a calibration, such as { slope: 1, intercept: 0 }, its slope above 0, or { points } that rise',
  (value) => {
    if (!isRecord(value)) return false;
    const { slope, intercept, points } = value;
    if (isNumber(slope) && isNumber(intercept)) return slope > 0;
    if (!Array.isArray(points) || points.length === 0) return false;
    if (!points.every((point) => Array.isArray(point) && point.length === 2 && point.every(isNumber))) return false;
    return (points as readonly (readonly [number, number])[]).every(([score, probability], i, all) => {
      const [earlier, less] = all[i - 1] ?? [Number.NEGATIVE_INFINITY, 0];
      return probability <= 1 && score > earlier && probability >= less;
    });
  },
);

/** Whether a value is what readCalibration gives. */
export const isCalibrationFile: ValueCheck = when(
  'what readCalibration gives',
  (value) =>
    isRecord(value) &&
    value.format === 'finetooth-calibration-1' &&
    typeof value.reranker === 'string' &&
    isCalibration(value.calibration) === undefined,
);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
