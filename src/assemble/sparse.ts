import { localSparseEmbedder, type SparseEmbedder } from '../embed/sparse.ts';
import { asSparseEncoder } from '../model/catalog/kind.ts';
import { createModelSessions } from '../model/run/sessions.ts';
import { fingerprintOf } from '../model/sparse-encoder.ts';
import type { LocalModelOptions } from './model-options.ts';
import { filesOf, poolOf } from './models.ts';

export interface OpenedSparseEmbedder {
  readonly embedder: SparseEmbedder;
  /** The name under which it is opened again. */
  readonly model: string;
}

/** The one place where a sparse embedder is made of the name of a local model. `accept` sees the fingerprint before it is loaded. */
export async function openSparseEmbedder(
  name: string,
  options: LocalModelOptions = {},
  { accept }: { readonly accept?: (fingerprint: string) => void } = {},
): Promise<OpenedSparseEmbedder> {
  const files = asSparseEncoder(await filesOf(name, options));
  accept?.(fingerprintOf(files));
  const { sessions = createModelSessions() } = options;
  return { embedder: localSparseEmbedder(sessions.sparseEncoder(files, poolOf(options))), model: files.entry.name };
}
