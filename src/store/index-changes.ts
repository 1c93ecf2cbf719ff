import { FinetoothError } from '../errors.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import type { Manifest } from './store.ts';

/** `bge-small-en-v1.5@q8` of a local model, `vendor:model` of a hosted one, with its address where that is part of what it is. */
export const shortName = (fingerprint: string): string =>
  (looksHosted(fingerprint) ? fingerprint.split('#')[0] : fingerprint.split(':')[0]) ?? fingerprint;

/** Throws where an index that was made again cannot be used as it was opened: its vectors are another model's, or of other texts. */
export function checkUsable(opened: Manifest, found: Manifest, folder: string): void {
  const changed = `${folder} was made again by another process since it was opened`;
  if (found.sparse?.embedder !== opened.sparse?.embedder)
    throw new FinetoothError(
      'E_FINGERPRINT',
      `${changed}: it keeps ${weightsOf(found)} now, and kept ${weightsOf(opened)}. Open it again.`,
    );
  if (found.embedder !== opened.embedder || found.dimensions !== opened.dimensions)
    throw new FinetoothError(
      'E_FINGERPRINT',
      `${changed}: it holds vectors of "${shortName(found.embedder)}" (${found.dimensions} numbers) now; the embedder is "${shortName(opened.embedder)}" (${opened.dimensions}). Open it again with the model that it has now.`,
    );
  for (const [what, of] of [
    ['the fields', (it: Manifest) => it.fields.join(', ')],
    ['the id field', (it: Manifest) => it.idField ?? 'none'],
    ['token vectors', ({ tokens }: Manifest) => (tokens === undefined ? 'none' : `${tokens.bits} bits, pooled by ${tokens.pool}`)],
    ['the word analysis', ({ analyzer, languages = ['en'] }: Manifest) => [analyzer, ...languages].join(' ')],
    ['the splitting into passages', ({ splitter }: Manifest) => splitter ?? 'none'],
  ] as const)
    if (of(found) !== of(opened))
      throw new FinetoothError('E_RECIPE', `${changed}: ${what}: ${of(found)} now, ${of(opened)} then. Open it again.`);
}

export const indexGone = (folder: string): FinetoothError =>
  new FinetoothError(
    'E_INDEX_MISSING',
    `${folder} is no longer an index: another process deleted or moved it. Make it again, or restore it.`,
  );

export const indexMissing = (folder: string): FinetoothError =>
  new FinetoothError('E_INDEX_MISSING', (say) => `${folder} is not an index. Make one with ${say.makeIndex(folder)}.`);

export const indexReplaced = (folder: string): FinetoothError =>
  new FinetoothError('E_LOCKED', `${folder} was made again by another process in the middle of this. Run the same command again.`);

export const indexCompacted = (folder: string): FinetoothError =>
  new FinetoothError('E_LOCKED', `${folder} was compacted by another process while it was read. Run the same command again.`);

export const indexDamaged = (what: string, folder: string, cause?: unknown): FinetoothError =>
  new FinetoothError(
    'E_INDEX_DAMAGED',
    (say) =>
      `${what}. Go back to its newest whole version with ${say.restoreIndex(folder)}, restore ${folder} from a backup, or build it again from its source with ${say.rebuildIndex(folder)}.`,
    { cause },
  );

/** The same where no version of it can be gone back to. */
export const indexLost = (what: string, folder: string): FinetoothError =>
  new FinetoothError(
    'E_INDEX_DAMAGED',
    (say) => `${what}. Restore ${folder} from a backup, or build it again from its source with ${say.rebuildIndex(folder)}.`,
  );

const weightsOf = ({ sparse }: Manifest): string =>
  sparse === undefined ? 'no weights of a sparse model' : `the weights of "${shortName(sparse.embedder)}"`;
