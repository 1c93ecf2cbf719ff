import { FinetoothError, type Wording } from '../../errors.ts';
import { readJsonValue } from '../../read/json-value.ts';
import type { CallOptions } from '../../types.ts';
import type { EvalReport } from './report.ts';

/**
 * Reads a report that was written as JSON. Throws E_INPUT_FORMAT for anything else.
 *
 * @example
 * import { readReport } from 'finetooth/eval';
 *
 * const { pipelines } = await readReport('report.json'); // of `finetooth eval --json`
 * console.log(pipelines.map(({ name }) => name).join(', ')); // bm25, dense, dense + late interaction
 */
export async function readReport(path: string, { signal }: CallOptions = {}): Promise<EvalReport> {
  const value = await readJsonValue(path, signal, advice);
  if (isReport(value)) return value;
  throw new FinetoothError('E_INPUT_FORMAT', (say) => `${path} is no report of an evaluation. ${advice(say)}`);
}

const advice = (say: Wording): string => `Write one with ${say.report()}.`;

function isReport(value: unknown): value is EvalReport {
  const report = value as Partial<EvalReport> | null;
  if (typeof report !== 'object' || report === null || !Array.isArray(report.queryIds) || !Array.isArray(report.pipelines)) return false;
  return report.pipelines.every(
    ({ name, measures, perQuery, latency }) =>
      typeof name === 'string' &&
      typeof measures === 'object' &&
      typeof latency === 'object' &&
      typeof perQuery === 'object' &&
      Object.values(perQuery).every((values) => Array.isArray(values) && values.length === report.queryIds?.length),
  );
}
