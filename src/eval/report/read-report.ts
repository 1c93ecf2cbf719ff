import { FinetoothError, type Wording } from '../../errors.ts';
import { readJsonValue } from '../../read/json-value.ts';
import type { CallOptions } from '../../types.ts';
import { callChecks, checkArguments, text } from '../../wording/check-options.ts';
import { isReport } from './check-report.ts';
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
export async function readReport(path: string, options: CallOptions = {}): Promise<EvalReport> {
  checkArguments("readReport('report.json')", { path: [path, text], options: [options, callChecks] });
  const value = await readJsonValue(path, options.signal, advice);
  const wrong = isReport(value);
  if (wrong === undefined) return value as EvalReport;
  throw new FinetoothError('E_INPUT_FORMAT', (say) => `${path} is no report of an evaluation: it must be ${wrong}. ${advice(say)}`);
}

const advice = (say: Wording): string => `Write one with ${say.report()}.`;
