import { FinetoothError, messageOf, throwIfStopped } from '../errors.ts';
import { eitherSignal } from '../time/either-signal.ts';
import type { Progress } from '../types.ts';
import { web } from './web.ts';

export interface FetchFileOptions {
  /** The Cache of the browser that keeps files; null keeps none. */
  readonly cache: string | null;
  /** Hex; what is otherwise is refused, and not kept. */
  readonly sha256?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress & { readonly file: string }) => void) | undefined;
}

export interface FetchedFile {
  readonly data: ArrayBuffer;
  /** Hex. */
  readonly sha256: string;
}

/** Milliseconds without a byte after which a sender is given up. */
const IDLE_MS = 60_000;

/**
 * A file of the browser's cache, or of the network, which is kept once its checksum is right. What the cache has is checked too.
 *
 * @throws E_DOWNLOAD, E_MODEL_CHANGED for another checksum, E_RUNTIME where the browser cannot compute one, E_STOPPED
 */
export async function fetchFile(address: string, { cache: name, sha256, signal, onProgress }: FetchFileOptions): Promise<FetchedFile> {
  throwIfStopped(signal);
  // A browser in a private window may refuse to keep anything: then it is fetched again.
  const cache = name === null ? undefined : await web.caches?.open(name).catch(() => undefined);
  const kept = await cache?.match(address).catch(() => undefined);
  if (kept !== undefined) {
    const data = await kept.arrayBuffer();
    const hash = await hashOf(data);
    if (sha256 === undefined || hash === sha256) return { data, sha256: hash };
    await cache?.delete(address);
  }
  const data = await download(address, signal, onProgress);
  const hash = await hashOf(data);
  throwIfStopped(signal);
  if (sha256 !== undefined && hash !== sha256)
    throw new FinetoothError(
      'E_MODEL_CHANGED',
      `${address} has the checksum ${hash}; expected ${sha256}. It is not the file of this model.`,
    );
  await cache?.put(address, new Response(data.slice(0))).catch(() => {});
  return { data, sha256: hash };
}

async function download(
  address: string,
  signal: AbortSignal | undefined,
  onProgress: FetchFileOptions['onProgress'],
): Promise<ArrayBuffer> {
  const file = address.split('/').at(-1) ?? address;
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), IDLE_MS);
  const stop = eitherSignal(signal, quiet.signal);
  try {
    const response = await fetch(address, { signal: stop });
    if (!response.ok || response.body === null) throw new FinetoothError('E_DOWNLOAD', `${address} was answered with ${response.status}.`);
    const stated = Number(response.headers.get('content-length') ?? Number.NaN);
    // Of a packed answer the length is that of what is sent.
    const total = response.headers.get('content-encoding') === null && Number.isFinite(stated) ? stated : undefined;
    const pieces: Uint8Array[] = [];
    let done = 0;
    for await (const piece of piecesOf(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), IDLE_MS);
      pieces.push(piece);
      done += piece.byteLength;
      onProgress?.({ file, done, total, unit: 'bytes' });
    }
    if (total !== undefined && done !== total) throw new FinetoothError('E_DOWNLOAD', `${address} ended after ${done} of ${total} bytes.`);
    return joined(pieces, done);
  } catch (error) {
    throwIfStopped(signal);
    if (error instanceof FinetoothError) throw error;
    const why = quiet.signal.aborted ? `nothing came for ${IDLE_MS / 1000} s` : messageOf(error);
    throw new FinetoothError('E_DOWNLOAD', `${address} could not be fetched: ${why}.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Not every browser iterates over a stream. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): ArrayBuffer {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole.buffer;
}

export async function hashOf(data: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  if (globalThis.crypto?.subtle === undefined)
    throw new FinetoothError(
      'E_RUNTIME',
      'this page cannot check its files: browsers compute checksums only for pages that came over HTTPS, or from localhost.',
    );
  const hash = await crypto.subtle.digest('SHA-256', data);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
