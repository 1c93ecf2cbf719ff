import type { Readable } from 'node:stream';
import { RequestError } from '../problem.ts';

/** What one request holds of a body that has not come in yet. */
export interface Share {
  /** So many bytes are held now. Throws, here or later from `refused`, where there is no room for them. */
  hold(bytes: number): void;
  /** Raised with a RequestError when the request has to make room. */
  readonly refused: AbortSignal;
  /** Nothing is held any more. */
  release(): void;
}

/**
 * The memory of bodies that are coming in. What counts is what has come, not what was announced, and where that is too much, the request that
 * holds most is refused: whoever sends little is let in, however many others have begun and do not go on.
 */
export interface BodyMemory {
  open(): Share;
  /** Bytes of all of them together. */
  readonly held: number;
}

export function createBodyMemory(mostBytes: number): BodyMemory {
  const shares = new Map<Share, { bytes: number; readonly stop: AbortController }>();
  let held = 0;
  const set = (share: Share, bytes: number): void => {
    const own = shares.get(share);
    if (own === undefined) return;
    held += bytes - own.bytes;
    own.bytes = bytes;
  };
  const makeRoom = (): void => {
    while (held > mostBytes) {
      let most: [Share, number] | undefined;
      for (const [share, { bytes }] of shares) if (most === undefined || bytes >= most[1]) most = [share, bytes];
      if (most === undefined) return;
      const stop = shares.get(most[0])?.stop;
      most[0].release();
      stop?.abort(
        new RequestError('busy', `${mostBytes} bytes of requests are coming in already, and this one is the largest; ask again later`, {
          retryAfter: 1,
        }),
      );
    }
  };
  return {
    get held() {
      return held;
    },
    open: () => {
      const stop = new AbortController();
      const share: Share = {
        refused: stop.signal,
        hold: (bytes) => {
          set(share, bytes);
          makeRoom();
          stop.signal.throwIfAborted();
        },
        release: () => {
          set(share, 0);
          shares.delete(share);
        },
      };
      shares.set(share, { bytes: 0, stop });
      return share;
    },
  };
}

/** A whole body. Throws a RequestError for one of more than `mostBytes`, and when its share has to make room. */
export const bodyOf = (body: Readable, share: Share, mostBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (act: () => void): void => {
      body.off('data', take).off('end', finish).off('error', fail).off('close', gone);
      share.refused.removeEventListener('abort', refuse);
      share.release();
      act();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const refuse = (): void => fail(share.refused.reason);
    const finish = (): void => settle(() => resolve(Buffer.concat(chunks, bytes)));
    const gone = (): void => fail(new RequestError('stopped', 'the client is gone.'));
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      try {
        if (bytes > mostBytes) throw new RequestError('large', `the body is larger than ${mostBytes} bytes`);
        share.hold(bytes);
      } catch (error) {
        fail(error);
      }
    };
    body.on('data', take).on('end', finish).on('error', fail).on('close', gone);
    share.refused.addEventListener('abort', refuse);
  });
