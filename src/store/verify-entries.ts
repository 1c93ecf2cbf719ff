import { throwIfStopped } from '../errors.ts';
import { isPackedSparse } from '../math/sparse.ts';
import { hashOfDocument } from '../text/identity.ts';
import type { CopyOptions } from './copy-entries.ts';
import type { Entry, Manifest, Passage, Store } from './store.ts';

export interface EntryDamage {
  readonly id: string;
  /** In words, without a full stop. */
  readonly reason: string;
}

export interface EntriesCheck {
  /** Documents that are as they were when they were written. */
  readonly documents: number;
  /** The first hundred that are not. */
  readonly damages: readonly EntryDamage[];
  /** All that are not. */
  readonly damaged: number;
}

const MOST_TOLD = 100;
/** A vector of length 1 in single precision. */
const LENGTH_NOISE = 1e-3;

/**
 * Reads every document of a store that has no files to be hashed, and compares it with the hash that it was written with; vectors must have their
 * numbers, all finite, and length 1.
 */
export async function verifyEntries(store: Store, manifest: Manifest, { signal, onProgress }: CopyOptions = {}): Promise<EntriesCheck> {
  const total = await store.count();
  const damages: EntryDamage[] = [];
  let [documents, damaged] = [0, 0];
  for await (const entry of store.get('all', ['document', 'hash', 'vector', 'sparse', 'further'])) {
    throwIfStopped(signal);
    const reason = damageOf(entry, manifest);
    if (reason === undefined) documents++;
    else if (++damaged <= MOST_TOLD) damages.push({ id: entry.id, reason });
    if ((documents + damaged) % 1000 === 0) onProgress?.({ done: documents + damaged, total, unit: 'document' });
  }
  return { documents, damages, damaged };
}

function damageOf(
  entry: Pick<Entry, 'document' | 'hash' | 'vector' | 'sparse' | 'further'>,
  { dimensions, sparse }: Manifest,
): string | undefined {
  if (hashOfDocument(entry.document) !== entry.hash) return 'its content is not what was written';
  const isWhole = ({ vector }: Pick<Passage, 'vector'>): boolean =>
    vector.length === dimensions && Math.abs(Math.hypot(...vector) - 1) < LENGTH_NOISE;
  const passages = [entry, ...(entry.further ?? [])];
  if (!passages.every(isWhole)) return 'a vector of it is not one';
  const areWeighed = sparse === undefined || passages.every((one) => one.sparse !== undefined && isPackedSparse(one.sparse));
  return areWeighed ? undefined : 'the weights of its tokens are not what was written';
}
