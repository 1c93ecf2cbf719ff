import { FinetoothError, messageOf } from '../errors.ts';

/** The entries of a list or a stream, in their order. Throws E_USAGE for one that cannot be looked at, such as a proxy that throws. */
export async function* entriesOf<Entry>(given: Iterable<Entry> | AsyncIterable<Entry>, name: string): AsyncGenerator<Entry> {
  if (Symbol.asyncIterator in given) {
    yield* given;
    return;
  }
  let at = 0;
  for (const entry of given) {
    at++;
    try {
      // What is handed on is waited for, and so is asked for this.
      void (entry as { readonly then?: unknown } | null | undefined)?.then;
    } catch (cause) {
      throw new FinetoothError('E_USAGE', `entry ${at} of ${name} cannot be read: ${messageOf(cause)}.`, { cause });
    }
    yield entry;
  }
}
