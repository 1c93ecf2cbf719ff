import { z } from 'zod';
import { type ErrorCode, errorTable } from '../../errors.ts';
import { type Problem, statusOf } from '../problem.ts';
import type { Dialect, Failure } from './dialect.ts';
import { togetherFailure } from './together.ts';

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** `error` is what the command line prints with --json, and the field that is wrong; what stands beside it is read by clients of earlier versions. */
export const ownFailure = z.object({
  error: z.object({ code: z.enum(codes), message: z.string(), type: z.string(), param: z.string().nullable() }),
  message: z.string(),
  detail: z.string(),
  id: z.string(),
});

/** Paths of our own API: no vendor's client is there, so the status is that of errors.ts and the body names the code. */
export const ownPath = /^\/(ui|v1\/(search|indexes|files|overlap))(?=[/?]|$)/;

export const own: Dialect = { name: 'Finetooth', prefix: '', endpoints: [], fail: failAsOurs, failure: ownFailure };

function failAsOurs(problem: Problem, id: string): Failure {
  const { code, message } = problem;
  const { error } = togetherFailure(problem);
  return { status: statusOf(problem), body: { error: { ...error, code }, message, detail: message, id } };
}
