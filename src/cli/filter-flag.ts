import { FinetoothError, messageOf } from '../errors.ts';
import { type Filter, readFilter } from '../plan.ts';

/** All of several `--filter` beside the filter before them; undefined: nothing is asked. Throws E_USAGE with the text of the one that is not understood. */
export function filterFlag(texts: readonly string[] = [], before?: Filter): Filter | undefined {
  for (const text of texts) checkText(text);
  const all: readonly Filter[] = before === undefined ? texts : [before, ...texts];
  return all.length > 1 ? { and: all } : all[0];
}

function checkText(text: string): void {
  try {
    readFilter(text);
  } catch (error) {
    throw new FinetoothError('E_USAGE', `--filter ${JSON.stringify(text.slice(0, 200))}: ${messageOf(error)}`);
  }
}
