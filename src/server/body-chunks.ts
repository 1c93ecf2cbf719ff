import { isGone, RequestError } from './problem.ts';

export interface ChunkOptions {
  /** Milliseconds without a byte after which the sender is given up. */
  readonly idleMs: number;
  /** Raised when no one wants the rest. */
  readonly stops: readonly AbortSignal[];
  /** What a sender is told of whom nothing came for so long, behind "nothing came for 60000 ms". */
  readonly late: () => string;
}

/** The pieces of a body as they come. Throws the reason of what stops it, and a RequestError for a sender that is silent or gone. */
export async function* bodyChunks(body: AsyncIterable<Uint8Array>, { idleMs, stops, late }: ChunkOptions): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await nextOf(chunks, { idleMs, stops, late });
    if (done) return;
    yield value;
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>, { idleMs, stops, late }: ChunkOptions): Promise<IteratorResult<Uint8Array>> {
  for (const stop of stops) stop.throwIfAborted();
  const ended = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new RequestError('late', `nothing came for ${idleMs} ms ${late()}`)), idleMs);
    const refuse = (): void => reject(stops.find(({ aborted }) => aborted)?.reason);
    for (const stop of stops) stop.addEventListener('abort', refuse);
    ended.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      for (const stop of stops) stop.removeEventListener('abort', refuse);
    });
  });
  try {
    return await Promise.race([chunks.next(), stopped]);
  } catch (error) {
    // In the middle of its body.
    if (isGone(error)) throw new RequestError('stopped', 'the client is gone.');
    throw error;
  } finally {
    ended.abort();
  }
}
