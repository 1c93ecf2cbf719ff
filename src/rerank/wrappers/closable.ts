import { FinetoothError } from '../../errors.ts';
import { decorate } from '../../wording/decorate.ts';
import type { Reranker } from '../reranker.ts';

/** The reranker, closed by `close` once; every later call is refused with E_STOPPED, whatever is inside. */
export function closable(reranker: Reranker, close: () => Promise<unknown>): Reranker {
  let isClosed = false;
  return decorate(reranker, {
    score: async (...asked) => {
      if (isClosed) throw new FinetoothError('E_STOPPED', `the reranker "${reranker.fingerprint}" was closed before it was asked for more`);
      return reranker.score(...asked);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await close();
    },
  });
}
