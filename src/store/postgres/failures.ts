import { FinetoothError, messageOf } from '../../errors.ts';

/** What the server or the way to it may get over by itself (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const passingStates = new Set(['40001', '40P01', '53300', '57P01', '57P02', '57P03', '57P05', '25P03']);
const brokenSocket = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'EAI_AGAIN', 'ENOENT']);
/** Sentences of `pg` and of poolers, which have no code. */
const brokenSentence =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|server closed the connection|server conn crashed/i;

/** Whether the same may be done again on another connection. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (passingStates.has(code) || brokenSocket.has(code) || /^08(?!P01)/.test(code))) return true;
  return code === undefined && brokenSentence.test(messageOf(error));
}

/** Whether there is no such table, schema or database: no index. */
export const isAbsent = (error: unknown): boolean => ['42P01', '3F000'].includes(codeOf(error) ?? '');

/** An error of the database as one of ours. */
export function failureOf(error: unknown, { what, shown }: { readonly what: string; readonly shown: string }): unknown {
  if (error instanceof FinetoothError || isAbsent(error)) return error;
  const said = messageOf(error).split('\n')[0] as string;
  const code = codeOf(error);
  const refused = (sentence: string): FinetoothError => new FinetoothError('E_DATABASE', sentence, { cause: error });
  if (code === undefined && !brokenSentence.test(said) && !/^SASL/.test(said)) return error;
  if (code === '28P01' || code === '28000' || /^SASL/.test(said))
    return new FinetoothError(
      'E_KEY',
      `PostgreSQL refuses the user or the password of ${shown} (${said}). Check both; the password stands in the address or in the variable PGPASSWORD.`,
      { cause: error },
    );
  if (code === '3D000')
    return refused(`the database of ${shown} is not there (${said}). Create it with "CREATE DATABASE", or name another.`);
  if (code === '42501')
    return refused(
      `the user of ${shown} may not do this (${said}). It needs the right to create a schema in the database, or owns the schema of the index.`,
    );
  if (code === '53100') return diskFull(error, shown);
  if (code === '53300')
    return refused(`PostgreSQL has no connection left for ${shown} (${said}). Raise max_connections there, or put a pooler before it.`);
  if (code === '55P03')
    return new FinetoothError(
      'E_LOCKED',
      `cannot ${what} ${shown}: another process has been writing to it for five minutes. Run the same command again when it is done.`,
      { cause: error },
    );
  if (code === '57014')
    return refused(
      `PostgreSQL ended what ${shown} was asked, since it took longer than its statement_timeout (${said}). Raise it: ALTER ROLE … SET statement_timeout.`,
    );
  if (isPassing(error))
    return refused(`PostgreSQL cannot be reached at ${shown} (${said}). Check that it runs and that host and port are right.`);
  if (code !== undefined && /^E[A-Z]/.test(code))
    return refused(`PostgreSQL cannot be reached at ${shown} (${said}). Check host and port, and sslmode.`);
  return refused(`cannot ${what} ${shown}: PostgreSQL says "${said}" (${code}).`);
}

const diskFull = (error: unknown, shown: string): FinetoothError =>
  new FinetoothError(
    'E_DISK_FULL',
    `cannot write to ${shown}: the disk of the server is full. What was acknowledged before is kept; make room and run the same command again.`,
    { cause: error },
  );

/** The SQLSTATE of an error, or the system's code. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at !== null && typeof at === 'object' && depth < 8; depth++) {
    const { code, cause, errors } = at as { readonly code?: unknown; readonly cause?: unknown; readonly errors?: readonly unknown[] };
    if (typeof code === 'string' && code !== '') return code;
    at = cause ?? errors?.[0];
  }
  return undefined;
}
