import { type ErrorCode, errorTable, FinetoothError, libraryWording, messageOf, type Wording } from '../errors.ts';

/** What went wrong, for the words that vendors have for it; the status is that of the code. */
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
  /** An index was made again in the middle of the request, or has another model. */
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
  readonly code: ErrorCode;
  readonly kind: ProblemKind;
  /** A sentence for people; of what is not the client's doing it holds no secrets and no paths. */
  readonly message: string;
  /** The field of the request that is wrong. */
  readonly param?: string | undefined;
  /** Seconds after which asking again may help. */
  readonly retryAfter?: number | undefined;
  /** Not the client's doing, so that the log must say more than the client is told. */
  readonly ours?: boolean;
}

/** The code of a problem that only a server has; the others come with the error that was thrown. */
export const codeOf: Readonly<Record<ProblemKind, ErrorCode>> = {
  malformed: 'E_USAGE',
  invalid: 'E_USAGE',
  empty: 'E_USAGE',
  key: 'E_UNAUTHORIZED',
  forbidden: 'E_FORBIDDEN',
  model: 'E_MODEL_UNKNOWN',
  path: 'E_NOT_FOUND',
  conflict: 'E_FINGERPRINT',
  large: 'E_TOO_LARGE',
  busy: 'E_BUSY',
  stopped: 'E_STOPPED',
  late: 'E_DEADLINE',
  unready: 'E_MODEL_MISSING',
  full: 'E_DISK_FULL',
  failed: 'E_BUG',
};

/** A request that is refused, and why. */
export class RequestError extends Error {
  readonly problem: Problem;

  constructor(kind: ProblemKind, message: string, more: Partial<Pick<Problem, 'code' | 'param' | 'retryAfter'>> = {}) {
    super(message);
    this.name = 'RequestError';
    this.problem = { ...more, kind, message, code: more.code ?? codeOf[kind] };
  }
}

/** What a client did itself: it is told the sentence, which names nothing of the server's. */
const told: Readonly<Partial<Record<ErrorCode, ProblemKind>>> = {
  E_QUERY: 'empty',
  E_USAGE: 'invalid',
  E_FIELD: 'invalid',
  E_INPUT_EMPTY: 'empty',
  E_INPUT_FORMAT: 'malformed',
  E_DUPLICATE_ID: 'invalid',
  E_STOPPED: 'stopped',
};

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What sentences advise, as a client sends it. */
export const httpWording: Wording = {
  ...libraryWording,
  option: (name, value) => (value === undefined ? snake(name) : `"${snake(name)}": ${JSON.stringify(value)}`),
  as: (name) => `as ${snake(name)}`,
  makeIndex: () => 'POST /v1/indexes',
  rebuildIndex: () => 'DELETE and POST /v1/indexes',
  restoreIndex: () => '"finetooth restore" on its machine',
  // A client names no file of the server, so there is nothing here that takes a calibration.
  calibrate: () => '"finetooth calibrate" and search from the command line or the library',
};

/** Status at a path of our own: that of errors.ts. */
export const statusOf = ({ code }: Problem): number => errorTable[code].http;

/**
 * Status at a vendor's path, the only place where one differs from errors.ts. What vendors' clients know of a wrong value is 400, which they
 * throw as an error of the request and do not send again; 422 is for them a schema's (FastAPI), and 402 a bill of the vendor's own. `own` has the
 * statuses in which one vendor differs from the others, as its reference says.
 */
export function vendorStatusOf({ code, kind }: Problem, own: Readonly<Partial<Record<ProblemKind, number>>> = {}): number {
  const { http } = errorTable[code];
  return own[kind] ?? (http === 422 ? 400 : http === 402 ? 503 : http);
}

/** Whether a body ended before its end: its sender has left. */
export const isGone = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String((error as { readonly code?: unknown } | null)?.code));

/** Every thrown value as a problem. What is not the client's doing is not told to it: the log has it. */
export function problemOf(error: unknown, id: string, wording: Wording = httpWording): Problem {
  if (error instanceof RequestError) return error.problem;
  const code = error instanceof FinetoothError ? error.code : 'E_BUG';
  const kind = told[code];
  return kind === undefined ? veiled(code, id) : { code, kind, message: messageOf(error, wording) };
}

/** The rest is the server's: the client is told what the table says of the code, so that it can tell a damaged index from an empty one. */
function veiled(code: ErrorCode, id: string): Problem {
  const { http, meaning } = errorTable[code];
  const kind = code === 'E_DISK_FULL' ? 'full' : http === 409 ? 'conflict' : http === 503 ? 'unready' : 'failed';
  return {
    code,
    kind,
    message: `${code}: ${meaning.charAt(0).toLowerCase()}${meaning.slice(1, -1)}; the server's log has the reason under ${id}.`,
    ours: true,
  };
}
