import type { ZodError } from 'zod';
import { FinetoothError, messageOf } from '../errors.ts';

/** What went wrong, before a dialect gives it a status and a form. */
export type ProblemKind =
  /** The body is no JSON, or not of the form that the endpoint takes. */
  | 'malformed'
  /** The form is right, a value is not. */
  | 'invalid'
  /** No documents, no texts, or a query without a word. */
  | 'empty'
  | 'key'
  | 'forbidden'
  | 'model'
  | 'path'
  /** An index was made anew in the middle of the request, or has another model. */
  | 'conflict'
  | 'large'
  | 'busy'
  | 'stopped'
  | 'late'
  | 'unready'
  /** The disk of the server. */
  | 'full'
  | 'failed';

export interface Problem {
  readonly kind: ProblemKind;
  /** A sentence for people; of `failed` it holds no secrets and no paths. */
  readonly message: string;
  /** The field of the request that is wrong. */
  readonly param?: string;
  /** Seconds after which asking again may help. */
  readonly retryAfter?: number;
}

/** A request that is refused, and why. */
export class RequestError extends Error {
  readonly problem: Problem;

  constructor(kind: ProblemKind, message: string, more: { readonly param?: string; readonly retryAfter?: number } = {}) {
    super(message);
    this.name = 'RequestError';
    this.problem = { kind, message, ...more };
  }
}

/** Union-safe statuses; a dialect may have others. */
export const statusOf: Readonly<Record<ProblemKind, number>> = {
  malformed: 400,
  invalid: 400,
  empty: 400,
  key: 401,
  forbidden: 403,
  model: 404,
  path: 404,
  conflict: 409,
  large: 413,
  busy: 429,
  stopped: 499,
  late: 504,
  unready: 503,
  full: 507,
  failed: 500,
};

/** Sentences of a schema that a body does not fit, the first field's name beside them. */
export const misfit = (error: ZodError): RequestError => {
  const [first] = error.issues;
  const path = (first?.path ?? []).map(String).join('.');
  const sentence = first?.message ?? 'the body does not have the form that this endpoint takes';
  return new RequestError('malformed', path === '' ? sentence : `${path}: ${sentence}`, path === '' ? {} : { param: path });
};

/** Whether a body ended before its end: its sender has left. */
export const isGone = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String((error as { readonly code?: unknown } | null)?.code));

const kindOfCode: Readonly<Partial<Record<FinetoothError['code'], ProblemKind>>> = {
  E_QUERY: 'empty',
  E_USAGE: 'invalid',
  E_FIELD: 'invalid',
  E_INPUT_EMPTY: 'empty',
  E_INPUT_FORMAT: 'malformed',
  E_DUPLICATE_ID: 'invalid',
  E_MODEL_UNKNOWN: 'model',
  E_MODEL_MISSING: 'unready',
  E_LOCKED: 'unready',
  // Of an index whose vectors are a vendor's.
  E_VENDOR_BUSY: 'unready',
  E_VENDOR_DOWN: 'unready',
  E_VENDOR_ANSWER: 'unready',
  E_VENDOR_REFUSED: 'unready',
  E_KEY: 'unready',
  E_PACKAGE: 'unready',
  E_DEADLINE: 'unready',
  E_DISK_FULL: 'full',
  E_STOPPED: 'stopped',
};

/** What is told of errors whose own sentences name files of the server. */
const veiled: Readonly<Partial<Record<ProblemKind, string>>> = {
  unready: 'the server is not ready for this: a model or an index cannot be used now',
  full: 'the disk of the server is full; what was acknowledged before is kept',
  failed: 'the server failed',
};

/** A client may know as much, so that it does not take a damaged index for one that holds nothing, nor asks again. */
const damaged = 'E_INDEX_DAMAGED: the index cannot be read, since files of it are missing or were changed; it must be restored or rebuilt';

/** Whether a problem is the server's, so that its log must say more than the client is told. */
export const isOurs = ({ kind }: Problem): boolean => veiled[kind] !== undefined;

/** Every thrown value as a problem. What is not the client's doing is not told to it: the log has it. */
export const problemOf = (error: unknown, id: string): Problem => {
  if (error instanceof RequestError) return error.problem;
  const kind = error instanceof FinetoothError ? (kindOfCode[error.code] ?? 'failed') : 'failed';
  const sentence = error instanceof FinetoothError && error.code === 'E_INDEX_DAMAGED' ? damaged : veiled[kind];
  return { kind, message: sentence === undefined ? messageOf(error) : `${sentence}; its log has the reason under ${id}.` };
};
