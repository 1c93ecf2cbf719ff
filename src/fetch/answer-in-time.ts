import type { Dispatcher } from 'undici';

/**
 * An answer, or an error when not even its head came: undici waits for ever for a proxy that takes a connection and never says a word, and does not
 * hear the signal meanwhile.
 */
export async function answerInTime(
  answer: Promise<Dispatcher.ResponseData>,
  { stallMs, signal }: { readonly stallMs: number; readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const mostMs = 2 * stallMs;
  const timer = setTimeout(() => reject(new Error(`nothing came for ${mostMs / 1000} s`)), mostMs);
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    // Of one that comes too late nobody hears.
    answer.catch(() => undefined);
  }
}

/** Closes what a client holds, without waiting for who does not answer. */
export function closeNow(dispatcher: Dispatcher): void {
  dispatcher.destroy().catch(() => undefined);
}
