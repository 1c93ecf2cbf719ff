import { randomUUID } from 'node:crypto';
import { throwIfStopped } from '../errors.ts';
import type { CallOptions, Progress } from '../types.ts';
import type { Entry, Manifest, Store } from './store.ts';

export interface CopyOptions extends CallOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/** A batch is written when it has so many documents, or so many bytes in their vectors. */
const BATCH_DOCUMENTS = 1000;
const BATCH_BYTES = 16_000_000;

const fields = ['document', 'hash', 'textHash', 'vector', 'tokens', 'terms', 'sparse', 'place', 'further', 'title'] as const;

/**
 * Copies all that one store holds into another that is empty, of whatever kind both are, and returns how many documents there were. The copy is
 * another index, with an id of its own. What others write meanwhile may or may not be among it.
 *
 * @param manifest as the source gave it when it was opened
 */
export async function copyEntries(source: Store, target: Store, manifest: Manifest, options: CopyOptions = {}): Promise<number> {
  const { signal, onProgress } = options;
  const { table: _, spread, ...kept } = manifest;
  await target.open({ ...kept, id: randomUUID() });
  const total = await source.count();
  let batch: Entry[] = [];
  let [bytes, done] = [0, 0];
  const write = async (): Promise<void> => {
    await target.upsert(batch);
    done += batch.length;
    onProgress?.({ done, total, unit: 'document' });
    [batch, bytes] = [[], 0];
  };
  for await (const entry of source.get('all', fields)) {
    throwIfStopped(signal);
    batch.push(entry);
    bytes += bytesOf(entry);
    if (batch.length >= BATCH_DOCUMENTS || bytes >= BATCH_BYTES) await write();
  }
  if (batch.length > 0) await write();
  throwIfStopped(signal);
  if (spread !== undefined) await target.keepSpread?.(spread);
  await target.optimize();
  return done;
}

function bytesOf(entry: Entry): number {
  let bytes = 0;
  for (const { vector, tokens, terms, sparse } of [entry, ...(entry.further ?? [])])
    bytes += vector.byteLength + (tokens?.byteLength ?? 0) + terms.length + (sparse?.byteLength ?? 0);
  return bytes;
}
