import { randomBytes } from 'node:crypto';
import { FinetoothError } from '../../errors.ts';

/** Continuations that were handed out. A search's own cursor has a kilobyte, which a model would pay for in every answer: it gets a short name for it. */
export interface Cursors {
  /** A name under which a continuation is known until a thousand newer ones are. */
  keep(continuation: Continuation): string;
  /** Throws E_CURSOR for one that is not known any more, or never was. */
  find(name: string): Continuation;
}

export interface Continuation {
  /** The name of the index. */
  readonly index: string;
  /** As `search` gave it. */
  readonly cursor: string;
  /** What was asked, so that it need not be asked again. */
  readonly asked: Readonly<Record<string, unknown>>;
}

export function createCursors(most = 1000): Cursors {
  const known = new Map<string, Continuation>();
  return {
    keep: (continuation) => {
      const name = randomBytes(9).toString('base64url');
      known.set(name, continuation);
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
      return name;
    },
    find: (name) => {
      const found = known.get(name);
      if (found === undefined) throw new FinetoothError('E_CURSOR', 'this cursor is not known here, or not any more.');
      return found;
    },
  };
}
