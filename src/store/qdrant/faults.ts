import { FinetoothError, messageOf, systemCodeOf } from '../../errors.ts';

/** What became of a request: `connection` and `server`: it may be asked again, nothing of ours is wrong. `final`: it may not. */
export type Fault = 'connection' | 'server' | 'final';

/** The status of an answer that says no; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  const { status } = error as { readonly status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

/** What the server says of it, or what broke the connection, as half a sentence. */
export function reasonOf(error: unknown): string {
  const { data, cause } = error as { readonly data?: { readonly status?: { readonly error?: unknown } }; readonly cause?: unknown };
  const told = data?.status?.error;
  if (typeof told === 'string') return told.trim().replace(/\.$/, '');
  return cause === undefined ? messageOf(error) : messageOf(cause);
}

/** Whether the answer says that there is no such collection. */
export const isMissing = (error: unknown): boolean => statusOf(error) === 404;

export const isExisting = (error: unknown): boolean => /already exists/.test(reasonOf(error));

export function faultOf(error: unknown): Fault {
  if (error instanceof FinetoothError) return 'final';
  const status = statusOf(error);
  if (status === undefined) return isBroken(error) ? 'connection' : 'final';
  if (isDiskFull(error)) return 'final';
  // The client tells 429 by an error of its own, without a status where the server says when to come again.
  return status === 408 || status === 429 || status >= 500 ? 'server' : 'final';
}

/** An update that was not seen to its end, though the answer says 200. */
export class Unfinished extends Error {}

/** The error of ours for one that is not asked again, or was in vain. */
export function translated(error: unknown, shown: string): unknown {
  if (error instanceof FinetoothError) return error;
  const [status, reason] = [statusOf(error), reasonOf(error)];
  if (status === 401 || status === 403)
    return new FinetoothError(
      'E_KEY',
      `${shown} refuses the key (${reason}). Give the right one in QDRANT_API_KEY, or before the host as in qdrant://key@host/films.`,
      { cause: error },
    );
  if (isDiskFull(error))
    return new FinetoothError(
      'E_DISK_FULL',
      `${shown} has no room left on its disk (${reason}). What was acknowledged before is kept; make room there and run the same command again.`,
      { cause: error },
    );
  if (status === 413)
    return new FinetoothError(
      'E_TOO_LARGE',
      `${shown} takes no request of this size (${reason}). Raise service.max_request_size_mb there.`,
      {
        cause: error,
      },
    );
  return error;
}

const isDiskFull = (error: unknown): boolean =>
  statusOf(error) === 507 || /no space left|disk (is )?full|out of disk/i.test(reasonOf(error));

/** The connection could not be made, broke, or no answer came in time. */
function isBroken(error: unknown): boolean {
  if (error instanceof Unfinished) return true;
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  if (name === 'QdrantClientTimeoutError' || name === 'QdrantClientResourceExhaustedError') return true;
  if (systemCodeOf(error) !== undefined || String(cause?.code).startsWith('UND_ERR_')) return true;
  // An answer that was cut off is no JSON, or ends before its length.
  return error instanceof TypeError ? /fetch failed|terminated/.test(error.message) : error instanceof SyntaxError;
}
