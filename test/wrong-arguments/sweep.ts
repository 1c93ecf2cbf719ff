import { FinetoothError } from '../../src/errors.ts';

/** How one call went that should have been refused, or taken. */
export interface Flaw {
  readonly call: string;
  readonly what: string;
}

/** Milliseconds that a call may take before it is said to hang. */
const HANGS_MS = 10_000;

/** What a call should not do: throw anything but a FinetoothError, throw at once where it returns a promise, or hang. */
export async function flawOf(call: string, ask: () => unknown, isAsync: boolean, also?: string): Promise<Flaw | undefined> {
  const isOurs = (error: unknown): boolean =>
    error instanceof FinetoothError || (also !== undefined && error instanceof Error && error.name.startsWith(also));
  let given: unknown;
  try {
    given = ask();
  } catch (error) {
    if (!isOurs(error)) return { call, what: nameOf(error) };
    return isAsync ? { call, what: `threw at once, where it returns a promise: ${nameOf(error)}` } : undefined;
  }
  try {
    const value = await inTime(settled(given));
    await (value as { close?: () => unknown } | undefined)?.close?.();
    return undefined;
  } catch (error) {
    return isOurs(error) ? undefined : { call, what: nameOf(error) };
  }
}

/** Whether a right call gives a promise; what it gives is closed. */
export async function isAsyncCall(ask: () => unknown): Promise<boolean> {
  let given: unknown;
  try {
    given = ask();
  } catch {
    return false;
  }
  const isPromise = typeof (given as { then?: unknown } | undefined)?.then === 'function';
  await flawOf('', () => given, false);
  return isPromise;
}

/** Of a stream the first that comes. */
async function settled(given: unknown): Promise<unknown> {
  const value = await given;
  const stream = value as AsyncGenerator | undefined;
  if (typeof stream?.[Symbol.asyncIterator] !== 'function') return value;
  await stream.next();
  await stream.return?.(undefined);
  return undefined;
}

async function inTime(work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('it hangs')), HANGS_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return `threw what is no error: ${typeof error}`;
  const place = /\n\s+at (.*src\/[^)]*)/.exec(error.stack ?? '')?.[1] ?? '';
  return `${error.name}: ${error.message} ${place}`.slice(0, 300);
}
