import { FinetoothError, messageOf } from '../errors.ts';
import { readLineBatches } from '../read/read.ts';
import type { CallOptions } from '../types.ts';
import type { EvalReport } from './report.ts';

const isReport = (value: unknown): value is EvalReport => {
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
};

/** Reads a report that `finetooth eval --json` wrote. Throws E_INPUT_FORMAT for anything else. */
export const readReport = async (path: string, { signal }: CallOptions = {}): Promise<EvalReport> => {
  const lines: string[] = [];
  for await (const { texts } of readLineBatches(path, signal === undefined ? {} : { signal })) for (const text of texts) lines.push(text);
  let value: unknown;
  try {
    value = JSON.parse(lines.join('\n'));
  } catch (error) {
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${path} is not JSON: ${messageOf(error)}. Write it with "finetooth eval … --json > FILE".`,
      {
        cause: error,
      },
    );
  }
  if (isReport(value)) return value;
  throw new FinetoothError('E_INPUT_FORMAT', `${path} is no report of an evaluation. Write one with "finetooth eval … --json > FILE".`);
};
